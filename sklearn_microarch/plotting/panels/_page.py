"""The page that figures are drawn for: how wide it is, and how large its letters."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from textwrap import fill
from typing import Any

from matplotlib import rc_context, rcParams

# Width of new figures in inches; None: a screen, where displays choose.
PAGE_WIDTH_IN: ContextVar[float | None] = ContextVar("PAGE_WIDTH_IN", default=None)
# The sizes that rooms and widths of words were measured at.
_USUAL_PT = 10.0
# Of this size, "small" letters are 6 points high, and none is higher than 8.
PAGE_LETTERS_PT = 7.25
# About the width of a small letter.
_SMALL_LETTER_IN = 0.066


@contextmanager
def on_page(width_in: float) -> Iterator[None]:
    """Draw new figures for a page of that width."""
    token = PAGE_WIDTH_IN.set(width_in)
    thin: dict[Any, Any] = {
        "font.size": PAGE_LETTERS_PT,
        "axes.linewidth": 0.6,
        "lines.linewidth": 1.0,
        "lines.markersize": 3.5,
        "axes.titlepad": 3.0,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
    }
    try:
        with rc_context(thin):
            yield
    finally:
        PAGE_WIDTH_IN.reset(token)


def letter_scale() -> float:
    """Return how large letters are, 1 for the usual size."""
    return float(rcParams["font.size"]) / _USUAL_PT


def line_scale() -> float:
    """Return how thick lines over a slice are: on a page half as thick as usual."""
    return 1.0 if PAGE_WIDTH_IN.get() is None else 0.5


def fold(text: str, width_in: float) -> str:
    """Return words in lines of small letters that are no wider than that."""
    n_letters = max(20, int(width_in / (_SMALL_LETTER_IN * letter_scale())))
    return fill(text, n_letters)
