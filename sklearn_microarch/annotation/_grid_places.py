"""Where pixels of a slice lie on the grid of an annotation."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array, as_numbers
from sklearn_microarch._arguments._numbers import check_number, shown
from sklearn_microarch.images._slice_image import SliceImage, as_slice_image

if TYPE_CHECKING:
    from sklearn_microarch.annotation._roi_map import RoiMap

_SAME_EDGE = 1e-6
# Beyond any picture, and still a whole number.
_FAR = 2.0**53


def check_offset(offset: ArrayLike) -> tuple[float, float]:
    """Return an offset in micrometres as two floats: row and column."""
    found = as_array("offset_um", offset)
    if found.shape != (2,):
        raise ValueError(
            f"offset_um={shown(offset)} must be two numbers of micrometres: (row, "
            "column)."
        )
    row, col = (
        check_number(f"offset_um[{i}]", value, low=-1e12, high=1e12, unit="micrometres")
        for i, value in enumerate(found.tolist())
    )
    return row, col


def image_frame(image: SliceImage) -> tuple[float, tuple[int, int]]:
    """Return downsample and crop of a slice: where it lies in the whole picture."""
    return image.downsample, image.crop


def offset_of(image: SliceImage) -> tuple[float, float]:
    """Return where the centre of a slice's first pixel lies on its whole picture, um.

    Counted from the centre of the whole picture's first pixel; the pixel size is known.
    """
    edge = image.pixel_size_um or 0.0
    downsample, crop = image_frame(image)
    row, col = ((0.5 * downsample - 0.5 + first) * edge / downsample for first in crop)
    return row, col


def lies_pixel_by_pixel(rois: "RoiMap", image: SliceImage) -> bool:
    """Return whether pixel (i, j) of both is the same place; raise if nothing tells."""
    if rois.pixel_size_um is None or image.pixel_size_um is None:
        if rois.shape != image.shape:
            unknown = "annotation" if rois.pixel_size_um is None else "slice"
            raise ValueError(
                f"the annotation has {_size(rois.shape)} pixels and the slice "
                f"{_size(image.shape)}, and the pixel size of the {unknown} is "
                "unknown, so that they cannot be laid over each other. Give both "
                "their pixel_size_um, or an annotation of the slice's own shape."
            )
        return True
    same_edge = abs(rois.pixel_size_um / image.pixel_size_um - 1) < _SAME_EDGE
    # Made for this very part of a picture, by someone who counts from its corner.
    placed = (offset_of(image), (0.0, 0.0))
    near = 1e-3 * rois.pixel_size_um
    return (
        rois.shape == image.shape
        and same_edge
        and any(np.allclose(rois.offset_um, at, rtol=0, atol=near) for at in placed)
    )


def _size(shape: tuple[int, int]) -> str:
    return f"{shape[0]} x {shape[1]}"


def grid_places(
    rois: "RoiMap", image: SliceImage | ArrayLike, rows: ArrayLike, cols: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return rows and columns on the annotation's grid, as fractions of its pixels.

    `rows`, `cols` are pixels of the slice; whole numbers are centres, on both grids.
    """
    picture = as_slice_image(image)
    places = [
        as_numbers(name, values).astype(float)
        for name, values in (("rows", rows), ("cols", cols))
    ]
    if not lies_pixel_by_pixel(rois, picture):
        edge, own = picture.pixel_size_um, rois.pixel_size_um
        assert edge is not None
        assert own is not None
        starts = offset_of(picture)
        places = [
            (start - offset + place * edge) / own
            for place, start, offset in zip(places, starts, rois.offset_um, strict=True)
        ]
    return places[0], places[1]


def nearest(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the pixels that places lie in; a border belongs to the later one."""
    # What was meant to be a border comes out a little to either side of it.
    whole = np.floor(places + 0.5 + 1e-6)
    return whole.clip(-_FAR, _FAR).astype(np.int64)
