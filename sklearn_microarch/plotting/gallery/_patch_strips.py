"""Strips of patches side by side, on axes that show them all at one scale."""

from collections.abc import Iterable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sklearn_microarch.plotting.panels._figure import given_axes
from sklearn_microarch.plotting.panels._page import PAGE_WIDTH_IN, letter_scale
from sklearn_microarch.sampling import Patches

# Width of a row of patches, room for the names, gap between patches as a share of one.
_WIDTH_IN, _NAME_IN, _GAP = 9.0, 1.3, 0.06


def exemplar_axes(
    ax: Axes | Iterable[Axes] | None, n_groups: int, n_each: int
) -> NDArray[np.object_]:
    """Return axes (n_groups, 3): the caller's, or of a new figure."""
    if ax is not None:
        return np.array(given_axes(ax, 3 * n_groups), dtype=object).reshape(-1, 3)
    width_in = PAGE_WIDTH_IN.get() or _WIDTH_IN
    patch_in = (width_in - _NAME_IN * letter_scale()) / (3 * n_each)
    return plt.subplots(
        n_groups,
        3,
        figsize=(width_in, n_groups * 1.15 * patch_in + 0.5),
        layout="compressed",
        squeeze=False,
    )[1]


def strip_width(n_each: int, size: int) -> float:
    """Return the width of so many patches with the gaps between them, in pixels."""
    return n_each * size + (n_each - 1) * round(_GAP * size)


def side_by_side(patches: Patches, rows: NDArray[np.int64]) -> NDArray:
    """Return a picture of patches with gaps between: grey levels, NaN, or colours."""
    size, gap = patches.patch_size, round(_GAP * patches.patch_size)
    found = patches.gather(rows[rows >= 0])
    is_color = found.ndim == 4 and found.shape[1] == 3 and found.dtype == np.uint8
    if is_color:
        strip = np.ones((size, int(strip_width(len(rows), size)), 3))
        found = np.moveaxis(found, 1, -1) / 255
    else:
        strip = np.full((size, int(strip_width(len(rows), size))), np.nan)
        found = found.mean(axis=1) if found.ndim == 4 else found
    for place, patch in enumerate(found):
        left = place * (size + gap)
        strip[:, left : left + size] = patch
    return strip


def grey_limits(strips: list[list[NDArray]]) -> tuple[float, float]:
    """Return the grey levels of black and white, one pair for all patches."""
    levels = [s[~np.isnan(s)] for row in strips for s in row if s.ndim == 2]
    if not any(map(len, levels)):
        return 0.0, 1.0
    grey = np.concatenate(levels)
    low, high = np.percentile(grey, (0.5, 99.8))
    return float(low), max(float(high), float(low) + 1e-6)
