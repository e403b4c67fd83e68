"""What lies beyond each side of a region's cells: pia, white matter, or a wall."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

# A side of a cell is a neighbour in the region, or one of these borders.
WALL, INSIDE, PIA, WHITE = 0, 1, 2, 3
#: Steps to the four neighbours, in rows and columns.
SIDES = ((-1, 0), (1, 0), (0, -1), (0, 1))

# Outline that faces away from the white matter by less than this angle is pia.
_MOST_DEGREES = 45.0
# Direction of an outline, in cells: less shows its pixels, more rounds its corners.
_SIGMA = 3.0
# Outline is that of a drawn line if it is nearer to it, as a share of the thickness.
_NEAR_LINE = 0.15


@dataclass(frozen=True, eq=False)
class BorderFaces:
    """A region as cells, and what each of their four sides borders on."""

    inside: NDArray[np.bool_]  # (rows, columns)
    # WALL, INSIDE, PIA or WHITE, by the order of `SIDES`; WALL outside the region.
    sides: NDArray[np.uint8]  # (4, rows, columns)

    def along(self, kind: int) -> NDArray[np.bool_]:
        """Return the region's cells (rows, columns) that have a side of a kind."""
        return self.inside & (self.sides == kind).any(axis=0)


def find_faces(
    inside: NDArray[np.bool_],
    white: NDArray[np.bool_],
    empty: NDArray[np.bool_],
    line: NDArray[np.bool_] | None,
) -> BorderFaces:
    """Tell the sides of a region's cells, all arrays (rows, columns).

    ``white`` are cells of the white matter, ``empty`` those without annotation;
    ``line`` those on a drawn pia. Whatever lies beyond the picture is no pia.
    """
    from_white = ndimage.distance_transform_edt(~white)
    faces_away = (
        _faces_away(inside, from_white)
        if line is None
        else _is_near(line, _NEAR_LINE * float(from_white[inside].max()))
    )
    sides = np.zeros((len(SIDES), *inside.shape), dtype=np.uint8)
    for kinds, step in zip(sides, SIDES, strict=True):
        kinds[inside & neighbour(inside, step)] = INSIDE
        kinds[inside & neighbour(white, step)] = WHITE
        kinds[inside & neighbour(empty, step) & faces_away] = PIA
    return BorderFaces(inside, sides)


def neighbour(
    values: NDArray,
    step: tuple[int, int],
    fill: object = False,
) -> NDArray:
    """Return each cell's neighbour a step away, ``fill`` beyond the edge."""
    rows, cols = values.shape
    down, right = step
    moved = np.full_like(values, fill)
    moved[
        max(0, -down) : rows - max(0, down), max(0, -right) : cols - max(0, right)
    ] = values[max(0, down) : rows + min(0, down), max(0, right) : cols + min(0, right)]
    return moved


def _faces_away(
    inside: NDArray[np.bool_], from_white: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return where the outward direction leads away from the white matter."""
    outward = [
        -ndimage.gaussian_filter1d(
            ndimage.gaussian_filter(inside.astype(float), _SIGMA), 1.0, axis, order=1
        )
        for axis in (0, 1)
    ]
    away = [
        ndimage.gaussian_filter(from_white, _SIGMA, order=o) for o in ((1, 0), (0, 1))
    ]
    along = sum(o * a for o, a in zip(outward, away, strict=True))
    size = np.hypot(*outward) * np.hypot(*away)
    return along > np.cos(np.deg2rad(_MOST_DEGREES)) * size


def _is_near(line: NDArray[np.bool_], reach: float) -> NDArray[np.bool_]:
    return ndimage.distance_transform_edt(~line) <= max(reach, 1.5)
