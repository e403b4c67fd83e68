"""Slices, maps and label images in OME-Zarr, in both versions of the format."""
