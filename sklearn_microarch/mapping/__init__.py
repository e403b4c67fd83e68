"""From a fitted pipeline and a slice to maps."""

from sklearn_microarch.mapping._map_slice import map_slice
from sklearn_microarch.mapping._maps import MicroarchMaps

__all__ = ["MicroarchMaps", "map_slice"]
