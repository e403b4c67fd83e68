"""Slices of tissue as images with a pixel size, and their way in and out of files."""

from sklearn_microarch.images._slice_image import (
    SliceImage,
    as_slice_image,
    check_finite_image,
    check_finite_pixels,
)
from sklearn_microarch.images._tiff_read import read_tiff
from sklearn_microarch.images._tiff_write import write_tiff

__all__ = [
    "SliceImage",
    "as_slice_image",
    "check_finite_image",
    "check_finite_pixels",
    "read_tiff",
    "write_tiff",
]
