"""What a phantom is returned with: slices, truth, names, and a text about it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.datasets.phantom._slice import RenderedSlice
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.anatomy._tissue import (
    LAYER_NAMES,
    STRUCTURE_NAMES,
)
from sklearn_microarch.datasets.prasad2020._regions import (
    ROI_NAMES,
    SIX_CLASS_NAMES,
    as_six_classes,
)
from sklearn_microarch.images import SliceImage

__all__ = ["describe_phantom", "slices_and_truth"]

_DESCR = """\
Synthetic thalamocortical section
---------------------------------
Drawn, not measured: a seeded phantom with the anatomy, in spirit, of the X-ray
micro-CT slab of Prasad et al. (2020). From left to right: optic tract and a
lateral nucleus (tissue without annotation), hypothalamus, zona incerta, VP with
its arching axons, TRN and internal capsule, striatum with its bundles, corpus
callosum, cortex with layers and barrels.

specimen: {specimen}; {n_slices} slice(s) of {height} x {width} pixels, uint8
pixel size: {pixel_size_um:g} um; heights of the slices: {heights} um
layers shown: {layers}; barrels shown: {barrels}; difficulty: {difficulty}; \
shading: {shading:g}; cupping: {cupping:g}; streaks: {streaks:g}; \
noise: {noise:g} grey levels; version {version}{departures}
"""


def slices_and_truth(
    specimen: Specimen, slices: Sequence[RenderedSlice], *, six_class: bool
) -> dict[str, object]:
    """Return images, label maps and names of codes, as fields of a Bunch."""
    return {
        "images": [
            SliceImage(
                rendered.image,
                pixel_size_um=specimen.pixel_size_um,
                name=f"phantom_z{number:03d}",
                specimen=f"phantom-{specimen.seed}",
            )
            for number, rendered in enumerate(slices)
        ],
        "rois": [
            as_six_classes(rendered.roi) if six_class else rendered.roi
            for rendered in slices
        ],
        "layers": [rendered.layer for rendered in slices],
        "barrels": [rendered.barrel for rendered in slices],
        "depths": [rendered.depth for rendered in slices],
        "structures": [rendered.structure for rendered in slices],
        "roi_names": dict(SIX_CLASS_NAMES if six_class else ROI_NAMES),
        "layer_names": dict(LAYER_NAMES),
        "structure_names": dict(STRUCTURE_NAMES),
        "factors": specimen.composition.named(),
    }


def describe_phantom(
    specimen: Specimen,
    heights: NDArray[np.float64],
    departures: Mapping[str, object],
    **settings: object,
) -> str:
    """Return the description; ``departures`` are arguments that differ from usual."""
    named = "".join(f"\n{name}: {value}" for name, value in departures.items())
    return _DESCR.format(
        specimen=f"phantom-{specimen.seed}",
        n_slices=len(heights),
        height=specimen.shape[0],
        width=specimen.shape[1],
        pixel_size_um=specimen.pixel_size_um,
        heights=", ".join(f"{z:g}" for z in heights),
        departures=named,
        **settings,
    )
