"""Cells of the phantom: ellipsoids in space, cut by the plane of a section."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from sklearn_microarch.datasets.phantom._seed import slabs_near, stream
from sklearn_microarch.datasets.phantom.anatomy._courses import fibre_direction
from sklearn_microarch.datasets.phantom.anatomy._specimen import Specimen
from sklearn_microarch.datasets.phantom.anatomy._tissue import lookup
from sklearn_microarch.datasets.phantom.objects._numbers_of_cells import (
    Kind,
    even_ranks,
    number_in_kind,
)
from sklearn_microarch.datasets.phantom.objects._stamps import paint_largest

__all__ = ["CellBodies", "cells_near", "paint_cells"]

_SLAB_UM = 24.0
# No cell reaches further from its centre than this, or is larger than that.
_REACH_UM, _LARGEST_RADIUS_UM = 14.0, 9.4
# The centre of a cell lies at least so far within the outline.
_FROM_RIM_UM = 3.0
# Side of the square in which the table of tissues counts cells.
_PATCH_UM = 150.0
# Cells are seen over this share of their height: a cap is lost in the blur.
_VISIBLE = 0.75
# Largest product of a layer's and a barrel zone's factor of the cell count.
_LARGEST_FACTOR = 2.8
# Where more cells are wanted, so many times the usual number offer themselves.
_FURTHER = 3.0


@dataclass(frozen=True, eq=False)
class CellBodies:
    """Cells, one entry each."""

    x_um: NDArray  # centres; x along columns, y along rows
    y_um: NDArray
    z_um: NDArray
    # Half axes within the plane; the one along z is the short one.
    long_um: NDArray
    short_um: NDArray
    angle: NDArray  # of the long axis, from columns towards rows, radians
    lobes: NDArray  # how far the outline departs from an ellipse
    contrast: NDArray  # grey levels
    nucleus: NDArray  # how clearly the nucleus shows, to 1

    def take(self, which: NDArray) -> "CellBodies":
        """Return the cells that a mask or an index array names."""
        return CellBodies(*(getattr(self, field.name)[which] for field in fields(self)))

    def join(self, *others: "CellBodies") -> "CellBodies":
        """Return these cells, then the others."""
        return CellBodies(
            *(
                np.concatenate(
                    [getattr(batch, field.name) for batch in (self, *others)]
                )
                for field in fields(self)
            )
        )

    def scaled(self, factor: NDArray) -> "CellBodies":
        """Return cells that are so many times as long and wide, where they are."""
        return replace(
            self, long_um=factor * self.long_um, short_um=factor * self.short_um
        )


def cells_near(specimen: Specimen, z_um: float) -> CellBodies:
    """Return all cells that a section can cut."""
    first, *others = (
        _cells_of_slab(specimen, slab, bottom)
        for slab, bottom in slabs_near(z_um, _REACH_UM, _SLAB_UM)
    )
    cells = first.join(*others)
    return cells.take(np.abs(cells.z_um - z_um) < _VISIBLE * cells.short_um)


def _cells_of_slab(specimen: Specimen, slab: int, bottom_um: float) -> CellBodies:
    usual = _drawn(specimen, "cells", slab, bottom_um)
    usual = usual.take(_apart(usual))
    composition = specimen.composition
    if composition.keeps_cells:
        return usual
    kind = _kind(specimen, usual)
    chance = stream(specimen.seed, "chance", slab).uniform(size=composition.cells.shape)
    keep = even_ranks(usual.z_um, kind, chance) < composition.cells[kind]
    cells = usual.take(keep).scaled(composition.cell_size[kind][keep])
    if not (composition.cells > 1).any():
        return cells
    n_usual = np.zeros(chance.shape)
    np.add.at(n_usual, kind, 1)
    # A fraction of a cell is one with that chance, drawn once for all factors.
    n_further = np.floor(np.maximum(composition.cells - 1, 0) * n_usual + chance)
    further = _drawn(specimen, "further cells", slab, bottom_um, _FURTHER)
    kind = _kind(specimen, further)
    order = np.argsort(even_ranks(further.z_um, kind, chance), kind="stable")
    further = further.take(order[n_further[kind][order] > 0])
    # None lies within a usual cell, or within a further one that comes before it.
    further = further.take(_apart(usual.join(further))[len(usual.x_um) :])
    kind = _kind(specimen, further)
    keep = number_in_kind(kind, chance.shape) < n_further[kind]
    further = further.take(keep).scaled(composition.cell_size[kind][keep])
    return cells.join(further)


def _kind(specimen: Specimen, cells: CellBodies) -> Kind:
    return specimen.kind_um(cells.x_um, cells.y_um, cells.z_um)


def _drawn(
    specimen: Specimen, name: str, slab: int, bottom_um: float, times: float = 1.0
) -> CellBodies:
    """Draw the cells of a slab, so many times as many as usual."""
    rng = stream(specimen.seed, name, slab)
    radius = lookup("cell_radius_um").astype(np.float64)
    profiles = lookup("cells") / _PATCH_UM**2
    per_um3 = profiles / np.maximum(2 * _VISIBLE * radius, 1e-9)
    largest = _LARGEST_FACTOR * per_um3.max()
    frame = np.array([specimen.width_um, specimen.height_um, _SLAB_UM])
    n_candidates = rng.poisson(times * largest * frame.prod())
    # All draws come before any choice: a switch changes the choice alone.
    place = rng.uniform(size=(n_candidates, 3)) * frame + [0, 0, bottom_um]
    chance = rng.uniform(size=n_candidates)
    normal = rng.standard_normal((n_candidates, 6))
    location, cortex = specimen.locate_um(*place.T)
    keep = chance * largest < per_um3[location.code] * cortex.cells
    keep &= location.margin * specimen.height_um > _FROM_RIM_UM
    angle, code = fibre_direction(location)[keep], location.code[keep]
    size = radius[code] * cortex.cell_radius[keep]
    return _shaped(place[keep], code, size, angle, normal[keep])


def _shaped(
    place: NDArray, code: NDArray, size_um: NDArray, angle: NDArray, normal: NDArray
) -> CellBodies:
    """Give each cell its own size, shape and contrast, from normal draws (n, 6)."""

    def vary(number: int, spread: float, low: float, high: float) -> NDArray:
        return np.clip(1 + spread * normal[:, number], low, high)

    size = np.clip(size_um * np.exp(0.15 * normal[:, 0]), 2.2, _LARGEST_RADIUS_UM)
    stretch = 1 + (lookup("elongation")[code] - 1) * vary(1, 0.5, 0, 2)
    return CellBodies(
        x_um=place[:, 0],
        y_um=place[:, 1],
        z_um=place[:, 2],
        long_um=np.minimum(size * np.sqrt(stretch), _REACH_UM),
        short_um=size / np.sqrt(stretch),
        angle=angle + (0.15 + lookup("disorder")[code]) * normal[:, 2],
        lobes=vary(5, 0.09, 0.7, 1.3) - 1,
        contrast=lookup("cell_contrast")[code] * vary(3, 0.16, 0.5, 1.5),
        nucleus=lookup("nucleus")[code] * vary(4, 0.5, 0, 1.3),
    )


def _apart(cells: CellBodies) -> NDArray[np.bool_]:
    """Return which cells remain when none may lie within another."""
    points = np.column_stack([cells.x_um, cells.y_um, cells.z_um])
    pairs = KDTree(points).query_pairs(2 * _LARGEST_RADIUS_UM, output_type="ndarray")
    gap = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    room = 0.9 * (cells.short_um[pairs[:, 0]] + cells.short_um[pairs[:, 1]])
    apart = np.ones(len(points), dtype=bool)
    apart[pairs[gap < room, 1]] = False
    return apart


def paint_cells(
    cells: CellBodies, z_um: float, shape: tuple[int, int], pixel_size_um: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Paint the profiles of cells in one section, both (height, width).

    Returns what the cells take away from the tissue's grey level, and the share of each
    pixel that lies in a cell.
    """
    darkness = np.zeros(shape, dtype=np.float32)
    cover = np.zeros(shape, dtype=np.float32)
    scale = np.float32(pixel_size_um)
    cosine, sine = (
        np.cos(cells.angle).astype(np.float32),
        np.sin(cells.angle).astype(np.float32),
    )
    long, short = cells.long_um.astype(np.float32), cells.short_um.astype(np.float32)
    height = ((cells.z_um - z_um) / cells.short_um).astype(np.float32)
    lobes = cells.lobes.astype(np.float32)

    def radius(d_rows: NDArray, d_cols: NDArray, which: NDArray) -> NDArray:
        cos, sin, a, b = (
            values[which, np.newaxis, np.newaxis]
            for values in (cosine, sine, long, short)
        )
        along = (d_cols * cos + d_rows * sin) * (scale / a)
        across = (d_rows * cos - d_cols * sin) * (scale / b)
        square = along**2 + across**2
        # Three lobes, as cos(3 * polar angle), make the outline less than regular.
        safe = square + np.float32(1e-3)
        corners = along * (along**2 - 3 * across**2) / (safe * np.sqrt(safe))
        square *= 1 + lobes[which, np.newaxis, np.newaxis] * corners
        return np.sqrt(square + height[which, np.newaxis, np.newaxis] ** 2)

    def covering(d_rows: NDArray, d_cols: NDArray, which: NDArray) -> NDArray:
        # The edge is about 1 um wide, whatever the size of the cell.
        sharpness = short[which, np.newaxis, np.newaxis]
        return np.clip((1 - radius(d_rows, d_cols, which)) * sharpness, 0, 1)

    def darkening(d_rows: NDArray, d_cols: NDArray, which: NDArray) -> NDArray:
        r = radius(d_rows, d_cols, which)
        body = np.clip((1 - r) * short[which, np.newaxis, np.newaxis], 0, 1)
        # From outside in: cell body, pale nucleus, dark nucleolus.
        pale = np.clip((0.6 - r) * 5, 0, 1) - 1.8 * np.clip((0.3 - r) * 6, 0, 1)
        seen = cells.nucleus[which, np.newaxis, np.newaxis].astype(np.float32)
        contrast = cells.contrast[which, np.newaxis, np.newaxis].astype(np.float32)
        return contrast * body * (0.9 + 0.25 * (1 - r)) * (1 - 0.6 * seen * pale)

    rows = cells.y_um / pixel_size_um - 0.5
    cols = cells.x_um / pixel_size_um - 0.5
    reach = cells.long_um / pixel_size_um
    paint_largest(darkness, rows, cols, reach, darkening)
    paint_largest(cover, rows, cols, reach, covering)
    return darkness, cover
