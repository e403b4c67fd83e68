"""The axes of a display: its own, laid out for the shape of the slice, or given."""

import math
from collections.abc import Iterable

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.plotting.panels._grid import Box

# Room that a new figure has to spare, in inches; it is cut to fit in the end.
_TITLE_IN, _KEY_IN = 0.35, 1.2
_TALLEST_IN, _NARROWEST_IN = 7.0, 2.6
_EDGE_IN = 0.06


def new_axes(n_panels: int, box: Box) -> list[Axes]:
    """Return the axes of a new figure, with room to spare for titles and keys.

    Boxes twice as wide as high and more are stacked, others stand side by side.
    """
    aspect = box.width / box.height
    if aspect >= 2:
        n_columns, width = 1, 9.0
    elif n_panels == 1:
        n_columns, width = 1, 5.5
    else:
        n_columns, width = (2 if n_panels in (2, 4) else 3), 3.4
    n_rows = math.ceil(n_panels / n_columns)
    height = min(width / aspect, _TALLEST_IN)
    # A tall panel is narrow; the words above and below it need some width.
    width = max(height * aspect, _NARROWEST_IN)
    grid = plt.subplots(
        n_rows,
        n_columns,
        figsize=(n_columns * width, n_rows * (height + _TITLE_IN) + _KEY_IN),
        layout="compressed",
        squeeze=False,
    )[1]
    axes = list(grid.ravel())
    for spare in axes[n_panels:]:
        spare.remove()
    return axes[:n_panels]


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
        place_axes(figure)
        figure.set_figheight(figure.get_tightbbox().height + 2 * _EDGE_IN)


def place_axes(figure: Figure | SubFigure) -> None:
    """Let the layout place the axes now, so that their size can be asked for."""
    whole = figure.figure
    engine = whole.get_layout_engine()
    if engine is not None:
        engine.execute(whole)
