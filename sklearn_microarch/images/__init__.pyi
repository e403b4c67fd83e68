from ._read_image import read_image as read_image
from ._slice_image import SliceImage as SliceImage
from .grey_levels._grey_levels import GreyLevels as GreyLevels
from .grey_levels._measure_grey_levels import measure_grey_levels as measure_grey_levels
from .grey_levels._share_grey_levels import share_grey_levels as share_grey_levels
from .ome_zarr._ome_zarr_writer import OmeZarrWriter as OmeZarrWriter
from .ome_zarr._read_ome_zarr import read_ome_zarr as read_ome_zarr
from .ome_zarr._read_ome_zarr_labels import read_ome_zarr_labels as read_ome_zarr_labels
from .ome_zarr._read_ome_zarr_provenance import (
    read_ome_zarr_provenance as read_ome_zarr_provenance,
)
from .tiff._read_tiff import read_tiff as read_tiff
from .tiff._write_tiff import write_tiff as write_tiff
