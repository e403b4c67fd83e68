"""Slices and annotations out of layers of a viewer."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.napari._placement import LayerPlacement

_ENTRY = re.compile(r"\s*(\d+)\s*[=:]\s*(.+?)\s*")


def slice_of_layer(
    layer: Any,  # noqa: ANN401 - an Image of napari
    *,
    pixel_size_um: float | None = None,
) -> SliceImage:
    """Return the slice that an Image layer shows, at its finest level.

    Its pixel size is that of the layer unless it is given; ValueError where the layer
    shows no single upright slice.
    """
    placement = LayerPlacement.of_layer(layer)
    data = layer.data[0] if layer.multiscale else layer.data
    if layer.rgb:
        # Opacity is no colour.
        data = np.moveaxis(np.asarray(data)[..., :3], -1, 0)
    return SliceImage(
        np.asarray(data),
        pixel_size_um=pixel_size_um or placement.pixel_size_um,
        # Maps that this plugin read know what their slice is called.
        name=str(layer.metadata.get("slice", layer.name)),
    )


def rois_of_layer(
    labels: Any,  # noqa: ANN401 - a Labels layer of napari
    layer: Any,  # noqa: ANN401 - the Image it annotates
    image: SliceImage,
    *,
    names: str = "",
) -> RoiMap:
    """Return the annotation that a Labels layer holds of the slice of an Image layer.

    ``names`` such as "1=CTX, 2=VP" win over the table of the layer; ValueError where
    it does not lie on the slice as a grid does.
    """
    codes = np.asarray(labels.data[0] if labels.multiscale else labels.data)
    found = [int(code) for code in np.unique(codes) if code != 0]
    if not found:
        raise ValueError(
            f"layer {labels.name!r} is empty; paint each region with a number of its "
            "own first."
        )
    called = {**_names_in_table(labels), **parse_names(names)}
    return RoiMap(
        codes,
        {code: called.get(code, f"label {code}") for code in found},
        colors={code: _color_of(labels, code) for code in found},
        **_place(labels, layer, image),
    )


def parse_names(text: str) -> dict[int, str]:
    """Return the names in a text such as "1=CTX, 2=VP"; ValueError where it is none."""
    found = {}
    for part in filter(str.strip, re.split(r"[,;\n]", text)):
        match = _ENTRY.fullmatch(part)
        if match is None:
            raise ValueError(
                f"names holds {part.strip()!r}; write the number of a label, = and "
                'its name, with commas between: "1=CTX, 2=VP".'
            )
        found[int(match[1])] = match[2]
    return found


def _names_in_table(labels: Any) -> dict[int, str]:  # noqa: ANN401
    """Return the names that the table of a layer, if any, gives to its labels."""
    table: Mapping[str, Any] = labels.features
    for column in ("region", "cluster", "name"):
        if "index" in table and column in table:
            pairs = zip(table["index"], table[column], strict=True)
            return {int(code): str(name) for code, name in pairs if name}
    return {}


def _color_of(labels: Any, code: int) -> tuple[int, int, int]:  # noqa: ANN401
    rgba: NDArray = np.asarray(labels.get_color(code))
    red, green, blue = (round(255 * float(part)) for part in rgba[:3])
    return red, green, blue


def _place(labels: Any, layer: Any, image: SliceImage) -> dict[str, Any]:  # noqa: ANN401
    """Return pixel size and offset of an annotation, on the slice of a layer."""
    ours, theirs = LayerPlacement.of_layer(labels), LayerPlacement.of_layer(layer)
    if ours.unit != theirs.unit and "pixel" not in (ours.unit, theirs.unit):
        raise ValueError(
            f"layer {labels.name!r} is in {ours.unit}, layer {layer.name!r} in "
            f"{theirs.unit}; give both the same unit."
        )
    size = ours.scale / theirs.scale
    row, col = (
        (mine - other) / theirs.scale
        for mine, other in zip(ours.origin, theirs.origin, strict=True)
    )
    edge = image.pixel_size_um
    if edge is not None:
        return {"pixel_size_um": size * edge, "offset_um": (row * edge, col * edge)}
    if labels.data.shape != image.shape or not np.allclose([size, row, col], [1, 0, 0]):
        raise ValueError(
            f"layer {labels.name!r} has other pixels than layer {layer.name!r}, whose "
            "pixel size is unknown; state it in pixel_size_um."
        )
    return {}
