"""Check what is asked of an OME-Zarr that is to be written."""

import math
import re

import numpy as np


def check_folder_name(argument: str, name: str) -> None:
    """Raise when a name is none for an image within another.

    Levels are folders too, named by their numbers.

    Raises
    ------
    ValueError
        If it does not begin with a letter, holds anything but letters, digits,
        points, hyphens, plus signs and underscores, or is "labels".
    """
    if not re.fullmatch(r"[^\W\d_][\w.+-]*", name) or name == "labels":
        raise ValueError(
            f"{argument}={name!r} must begin with a letter, hold letters, digits and "
            '"_.+-" only, and not be "labels".'
        )


def check_window(window: tuple[float, float] | None) -> None:
    """Raise when a contrast window is not two ascending, finite numbers.

    Raises
    ------
    ValueError
        States the window.
    """
    if window is None:
        return
    if len(window) != 2 or not (
        all(map(math.isfinite, window)) and window[0] < window[1]
    ):
        raise ValueError(f"window={window!r} must be two finite, ascending numbers.")


def check_edges(name: str, edges: tuple[int, int]) -> tuple[int, int]:
    """Return a height and a width as plain integers, or raise.

    Raises
    ------
    ValueError
        If they are not two integers above 0.
    """
    if len(edges) != 2 or not all(
        isinstance(edge, int | np.integer) and edge > 0 for edge in edges
    ):
        raise ValueError(
            f"{name}={edges!r} must be a height and a width, in pixels, above 0."
        )
    return int(edges[0]), int(edges[1])
