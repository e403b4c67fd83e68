"""Slices of tissue as images with a pixel size, and their way in and out of files."""

from sklearn_microarch.images._slice_image import (
    SliceImage,
    as_slice_image,
    check_finite_image,
)

__all__ = ["SliceImage", "as_slice_image", "check_finite_image"]
