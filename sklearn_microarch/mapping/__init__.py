"""From a fitted pipeline and a slice to maps."""

from sklearn_microarch.mapping._map_slice import map_slice
from sklearn_microarch.mapping._maps import MicroarchMaps
from sklearn_microarch.mapping._ome_zarr_maps import open_maps
from sklearn_microarch.mapping._tiff_folder import check_output_folder

__all__ = ["MicroarchMaps", "check_output_folder", "map_slice", "open_maps"]
