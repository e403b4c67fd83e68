"""Slices of drawn textures, whose hidden borders are known."""
