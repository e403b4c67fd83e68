from ._map_slice import map_slice as map_slice
from ._microarch_maps import MicroarchMaps as MicroarchMaps
from .reading._open_maps import open_maps as open_maps
