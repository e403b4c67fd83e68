"""What features hold beyond the labels."""
