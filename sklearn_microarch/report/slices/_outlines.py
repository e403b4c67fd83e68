"""Outlines of annotated regions, as paths that stay thin at any size."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation.writers._trace_outlines import trace_outlines

# Longest side of the grid on which regions are outlined.
_MOST_SIDE = 1500


def outline_paths(codes: NDArray, *, n_regions: int) -> list[str]:
    """Return a path for each region of ``codes`` (height, width), -1 where none.

    In pixels of the slice, counted from the outer corner of its first pixel.
    """
    step = max(1, -(-max(codes.shape) // _MOST_SIDE))
    half = step // 2
    coarse = codes[half::step, half::step]
    return [_path(coarse == region, step) for region in range(n_regions)]


def _path(inside: NDArray[np.bool_], step: int) -> str:
    rings = [ring for polygon in trace_outlines(inside) for ring in polygon]
    return "".join(
        "M" + "L".join(f"{step * x} {step * y}" for x, y in ring) + "Z"
        for ring in rings
    )
