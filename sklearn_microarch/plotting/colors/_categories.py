"""Maps of categories, such as clusters and regions: checked, coloured, explained."""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import Patch
from numpy.typing import ArrayLike, NDArray


def check_categories(codes: ArrayLike, *, name: str) -> NDArray:
    """Return a map of categories: integers of 0 or more, -1 where none.

    Parameters
    ----------
    codes : array-like of shape (rows, columns), dtype int
    name : str
        Argument named in the message.

    Returns
    -------
    codes : ndarray of shape (rows, columns)

    Raises
    ------
    TypeError
        If it does not hold integers.
    ValueError
        If it is not 2-D, is empty, or holds a value below -1.
    """
    found = np.asarray(codes)
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
    """Return the colour and opacity of each cell.

    Parameters
    ----------
    codes : ndarray of shape (rows, columns), dtype int
        Category of each cell, -1 where none.
    colors : ndarray of shape (n_categories, 3), in [0, 1]
        Red, green, blue of each category.
    opacity : float or ndarray of shape (rows, columns), in [0, 1]
        Cells without a category are transparent, whatever it says.

    Returns
    -------
    picture : ndarray of shape (rows, columns, 4), dtype uint8

    Examples
    --------
    >>> import numpy as np
    >>> paint_categories(np.array([[0, -1]]), np.array([[1.0, 0.5, 0.0]]), 0.6)
    array([[[255, 128,   0, 153],
            [  0,   0,   0,   0]]], dtype=uint8)
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
    """Return a share in per cent, never rounded down to nothing.

    Examples
    --------
    >>> percent_text(0.384), percent_text(0.002), percent_text(0.0)
    ('38 %', '< 1 %', '0 %')
    """
    if 0 < share < 0.01:
        return "< 1 %"
    return f"{100 * share:.0f} %"
