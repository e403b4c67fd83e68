"""Panels that show a slice: figure, axes, background, frame and scale bar."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_switch
from sklearn_microarch.plotting.panels._add_scale_bar import add_scale_bar, free_corner
from sklearn_microarch.plotting.panels._figure import given_axes, new_axes, place_axes
from sklearn_microarch.plotting.panels._grid import (
    Box,
    Shown,
    box_around,
    cells_over,
)
from sklearn_microarch.plotting.panels._section import Backdrop, Section


@dataclass(frozen=True, eq=False)
class Panels:
    """Axes that show the same part of a slice, ready for a map on top."""

    # A SubFigure where the axes given lie on one.
    figure: Figure | SubFigure
    # (n_panels,), in reading order.
    axes: NDArray[np.object_]
    box: Box
    # The cells of a map to draw on them.
    shown: Shown


def open_panels(
    section: Section,
    mapped: NDArray[np.bool_],
    *,
    crop: bool,
    margin: float,
    n_panels: int = 1,
    ax: Axes | Iterable[Axes] | None = None,
) -> Panels:
    """Draw the slice on as many panels as asked for, or on the axes given.

    ``mapped`` (rows, columns) are the cells that have a value; ``crop`` shows only
    that part of the slice. The scale bar is on the last panel, in the corner where it
    hides least; where the pixel size is unknown there is none, and axes count pixels.
    """
    cropped = check_switch("crop", crop)
    box = box_around(section.grid, mapped if cropped else None, margin=margin)
    axes = new_axes(n_panels, box) if ax is None else given_axes(ax, n_panels)
    shown = cells_over(section.grid, box)
    picture = section.picture
    backdrop = None if picture is None else Backdrop.of(picture, box)
    for panel in axes:
        _draw_slice(panel, box, backdrop)
        _frame(panel, in_pixels=section.pixel_size_um is None)
    if section.pixel_size_um is not None:
        corner = free_corner(mapped[shown.cells])
        add_scale_bar(axes[-1], section.pixel_size_um, loc=corner)
    # Words that are put beside the panels are cut to their size.
    place_axes(axes[0].figure)
    return Panels(axes[0].figure, np.array(axes, dtype=object), box, shown)


def draw_map(
    ax: Axes, picture: NDArray[np.uint8], shown: Shown, *, gid: str
) -> AxesImage:
    """Lay a picture (rows, columns, 4) over the slice; ``gid`` names it in an SVG."""
    # Nearest: a blend of two clusters' colours could be a third one's.
    return ax.imshow(picture, extent=shown.extent, interpolation="nearest", gid=gid)


def say(ax: Axes, words: str) -> None:
    """Write in the middle of a panel why there is nothing to see on it."""
    ax.text(
        0.5,
        0.5,
        words,
        transform=ax.transAxes,
        ha="center",
        va="center",
        color="white",
        bbox={"facecolor": "black", "alpha": 0.6, "edgecolor": "none"},
    )


def _draw_slice(ax: Axes, box: Box, backdrop: Backdrop | None) -> None:
    if backdrop is None:
        ax.set_facecolor("0.85")
    else:
        low, high = backdrop.limits
        ax.imshow(
            backdrop.image,
            extent=backdrop.extent,
            cmap="gray",
            vmin=low,
            vmax=high,
            gid="slice",
        )
    ax.set_aspect("equal")
    # Set limits also switch autoscaling off, so that a map laid on top, which
    # may reach half a cell over the slice's edge, leaves them as they are.
    ax.set_xlim(box.left - 0.5, box.right - 0.5)
    ax.set_ylim(box.bottom - 0.5, box.top - 0.5)


def _frame(ax: Axes, *, in_pixels: bool) -> None:
    ax.spines[:].set_visible(False)
    if in_pixels:
        ax.set_xlabel("column (px)", fontsize="small")
        ax.set_ylabel("row (px)", fontsize="small")
        ax.tick_params(labelsize="small")
    else:
        ax.set_xticks([])
        ax.set_yticks([])
