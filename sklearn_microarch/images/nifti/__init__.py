"""Planes of NIfTI volumes as slices."""
