"""Areas laid on a picture as codes: who lies upon whom, and what each loses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation._optional import optional
from sklearn_microarch.annotation.shapes._area_shape import AreaShape
from sklearn_microarch.annotation.shapes._fill_polygon import fill_polygon

_MOST_PARTS = 20_000
_MOST_LAYERS = 100
_MOST_CROSSINGS = 10**7


@dataclass
class Raster:
    """Codes of pixels, and how they came about."""

    codes: NDArray[np.int64]  # (height, width)
    pixels: list[int] = field(default_factory=list)  # of each area, in its own order
    # Pixels that a region lost to another, by their codes: where an area of the other
    # lies wholly in it, and where they only overlap.
    under: dict[tuple[int, int], int] = field(default_factory=dict)
    overlaps: dict[tuple[int, int], int] = field(default_factory=dict)


def rasterize_shapes(
    shapes: Sequence[AreaShape],
    shape: tuple[int, int],
    *,
    codes: Sequence[int],
    unannotated: int = 0,
    depths: Mapping[int, int] | None = None,
) -> Raster:
    """Return codes of the pixels whose centre is inside an area, one code an area.

    Where areas overlap, the smaller lies upon the larger, and of equal ones the later;
    a deeper one (depths of codes in a tree) lies upon all that are less deep.
    """
    _check_work(shapes, shape)
    # Zeros take memory only where something is laid on them.
    empty = np.zeros(shape, dtype=np.int64)
    if unannotated:
        empty += unannotated
    raster = Raster(empty, [0] * len(shapes))
    depths = depths or {}
    order = sorted(
        range(len(shapes)),
        key=lambda i: (depths.get(codes[i], 0), -shapes[i].polygon.area, i),
    )
    for i in order:
        _lay(raster, i, shapes[i], codes[i], unannotated)
    return raster


def _check_work(shapes: Sequence[AreaShape], shape: tuple[int, int]) -> None:
    """Raise ValueError for outlines that take far longer than regions of a slice do."""
    shapely = optional("shapely", "Filling outlines")
    height, width = shape
    parts = shapely.get_parts([area.polygon for area in shapes])
    if len(parts) > _MOST_PARTS:
        raise ValueError(
            f"it has {len(parts)} separate areas, more than regions have; export the "
            "annotations without cells and detections"
        )
    x0, y0, x1, y1 = shapely.bounds(parts).T
    wide = np.clip(x1, 0, width) - np.clip(x0, 0, width)
    high = np.clip(y1, 0, height) - np.clip(y0, 0, height)
    if (wide * high).sum() > _MOST_LAYERS * height * width + _MOST_CROSSINGS:
        raise ValueError(
            f"its {len(parts)} areas lie upon each other more than {_MOST_LAYERS} deep"
        )
    places, ring = shapely.get_coordinates(shapely.get_rings(parts), return_index=True)
    steps = np.abs(np.diff(np.clip(places[:, 1], 0, height)))
    crossings = steps[np.diff(ring) == 0].sum()
    if crossings > _MOST_CROSSINGS + 0.1 * height * width:
        raise ValueError(
            f"its outlines of {len(places)} corners cross rows of pixels "
            f"{crossings:.1e} times, which is no outline of regions"
        )


def _lay(raster: Raster, at: int, area: AreaShape, code: int, unannotated: int) -> None:
    """Lay one area upon those that lie there already."""
    lost: dict[int, int] = {}
    for strip in fill_polygon(area.polygon, raster.codes.shape):
        there = raster.codes[strip.rows, strip.cols]
        covered = there[strip.inside]
        covered = covered[covered != unannotated]
        covered = covered[covered != code]
        for other, count in zip(*_counted(covered), strict=True):
            lost[other] = lost.get(other, 0) + count
        raster.pixels[at] += int(strip.inside.sum())
        there[strip.inside] = code
    for other, count in lost.items():
        whole = count == raster.pixels[at]
        losses = raster.under if whole else raster.overlaps
        losses[other, code] = losses.get((other, code), 0) + count


def _counted(codes: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    values, counts = np.unique(codes, return_counts=True)
    return values.tolist(), counts.tolist()
