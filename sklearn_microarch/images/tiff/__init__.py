"""Slices in TIFF files of any dialect."""
