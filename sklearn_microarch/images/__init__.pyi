from ._read_image import read_image as read_image
from ._slice_image import SliceImage as SliceImage
from .ome_zarr._ome_zarr_writer import OmeZarrWriter as OmeZarrWriter
from .ome_zarr._read_ome_zarr import read_ome_zarr as read_ome_zarr
from .ome_zarr._read_ome_zarr_labels import read_ome_zarr_labels as read_ome_zarr_labels
from .ome_zarr._read_ome_zarr_provenance import (
    read_ome_zarr_provenance as read_ome_zarr_provenance,
)
from .tiff._read_tiff import read_tiff as read_tiff
from .tiff._write_tiff import write_tiff as write_tiff
