"""Panels that show a slice: figure, axes, background, frame and scale bar."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.image import AxesImage
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_switch
from sklearn_microarch.plotting.panels._add_scale_bar import add_scale_bar, free_corner
from sklearn_microarch.plotting.panels._figure import given_axes, new_grid, place_axes
from sklearn_microarch.plotting.panels._grid import (
    Box,
    Shown,
    box_around,
    cells_over,
)
from sklearn_microarch.plotting.panels._orientation_letters import draw_letters
from sklearn_microarch.plotting.panels._section import Backdrop, SliceGround


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
    section: SliceGround,
    mapped: NDArray[np.bool_],
    *,
    crop: bool,
    margin: float,
    n_panels: int = 1,
    ax: Axes | Iterable[Axes] | None = None,
) -> Panels:
    """Draw the slice on as many panels as asked for, or on the axes given.

    ``mapped`` (rows, columns) are the cells that have a value; ``crop`` shows only
    that part of the slice. Scale bar and letters of orientation are on the last panel
    of a new figure, and on each of the axes given, which stand alone; the bar is in the
    corner where it hides least. Where the pixel size is unknown, axes count pixels.
    """
    (panels,) = open_slices(
        [section], [mapped], crop=crop, margin=margin, n_panels=n_panels, ax=ax
    )
    return panels


def open_slices(
    sections: Sequence[SliceGround],
    mapped: Sequence[NDArray[np.bool_]],
    *,
    crop: bool,
    margin: float,
    n_panels: int = 1,
    ax: Axes | Iterable[Axes] | None = None,
) -> list[Panels]:
    """Open the panels of several slices, all at one scale; see `open_panels`.

    Axes given count slice by slice. Every slice has a scale bar.
    """
    cropped = check_switch("crop", crop)
    boxes = [
        box_around(section.grid, cells if cropped else None, margin=margin)
        for section, cells in zip(sections, mapped, strict=True)
    ]
    views = _equal_views(boxes, [section.pixel_size_um for section in sections])
    n_slices = len(sections)
    axes = (
        new_grid(n_slices, n_panels, views[0])
        if ax is None
        else np.array(given_axes(ax, n_slices * n_panels), dtype=object)
    ).reshape(n_slices, n_panels)
    for section, cells, box, view, row in zip(
        sections, mapped, boxes, views, axes, strict=True
    ):
        _fill(section, box, view, row)
        for panel in row if ax is not None else row[-1:]:
            _mark(panel, section, cells, box)
    # Words that are put beside the panels are cut to their size.
    figure = axes[0, 0].figure
    place_axes(figure)
    return [
        Panels(figure, row, box, cells_over(section.grid, box))
        for section, box, row in zip(sections, boxes, axes, strict=True)
    ]


def _equal_views(
    boxes: Sequence[Box], pixel_sizes: Sequence[float | None]
) -> list[Box]:
    """Return what each panel shows: from its box's corner as much as the largest has.

    In micrometres where all pixel sizes are known, else in pixels.
    """
    known = [size for size in pixel_sizes if size is not None]
    sizes = known if len(known) == len(boxes) else [1.0] * len(boxes)
    high = max(box.height * size for box, size in zip(boxes, sizes, strict=True))
    wide = max(box.width * size for box, size in zip(boxes, sizes, strict=True))
    views = []
    for box, size in zip(boxes, sizes, strict=True):
        # Rounding must not make a view of the largest larger than its box.
        rows, columns = ceil(high / size - 1e-6), ceil(wide / size - 1e-6)
        views.append(Box(box.top, box.top + rows, box.left, box.left + columns))
    return views


def _fill(
    section: SliceGround,
    box: Box,
    view: Box,
    axes: NDArray[np.object_],
) -> None:
    """Draw a slice on its panels (n_panels,)."""
    picture = section.picture
    backdrop = None if picture is None else Backdrop.of(picture, box)
    for panel in axes:
        _draw_slice(panel, view, backdrop)
        _frame(panel, in_pixels=section.pixel_size_um is None)


def _mark(
    panel: Axes, section: SliceGround, mapped: NDArray[np.bool_], box: Box
) -> None:
    """Draw a scale bar where it hides least, and what lies at the sides."""
    draw_letters(panel, section.letters, box)
    if section.pixel_size_um is None:
        return
    corner = free_corner(mapped[cells_over(section.grid, box).cells])
    bar = add_scale_bar(panel, section.pixel_size_um, loc=corner)
    # On the slice, which may be smaller than its panel.
    corners = (box.left - 0.5, box.top - 0.5, box.right - 0.5, box.bottom - 0.5)
    bar.set_bbox_to_anchor(Bbox.from_extents(*corners), panel.transData)


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


def _draw_slice(ax: Axes, view: Box, backdrop: Backdrop | None) -> None:
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
    ax.set_xlim(view.left - 0.5, view.right - 0.5)
    ax.set_ylim(view.bottom - 0.5, view.top - 0.5)


def _frame(ax: Axes, *, in_pixels: bool) -> None:
    ax.spines[:].set_visible(False)
    if in_pixels:
        ax.set_xlabel("column (px)", fontsize="small")
        ax.set_ylabel("row (px)", fontsize="small")
        ax.tick_params(labelsize="small")
    else:
        ax.set_xticks([])
        ax.set_yticks([])
