"""What is installed, what machine this is, and whether the arithmetic is right."""
