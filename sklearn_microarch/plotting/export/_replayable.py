"""Displays that can be drawn again, at the size they are printed at."""

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from matplotlib.figure import Figure

from sklearn_microarch.plotting.panels._page import on_page

Options = ParamSpec("Options")
Display = TypeVar("Display")
_KEPT = "_options_of_plot"


def replayable(
    plot: Callable[Concatenate[Display, Options], Display],
) -> Callable[Concatenate[Display, Options], Display]:
    """Let a display's method ``plot`` keep the options that it was called with."""

    @wraps(plot)
    def plot_and_keep(
        self: Display, *args: Options.args, **options: Options.kwargs
    ) -> Display:
        shown = plot(self, *args, **options)
        setattr(self, _KEPT, (args, options))
        return shown

    return plot_and_keep


def draw_for_page(display: Any, width_in: float) -> Figure | None:  # noqa: ANN401
    """Return a new figure of a display, as it was drawn last, for a page.

    None where it cannot be drawn again: it is on axes of the caller, or no display.
    """
    if not hasattr(display, "plot"):
        return None
    kept: tuple[tuple[Any, ...], dict[str, Any]] = getattr(display, _KEPT, ((), {}))
    args, options = kept
    # Axes come first of all that a display's plot takes.
    if options.get("ax") is not None or (args and args[0] is not None):
        return None
    again = copy.copy(display)
    with on_page(width_in):
        again.plot(*args, **options)
    figure: Figure = again.figure_
    return figure
