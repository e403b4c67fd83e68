"""Where in the phantom's anatomy a point lies, and what it is made of."""
