"""Map the slice of an Image layer with a model in a file."""

from pathlib import Path

from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping import MicroarchMaps, map_slice
from sklearn_microarch.model_file import load_model, read_manifest
from sklearn_microarch.napari._labels_layer import LayerTuple
from sklearn_microarch.napari._layers_of_maps import check_hex, layers_of_cells
from sklearn_microarch.napari._placement import LayerPlacement


def map_layer(
    image: SliceImage, placement: LayerPlacement, model: Path, *, stride: int
) -> tuple[MicroarchMaps, list[LayerTuple]]:
    """Return the maps of a slice, and their layers where the slice lies."""
    colors = check_hex(read_manifest(model)["facts"].get("colors"))
    maps = map_slice(load_model(model), image, stride=stride)
    return maps, layers_of_cells(maps, placement, colors=colors)
