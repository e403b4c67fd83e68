"""Maps of categories, such as clusters and regions: checked, coloured, explained."""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import Patch
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.sampling._lay_out import check_plane


def check_categories(codes: ArrayLike, *, name: str) -> NDArray:
    """Return a map of categories (rows, columns): integers from 0, -1 where none."""
    found = check_plane(name, codes)
    if found.dtype.kind not in "iu":
        raise TypeError(
            f"{name} has dtype {found.dtype}; it holds integers of 0 or more, and -1 "
            "where no cell is."
        )
    if found.ndim != 2 or found.size == 0:
        raise ValueError(
            f"{name} has shape {found.shape}; it is 2-D (rows, columns), not empty."
        )
    if found.min() < -1:
        raise ValueError(
            f"{name} holds {int(found.min())}; categories count from 0, and -1 "
            "stands for no cell."
        )
    return found


def paint_categories(
    codes: NDArray, colors: NDArray[np.float64], opacity: NDArray | float
) -> NDArray[np.uint8]:
    """Return the colour and opacity of each cell, (rows, columns, 4).

    ``codes`` (rows, columns) are -1 where there is none, which is transparent whatever
    ``opacity`` says; ``colors`` are (n_categories, 3), from 0 to 1.
    """
    # The last row is the one that -1 picks.
    table = np.zeros((len(colors) + 1, 3), dtype=np.uint8)
    table[:-1] = np.round(255 * colors)
    picture = np.empty((*codes.shape, 4), dtype=np.uint8)
    picture[..., :3] = table[codes]
    picture[..., 3] = np.where(codes >= 0, np.round(255 * np.asarray(opacity)), 0)
    return picture


def color_patches(names: Sequence[str], colors: NDArray[np.float64]) -> list[Artist]:
    """Return one legend entry per category, in full colour."""
    return [
        Patch(facecolor=tuple(color), label=name)
        for name, color in zip(names, colors, strict=True)
    ]


def percent_text(share: float) -> str:
    """Return a share in per cent, never rounded down to nothing."""
    if 0 < share < 0.01:
        return "< 1 %"
    return f"{100 * share:.0f} %"
