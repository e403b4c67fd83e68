"""Layers over a slice as one picture: for sections, for print and without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.plotting.panels._add_scale_bar import (
    length_text,
    round_length_um,
)
from sklearn_microarch.plotting.panels._orientation_letters import letters_of
from sklearn_microarch.report.slices._backdrop import SlicePicture, jpeg_uri
from sklearn_microarch.report.slices._layers import MapLayer
from sklearn_microarch.report.slices._slice_view import SliceView
from sklearn_microarch.sampling._resample import ResampledArray


@dataclass(frozen=True, eq=False)
class Ground:
    """What layers are painted on."""

    # Of shape (rows, columns, 3).
    rgb: NDArray[np.uint8]
    # Pixels of the slice that a pixel is wide.
    scale: float


@dataclass(frozen=True)
class ScaleBar:
    """A bar of round length, as a share of the picture's width."""

    text: str
    percent: float


@dataclass(frozen=True)
class Still:
    """A picture, what it shows in words, and its scale."""

    uri: str
    alt: str
    width: int
    height: int
    bar: ScaleBar | None
    # Width and height of the slice in pixels, for outlines drawn over the picture.
    extent: tuple[int, int]
    outlines: tuple[str, ...] = ()
    # Side of the picture and what lies there, only where the slice states it.
    letters: dict[str, str] = field(default_factory=dict)
    # Of the width of the page that it takes.
    share: float = 1.0


def make_ground(backdrop: SlicePicture, n_pixels: int) -> Ground:
    """Return a backdrop of about so many pixels at most."""
    rgb = backdrop.rgb()
    factor = max(1.0, sqrt(rgb.shape[0] * rgb.shape[1] / n_pixels))
    if factor > 1:
        channels = np.ascontiguousarray(np.moveaxis(rgb, -1, 0))
        rgb = np.moveaxis(np.asarray(ResampledArray(channels, factor)), 0, -1)
    return Ground(rgb, backdrop.scale * factor)


def paint(
    view: SliceView,
    ground: Ground,
    layers: Sequence[MapLayer],
    *,
    alt: str,
    outlines: Sequence[str] = (),
) -> Still:
    """Return layers of a slice painted over it, the last on top."""
    picture = ground.rgb.astype(np.float32)
    rows, cols = (
        _cell_of(length, ground.scale, first, view.grid.cell_size, n_cells)
        for length, first, n_cells in zip(
            picture.shape[:2], view.grid.offset, view.grid.shape, strict=True
        )
    )
    for layer in layers:
        if layer.table is None:
            continue
        colors = layer.table[_pick(layer.plane.codes, rows, cols)]
        alpha = layer.opacity / 255 * colors[..., 3:].astype(np.float32)
        picture += alpha * (colors[..., :3] - picture)
    height, width = view.image.shape
    return Still(
        uri=jpeg_uri(np.rint(picture).astype(np.uint8)),
        alt=alt,
        width=picture.shape[1],
        height=picture.shape[0],
        bar=scale_bar(view.image.pixel_size_um, width),
        extent=(width, height),
        outlines=tuple(outlines),
        letters=letters_of(view.image),
        share=view.share,
    )


def scale_bar(
    pixel_size_um: float | None, width: int, *, share: float = 0.15
) -> ScaleBar | None:
    """Return the bar of a picture ``width`` pixels of the slice wide."""
    if pixel_size_um is None:
        return None
    across = pixel_size_um * width
    length = round_length_um(share * across)
    return ScaleBar(length_text(length), 100 * length / across)


def _cell_of(
    length: int, scale: float, first: float, size: float, n_cells: int
) -> NDArray[np.intp]:
    """Return the cell nearest to each pixel of a picture, -1 beyond the cells."""
    place = (np.arange(length) + 0.5) * scale - 0.5
    nearest = np.ceil((place - first) / size - 0.5)
    return np.where((nearest < 0) | (nearest >= n_cells), -1, nearest).astype(np.intp)


def _pick(
    codes: NDArray[np.uint8], rows: NDArray[np.intp], cols: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """Return codes (rows, columns) of a picture, 0 beyond the cells."""
    picked = codes[np.ix_(rows, cols)]
    picked[rows < 0] = 0
    picked[:, cols < 0] = 0
    return picked
