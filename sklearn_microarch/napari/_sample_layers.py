"""A synthetic section and its regions, to try the widgets on."""

import numpy as np

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.napari._labels_layer import (
    LayerTuple,
    labels_layer,
    place_among,
)
from sklearn_microarch.napari._layers_of_maps import layers_of_slice
from sklearn_microarch.napari._placement import LayerPlacement
from sklearn_microarch.report.slices._palette import make_palette

_SHAPE = (350, 1400)


def sample_layers() -> list[LayerTuple]:
    """Return the slice and a Labels layer of its regions."""
    found = make_thalamocortical_phantom(shape=_SHAPE, six_class=True, random_state=0)
    image = found.images[0]
    rois = RoiMap(found.rois[0], found.roi_names)
    placement = LayerPlacement.of_pixel_size(image.pixel_size_um)
    names = rois.region_names
    numbers = place_among(np.array([rois.code_of(name) for name in names]), rois.codes)
    palette = make_palette(names, [], [], given={})
    return [
        *layers_of_slice(image, placement),
        labels_layer(
            numbers,
            names,
            palette.regions,
            column="region",
            name=f"{image.name} regions",
            opacity=0.4,
            **placement.cells(),
        ),
    ]
