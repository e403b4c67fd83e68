"""A scale bar of round length, drawn in a corner."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.offsetbox import (
    AnchoredOffsetbox,
    AuxTransformBox,
    TextArea,
    VPacker,
)
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_number, check_option, shown


def round_length_um(longest_um: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not longer."""
    exponent = math.floor(math.log10(longest_um))
    # From the division too: 5 * 10.0**-1 is exact where 0.1 * 5 need not be.
    candidates = [
        float(f"{digit}e{power}")
        for power in (exponent, exponent - 1)
        for digit in (5, 2, 1)
    ]
    return next(length for length in candidates if length <= longest_um)


def length_text(length_um: float) -> str:
    """Return a length with the unit that reads best."""
    if length_um >= 1000:
        return f"{length_um / 1000:g} mm"
    return f"{length_um:g} µm"


def free_corner(mapped: NDArray[np.bool_], *, fraction: float = 0.2) -> str:
    """Return the corner in which a scale bar hides the fewest cells (rows, columns).

    Of equals, lower before upper and right before left.
    """
    height, width = (max(1, round(fraction * length)) for length in mapped.shape)
    hidden = {
        "lower right": mapped[-height:, -width:].sum(),
        "lower left": mapped[-height:, :width].sum(),
        "upper right": mapped[:height, -width:].sum(),
        "upper left": mapped[:height, :width].sum(),
    }
    return min(hidden, key=lambda corner: int(hidden[corner]))


def add_scale_bar(
    ax: Axes,
    pixel_size_um: float,
    *,
    fraction: float = 0.14,
    loc: str = "lower right",
) -> AnchoredOffsetbox:
    """Draw a scale bar on axes whose unit is one pixel.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes with their final limits, in pixels.
    pixel_size_um : float
        Edge length of a pixel, in micrometres.
    fraction : float, default=0.14
        Longest length allowed, as a fraction of the width of the axes.
    loc : {"lower right", "lower left", "upper right", "upper left", ...}
        Corner or side, in matplotlib's words.

    Returns
    -------
    bar : matplotlib AnchoredOffsetbox
        The artist. It stays in its corner, and keeps its true length, when the
        view is zoomed.

    Raises
    ------
    TypeError
        If ``ax`` is no Axes, or a number is none.
    ValueError
        If ``pixel_size_um`` is not from 1e-9 to 1e9, ``fraction`` not from 0.001 to 1,
        or ``loc`` is no place.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn_microarch.plotting import add_scale_bar
    >>> figure, ax = plt.subplots()
    >>> _ = ax.set_xlim(0, 1000)
    >>> bar = add_scale_bar(ax, 1.17)
    >>> bar.get_label()
    '100 µm'
    >>> plt.close(figure)
    """
    if not isinstance(ax, Axes):
        raise TypeError(f"ax={shown(ax)} must be a matplotlib Axes.")
    pixel_size_um = check_number("pixel_size_um", pixel_size_um, low=1e-9, high=1e9)
    fraction = check_number("fraction", fraction, low=1e-3, high=1)
    check_option("loc", loc, AnchoredOffsetbox.codes)
    left, right = ax.get_xlim()
    length_um = round_length_um(fraction * abs(right - left) * pixel_size_um)
    # Thickness in pixels of the slice, so that it follows the panel's size.
    top, bottom = ax.get_ylim()
    thickness = 0.004 * max(abs(right - left), 2 * abs(bottom - top))
    line = AuxTransformBox(ax.transData)
    line.add_artist(
        Rectangle((0, 0), length_um / pixel_size_um, thickness, fc="white", ec="none")
    )
    text = length_text(length_um)
    words = TextArea(text, textprops={"color": "white", "size": "small"})
    bar = AnchoredOffsetbox(
        loc,
        child=VPacker(children=[words, line], align="center", pad=0, sep=3),
        pad=0.35,
        borderpad=0.4,
        frameon=True,
    )
    # White on its own dark plate is legible over tissue and over nothing.
    bar.patch.set(facecolor="black", edgecolor="none", alpha=0.5)
    bar.set_label(text)
    ax.add_artist(bar)
    return bar
