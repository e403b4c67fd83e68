"""What can be laid over a slice, from the bottom up, and read under the pointer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.plotting.colors._clip import factor_title
from sklearn_microarch.report._words import number_text
from sklearn_microarch.report.slices._palette import (
    Palette,
    category_paint,
    loading_paint,
    novelty_key,
    novelty_paint,
    unknown_colors,
)
from sklearn_microarch.report.slices._planes import (
    Plane,
    category_plane,
    measure_plane,
)
from sklearn_microarch.report.slices._slice_view import SliceView

Key = list[tuple[str, str]]
# Stripes over the longer side of a map.
_N_STRIPES = 250


@dataclass(frozen=True, eq=False)
class MapLayer:
    """One plane of a slice, and how it is painted."""

    # "regions", "probability", "factor", "clusters", "novelty", "unknown", "annotation"
    kind: str
    title: str
    plane: Plane
    # (256, 4) colours; None: read under the pointer, never painted.
    table: NDArray[np.uint8] | None = None
    key: Key = field(default_factory=list)
    # Whether it is on at first, and how opaque.
    shown: bool = False
    opacity: float = 0.55


def slice_layers(
    view: SliceView, palette: Palette, limits: Mapping[str, float]
) -> list[MapLayer]:
    """Return the layers of a slice; ``limits`` are where factors have full colour."""
    return [
        *_region_layers(view, palette),
        *_factor_layers(view, palette, limits),
        *_cluster_layers(view, palette),
        *_novelty_layers(view, palette),
        *_annotation_layers(view, palette),
    ]


def _region_layers(view: SliceView, palette: Palette) -> Iterator[MapLayer]:
    if view.predicted_regions is not None:
        names = view.maps.region_names
        plane = category_plane(view.predicted_regions, names)
        colors = [palette.regions.get(name, "#808080") for name in plane.names]
        yield MapLayer(
            "regions",
            "Predicted regions",
            plane,
            category_paint(colors),
            list(zip(colors, plane.names, strict=True)),
            shown=True,
        )
    if view.region_probabilities is not None:
        for at, name in enumerate(view.maps.region_names):
            probabilities = view.region_probabilities[..., at]
            yield MapLayer("probability", name, measure_plane(probabilities))


def _factor_layers(
    view: SliceView, palette: Palette, limits: Mapping[str, float]
) -> Iterator[MapLayer]:
    if view.factors is None:
        return
    for at, name in enumerate(view.maps.factor_names):
        plane = measure_plane(view.factors[..., at])
        color, limit = palette.factors[name], limits[name]
        table = loading_paint(color, low=plane.low, step=plane.step, limit=limit)
        words = "active nowhere"
        if limit > 0:
            words = f"loading, full colour from {number_text(limit)} on"
        yield MapLayer(
            "factor", factor_title(name), plane, table, [(color, words)], opacity=0.85
        )


def _cluster_layers(view: SliceView, palette: Palette) -> Iterator[MapLayer]:
    if view.clusters is not None:
        plane = category_plane(view.clusters, view.cluster_names)
        colors = [palette.clusters.get(name, "#808080") for name in plane.names]
        key = list(zip(colors, plane.names, strict=True))
        yield MapLayer("clusters", "Clusters", plane, category_paint(colors), key)


def _novelty_layers(view: SliceView, palette: Palette) -> Iterator[MapLayer]:
    if view.novelty is None:
        return
    plane = measure_plane(view.novelty)
    table = novelty_paint(palette.novelty, low=plane.low, step=plane.step)
    key = novelty_key(palette.novelty)
    yield MapLayer("novelty", "Novelty", plane, table, key, opacity=0.8)
    greys = unknown_colors()
    yield MapLayer(
        "unknown",
        "Unknown tissue",
        _stripes(view.novelty > 1),
        category_paint(greys),
        [(greys[0], "grey stripes: novelty above 1")],
        shown=True,
        opacity=0.8,
    )


def _annotation_layers(view: SliceView, palette: Palette) -> Iterator[MapLayer]:
    found = view.annotated_cells()
    if found is not None:
        plane = category_plane(found, view.annotated_names)
        colors = [palette.regions.get(name, "#808080") for name in plane.names]
        key = list(zip(colors, plane.names, strict=True))
        yield MapLayer(
            "annotation", "Annotation", plane, category_paint(colors), key, shown=True
        )


def _stripes(where: NDArray[np.bool_]) -> Plane:
    """Return two codes in stripes from corner to corner."""
    rows, cols = np.ogrid[: where.shape[0], : where.shape[1]]
    width = max(1, round(max(where.shape) / _N_STRIPES))
    stripes = (rows + cols) // width % 2
    return category_plane(np.where(where, stripes, -1), ["unknown", "unknown"])
