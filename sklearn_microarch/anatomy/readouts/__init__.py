"""What can be counted in a slice without a model, and what factors tell of it."""
