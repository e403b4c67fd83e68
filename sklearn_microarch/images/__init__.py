"""Slices of tissue as images with a pixel size, and their way in and out of files."""

from sklearn_microarch.images._finite_pixels import (
    check_finite_image,
    check_finite_pixels,
)
from sklearn_microarch.images._ome_zarr_provenance import read_ome_zarr_provenance
from sklearn_microarch.images._ome_zarr_read import (
    read_ome_zarr,
    read_ome_zarr_labels,
)
from sklearn_microarch.images._ome_zarr_write import OmeZarrWriter
from sklearn_microarch.images._slice_image import SliceImage, as_slice_image
from sklearn_microarch.images._tiff_read import read_tiff
from sklearn_microarch.images._tiff_write import write_tiff

__all__ = [
    "OmeZarrWriter",
    "SliceImage",
    "as_slice_image",
    "check_finite_image",
    "check_finite_pixels",
    "read_ome_zarr",
    "read_ome_zarr_labels",
    "read_ome_zarr_provenance",
    "read_tiff",
    "write_tiff",
]
