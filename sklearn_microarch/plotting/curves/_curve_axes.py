"""Axes for curves and points, and how both are drawn."""

import math
from collections.abc import Iterable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.plotting.panels._figure import given_axes
from sklearn_microarch.plotting.panels._page import PAGE_WIDTH_IN, letter_scale

_WIDTH_IN, _HEIGHT_IN, _NARROWEST_IN, _MOST_COLUMNS = 3.4, 2.9, 1.5, 4
# Blue and orange of the regions' palette, and grey.
FIRST_COLOR, SECOND_COLOR, NULL_COLOR = "#0072B2", "#D55E00", "0.55"


def curve_axes(
    ax: Axes | Iterable[Axes] | None,
    n_panels: int,
    *,
    width_in: float = _WIDTH_IN,
    narrowest_in: float = _NARROWEST_IN,
    most_columns: int = _MOST_COLUMNS,
) -> list[Axes]:
    """Return the axes given, or those of a new figure, side by side.

    On a page, fewer stand side by side where they would be narrower than that.
    """
    if ax is not None:
        return given_axes(ax, n_panels)
    n_columns = min(n_panels, most_columns)
    page_in = PAGE_WIDTH_IN.get()
    height_in = _HEIGHT_IN
    if page_in is not None:
        n_columns = min(n_columns, max(1, int(page_in / narrowest_in)))
        width_in = page_in / n_columns
        height_in = min(_HEIGHT_IN, max(0.8 * width_in, 1.6))
    n_rows = math.ceil(n_panels / n_columns)
    _, grid = plt.subplots(
        n_rows,
        n_columns,
        figsize=(n_columns * width_in, n_rows * height_in),
        layout="constrained",
        squeeze=False,
    )
    axes = list(grid.ravel())
    for spare in axes[n_panels:]:
        spare.remove()
    return axes[:n_panels]


def dress(ax: Axes, title: str, *, x: str, y: str = "") -> None:
    """Write a panel's title and axes, and leave out the frame's upper half."""
    ax.set_title(title, loc="left", fontsize="medium", parse_math=False)
    ax.set_xlabel(x, fontsize="small", parse_math=False)
    ax.set_ylabel(y, fontsize="small", parse_math=False)
    ax.tick_params(labelsize="small")
    ax.spines[["top", "right"]].set_visible(False)


def draw_curve(
    ax: Axes,
    x: ArrayLike,
    middle: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    color: str,
    label: str,
) -> None:
    """Draw a curve with an interval at each of its points."""
    middle, low, high = (np.asarray(v, dtype=np.float64) for v in (middle, low, high))
    # Without an interval, a point alone.
    bars = np.nan_to_num(np.maximum([middle - low, high - middle], 0.0))
    ax.errorbar(
        np.asarray(x),
        middle,
        yerr=bars,
        color=color,
        marker="o",
        markersize=4 * letter_scale(),
        linewidth=1.4 * letter_scale(),
        elinewidth=letter_scale(),
        capsize=2.5 * letter_scale(),
        label=label,
    )


def integer_ticks(ax: Axes, values: NDArray) -> None:
    """Put ticks at whole numbers that were tried, few enough to be read."""
    step = max(1, math.ceil(len(values) / 8))
    ax.set_xticks(values[::step], [f"{value:g}" for value in values[::step]])
