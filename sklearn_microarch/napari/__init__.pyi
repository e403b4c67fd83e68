from ._layers_of_maps import layers_of_maps as layers_of_maps
