"""Where the planes of a volume come from, one at a time."""
