"""Regions of slices: where they lie, what they are called, what they offer."""
