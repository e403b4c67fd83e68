"""The slice under a map: its grey levels, its grid of cells, its pixel size."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._finite_pixels import check_finite_image
from sklearn_microarch.images._slice_image import as_slice_image
from sklearn_microarch.plotting.panels._grid import MAX_SIDE, Box, MapGrid, check_stride


@dataclass(frozen=True, eq=False)
class Section:
    """What every display needs to know about the slice under its map.

    Parameters
    ----------
    grid : MapGrid
        Where the map's cells lie.
    grey : ndarray of shape (height, width) or None
        Grey levels of the slice. None: maps are drawn on a plain ground.
    pixel_size_um : float or None
        Edge length of a pixel, in micrometres. None: unknown.
    """

    grid: MapGrid
    grey: NDArray | None
    pixel_size_um: float | None

    @classmethod
    def under(
        cls,
        values: NDArray,
        *,
        background: SliceImage | ArrayLike | None,
        stride: int,
        pixel_size_um: float | None,
    ) -> Self:
        """Build the section that a map is drawn over.

        Parameters
        ----------
        values : ndarray of shape (rows, columns, ...)
            The map. Without a background, its cells alone say how large the
            slice is: ``stride`` pixels each.
        background : SliceImage, array-like of shape (height, width) or \
                (n_channels, height, width), or None
            The slice; channels are averaged.
        stride : int
            Distance between cells, in pixels.
        pixel_size_um : float or None
            None takes what the background knows.

        Returns
        -------
        section : Section

        Raises
        ------
        TypeError, ValueError
            If an argument is of the wrong kind, or the background has
            pixels that are not finite.
        """
        stride = check_stride(stride)
        if background is None:
            rows, columns = values.shape[:2]
            # A SliceImage checks the pixel size; no background has its data.
            known = SliceImage(np.zeros((1, 1)), pixel_size_um).pixel_size_um
            return cls(MapGrid((rows * stride, columns * stride), stride), None, known)
        image = as_slice_image(background)
        if pixel_size_um is not None:
            image = SliceImage(image.data, pixel_size_um)
        check_finite_image(image, name="background")
        grey = image.pixels if image.n_channels is None else image.pixels.mean(axis=0)
        return cls(MapGrid(image.shape, stride), grey, image.pixel_size_um)


def area_mean(image: NDArray, box: Box, *, step: int) -> NDArray[np.float32]:
    """Shrink a part of an image, each new pixel the mean of a square of old ones.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        Any real dtype.
    box : Box
        The part to shrink.
    step : int
        Side of the squares, in pixels. Squares that reach over the box's lower
        or right edge repeat its last row or column.

    Returns
    -------
    shrunk : ndarray of shape (ceil(box.height / step), ceil(box.width / step)), \
            dtype float32
    """
    part = image[box.top : box.bottom, box.left : box.right]
    if step == 1:
        return part.astype(np.float32)
    missing = [(0, -length % step) for length in part.shape]
    part = np.pad(part, missing, mode="edge")
    rows, columns = part.shape[0] // step, part.shape[1] // step
    squares = part.reshape(rows, step, columns, step)
    return squares.mean(axis=(1, 3), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Backdrop:
    """A part of the slice made ready for drawing, once for all panels.

    Parameters
    ----------
    image : ndarray of shape (rows, columns), dtype float32
        Grey levels, shrunk by area.
    extent : tuple of float
        Left, right, bottom and top edge, in pixels of the slice.
    limits : tuple of (float, float)
        Grey levels drawn as black and as white.
    """

    image: NDArray[np.float32]
    extent: tuple[float, float, float, float]
    limits: tuple[float, float]

    @classmethod
    def of(cls, grey: NDArray, box: Box, *, max_side: int = MAX_SIDE) -> Self:
        """Shrink ``grey[box]`` until no side is longer than ``max_side``."""
        step = -(-max(box.height, box.width) // max_side)
        image = area_mean(grey, box, step=step)
        rows, columns = image.shape
        left, top = box.left - 0.5, box.top - 0.5
        extent = (left, left + columns * step, top + rows * step, top)
        # A few very bright or dark pixels must not decide the contrast.
        low, high = np.percentile(image, (0.5, 99.8))
        return cls(image, extent, (float(low), max(float(high), float(low) + 1e-6)))
