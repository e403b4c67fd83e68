"""The axes of a display: its own, laid out for the shape of the slice, or given."""

import math
from collections.abc import Iterable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.plotting.panels._grid import Box
from sklearn_microarch.plotting.panels._page import PAGE_WIDTH_IN, letter_scale

# Room that a new figure has to spare, in inches; it is cut to fit in the end.
_TITLE_IN, _KEY_IN = 0.35, 1.2
_TALLEST_IN, _NARROWEST_IN = 7.0, 2.6
# Of a grid of panels: its width where panels stay wide enough, and a panel's limits.
_GRID_IN, _TALLEST_OF_MANY_IN, _NARROWEST_OF_MANY_IN = 11.0, 4.0, 3.2
_EDGE_IN = 0.06
# The narrowest that a panel is on a page, and how tall a stack of wide panels may be
# before it becomes two stacks: on a page, and on a screen.
_NARROWEST_ON_PAGE_IN, _TALLEST_STACK_IN, _LONGEST_STACK = 1.3, 9.0, 9


def new_axes(n_panels: int, box: Box) -> list[Axes]:
    """Return the axes of a new figure, with room to spare for titles and keys.

    Boxes twice as wide as high and more are stacked, others stand side by side.
    """
    aspect = box.width / box.height
    if aspect >= 2:
        n_columns, width = _n_stacks(n_panels, aspect), 9.0
        width /= math.sqrt(n_columns)
    elif n_panels == 1:
        n_columns, width = 1, 5.5
    else:
        n_columns, width = (2 if n_panels in (2, 4) else 3), 3.4
    page_in = PAGE_WIDTH_IN.get()
    if page_in is not None:
        n_columns = min(n_columns, max(1, int(page_in / _NARROWEST_ON_PAGE_IN)))
    n_rows = math.ceil(n_panels / n_columns)
    height = min(width / aspect, _TALLEST_IN)
    # A tall panel is narrow; the words above and below it need some width.
    width = max(height * aspect, _NARROWEST_IN)
    axes = list(_new_figure(n_rows, n_columns, width, height).ravel())
    for spare in axes[n_panels:]:
        spare.remove()
    return axes[:n_panels]


def _n_stacks(n_panels: int, aspect: float) -> int:
    """Return the number of columns of panels that are twice as wide as high or more."""
    page_in = PAGE_WIDTH_IN.get()
    if page_in is None:
        return 1 + (n_panels - 1) // _LONGEST_STACK
    n_columns = 1
    while page_in / (n_columns + 1) >= _NARROWEST_ON_PAGE_IN:
        each_in = page_in / n_columns / aspect + _TITLE_IN * letter_scale()
        if math.ceil(n_panels / n_columns) * each_in <= _TALLEST_STACK_IN:
            break
        n_columns += 1
    return n_columns


def new_grid(n_slices: int, n_panels: int, box: Box) -> NDArray[np.object_]:
    """Return the axes (n_slices, n_panels) of a new figure, with room to spare.

    Slices stand side by side, one column each, unless they are more than the panels of
    each: then they are rows. ``box`` is what each panel shows.
    """
    if 1 in (n_slices, n_panels):
        axes = np.array(new_axes(n_slices * n_panels, box), dtype=object)
        return axes.reshape(n_slices, n_panels)
    n_columns, n_rows = sorted((n_slices, n_panels))
    aspect = box.width / box.height
    width = max(_GRID_IN / n_columns, _NARROWEST_OF_MANY_IN)
    height = min(width / aspect, _TALLEST_OF_MANY_IN)
    width = max(height * aspect, _NARROWEST_OF_MANY_IN)
    axes = _new_figure(n_rows, n_columns, width, height)
    return axes.T if n_slices == n_columns else axes


def _new_figure(
    n_rows: int, n_columns: int, width: float, height: float
) -> NDArray[np.object_]:
    """Return axes (n_rows, n_columns) of a new figure, of so many inches each.

    On a page they are as wide as the page allows.
    """
    page_in = PAGE_WIDTH_IN.get()
    if page_in is not None:
        width, height = page_in / n_columns, height * page_in / n_columns / width
    axes: NDArray[np.object_] = plt.subplots(
        n_rows,
        n_columns,
        figsize=(n_columns * width, n_rows * (height + _TITLE_IN) + _KEY_IN),
        layout="compressed",
        squeeze=False,
    )[1]
    return axes


def given_axes(ax: Axes | Iterable[Axes], n_panels: int) -> list[Axes]:
    """Return a caller's axes as a list of ``n_panels``, or raise."""
    axes = [ax] if isinstance(ax, Axes) else list(as_array("ax", ax).ravel())  # type: ignore[arg-type]
    for panel in axes:
        if not isinstance(panel, Axes):
            raise TypeError(
                f"ax holds {shown(panel)}; it takes matplotlib Axes, one per panel, "
                "or None for a new figure."
            )
    if len(axes) != n_panels:
        raise ValueError(
            f"ax holds {len(axes)} Axes for {n_panels} panels; pass one for each, "
            "or None for a new figure."
        )
    return axes


def cut_to_fit(figure: Figure | SubFigure) -> None:
    """Take away what is free above and below all that is on a new figure.

    A part of a caller's figure is left alone.
    """
    if isinstance(figure, Figure):
        # A legend of the figure stays at its edge, panels gather in the middle: each
        # cut takes half of what is left between them.
        for _ in range(4 if figure.legends else 1):
            place_axes(figure)
            figure.set_figheight(figure.get_tightbbox().height + 2 * _EDGE_IN)


def place_axes(figure: Figure | SubFigure) -> None:
    """Let the layout place the axes now, so that their size can be asked for."""
    whole = figure.figure
    engine = whole.get_layout_engine()
    if engine is not None:
        engine.execute(whole)
