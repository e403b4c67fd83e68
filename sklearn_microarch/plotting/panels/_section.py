"""The slice under a map: its picture, its grid of cells, its pixel size."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import CellGrid, check_placement
from sklearn_microarch.images._finite_pixels import check_finite_image
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images._slice_image import as_slice_image
from sklearn_microarch.plotting.panels._grid import MAX_SIDE, Box
from sklearn_microarch.plotting.panels._orientation_letters import (
    Letters,
    check_orientation_letters,
    letters_of,
)


@dataclass(frozen=True, eq=False)
class SliceGround:
    """What every display needs to know about the slice under its map."""

    grid: CellGrid
    # (height, width), or (height, width, 3) in colour; None: a plain ground.
    picture: NDArray | None
    # Edge length of a pixel of the slice, in micrometres; None: unknown.
    pixel_size_um: float | None
    # What lies at its sides, such as {"top": "D"}, as far as something states it.
    letters: Letters = field(default_factory=dict)
    # Specimen and name of the slice; "" where it has none.
    title: str = ""

    @classmethod
    def under(
        cls,
        values: NDArray,
        *,
        background: SliceImage | ArrayLike | None,
        cell_size: float,
        offset: tuple[float, float],
        pixel_size_um: float | None,
        orientation: Mapping[str, str] | None = None,
    ) -> Self:
        """Build the section that a map (rows, columns, ...) is drawn over.

        Three channels of 8 bits are a colour picture, other channels are averaged.
        Without a background, the cells alone say how large the slice is:
        ``cell_size`` pixels each.
        """
        size, first = check_placement(cell_size, offset)
        known = check_pixel_size(pixel_size_um)
        letters = check_orientation_letters(orientation)
        if background is None:
            # As large as a slice can be that has no more cells than these.
            height, width = (
                max(1, ceil(start + n_cells * size + 0.5) - 1)
                for start, n_cells in zip(first, values.shape[:2], strict=True)
            )
            return cls(CellGrid((height, width), size, first), None, known, letters)
        image = as_slice_image(background, name="background")
        if known is None:
            known = image.pixel_size_um
        check_finite_image(image, name="background")
        return cls(
            CellGrid(image.shape, size, first),
            _picture_of(image),
            known,
            letters or letters_of(image),
            slice_title(image),
        )


def slice_title(image: SliceImage, *, unnamed: str = "") -> str:
    """Return specimen and name of a slice; one that has no name is called `unnamed`."""
    name = image.name or unnamed
    # Files are often named after the animal, which need not be said twice.
    words = [image.specimen, name] if (image.specimen or "") not in name else [name]
    return ": ".join(word for word in words if word)


def _picture_of(image: SliceImage) -> NDArray:
    if image.n_channels is None:
        return image.pixels
    if image.n_channels == 3 and image.dtype == np.uint8:
        return np.moveaxis(image.pixels, 0, -1)
    return image.pixels.mean(axis=0)


def area_mean(image: NDArray, box: Box, *, step: int) -> NDArray[np.float32]:
    """Shrink a part of an image (height, width) or (height, width, 3) by area.

    ``step`` is the side of the squares in pixels; those that reach over the box's lower
    or right edge repeat its last row or column.
    """
    part = image[box.top : box.bottom, box.left : box.right]
    if step == 1:
        return part.astype(np.float32)
    missing = [(0, -length % step) for length in part.shape[:2]]
    part = np.pad(part, [*missing, (0, 0)][: part.ndim], mode="edge")
    rows, columns = part.shape[0] // step, part.shape[1] // step
    squares = part.reshape(rows, step, columns, step, *part.shape[2:])
    return squares.mean(axis=(1, 3), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Backdrop:
    """A part of the slice made ready for drawing, once for all panels."""

    # Grey levels (rows, columns), or red, green and blue (rows, columns, 3) from 0 to
    # 1; shrunk by area.
    image: NDArray[np.float32]
    # Left, right, bottom and top edge, in pixels of the slice.
    extent: tuple[float, float, float, float]
    # Grey levels drawn as black and as white; of colours, what there is.
    limits: tuple[float, float]

    @classmethod
    def of(cls, picture: NDArray, box: Box, *, max_side: int = MAX_SIDE) -> Self:
        """Shrink ``picture[box]`` until no side is longer than ``max_side``."""
        step = -(-max(box.height, box.width) // max_side)
        image = area_mean(picture, box, step=step)
        rows, columns = image.shape[:2]
        left, top = box.left - 0.5, box.top - 0.5
        extent = (left, left + columns * step, top + rows * step, top)
        if picture.ndim == 3:
            # Colours mean something as they are: no contrast is made up.
            return cls(image / np.float32(255), extent, (0.0, 1.0))
        # A few very bright or dark pixels must not decide the contrast.
        low, high = np.percentile(image, (0.5, 99.8))
        return cls(image, extent, (float(low), max(float(high), float(low) + 1e-6)))
