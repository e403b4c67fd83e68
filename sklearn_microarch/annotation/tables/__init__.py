"""Tables of names and colours of regions, and trees of structures."""
