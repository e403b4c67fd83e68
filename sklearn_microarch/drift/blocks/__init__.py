"""Means over blocks of a slice, how far they moved, and what is usual."""
