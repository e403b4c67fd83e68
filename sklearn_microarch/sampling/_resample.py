"""Bring a slice to another pixel size: area average downwards, linear upwards."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch.exceptions import PixelSizeMismatchError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import CellGrid
from sklearn_microarch.images._lazy_array import is_lazy, load_part, split_into_blocks
from sklearn_microarch.images._slice_image import USUAL

# Pixel sizes that differ by no more are taken for the same.
TOLERANCE = 0.01
# A pixel may become so many pixels along an edge; finer ones would be made up.
MOST_UPWARDS = 1.5
# Edge of the blocks in which a whole picture is made.
BLOCK = 1024


@dataclass(frozen=True, eq=False, repr=False)
class ResampledSlice(SliceImage):
    """A slice at another pixel size, which remembers the one it was made from.

    Pixel i along an edge is what the source has from ``scale * i`` to
    ``scale * (i + 1)``, counted from the corner of its first pixel.
    """

    source_shape: tuple[int, int] = (0, 0)
    # Pixels of the source that a pixel is wide.
    scale: float = 1.0


class ResampledArray:
    """A picture at another scale, of which each part is made when it is asked for."""

    def __init__(self, source: Any, scale: float) -> None:  # noqa: ANN401 - any array
        self.source, self.scale = source, scale
        height, width = resampled_shape(source.shape[-2:], scale)
        self.shape: tuple[int, ...] = (*source.shape[:-2], height, width)
        self.ndim = len(self.shape)
        self.dtype: np.dtype = source.dtype

    def __getitem__(self, key: Any) -> NDArray:  # noqa: ANN401 - as numpy takes it
        if (
            isinstance(key, tuple)
            and len(key) == 3
            and key[0] is Ellipsis
            and all(isinstance(part, slice) for part in key[1:])
        ):
            rows, cols = (
                range(length)[part]
                for length, part in zip(self.shape[-2:], key[1:], strict=True)
            )
            if rows.step == cols.step == 1:
                return self._make(rows, cols)
        return np.asarray(self)[key]

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("a resampled picture is no array, so it is always a copy.")
        out = np.empty(self.shape, dtype=self.dtype)
        edges = self.shape[-2], self.shape[-1]
        for rows, cols in split_into_blocks(edges, (BLOCK, BLOCK)):
            out[..., rows, cols] = self[..., rows, cols]
        return out if dtype is None else out.astype(dtype, copy=False)

    def _make(self, rows: range, cols: range) -> NDArray:
        """Return some rows and columns of the picture, of its dtype."""
        if not len(rows) or not len(cols):
            return np.empty((*self.shape[:-2], len(rows), len(cols)), self.dtype)
        at_rows, at_cols = (
            _taps(part, length, self.scale)
            for part, length in zip((rows, cols), self.source.shape[-2:], strict=True)
        )
        (tops, tall), (lefts, wide) = at_rows, at_cols
        first, left = int(tops.min()), int(lefts.min())
        source = load_part(
            self.source[..., first : int(tops.max()) + 1, left : int(lefts.max()) + 1]
        )
        # Tap by tap and in one order, so that a value is the same in any block.
        down = sum(
            source[..., tops[k] - first, :] * tall[k][:, None] for k in range(len(tops))
        )
        made = sum(down[..., lefts[k] - left] * wide[k] for k in range(len(lefts)))
        return _as_dtype(made, self.dtype)

    def __repr__(self) -> str:
        return f"ResampledArray({self.shape}, {self.dtype}, scale={self.scale:g})"


def _taps(
    places: range, length: int, scale: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return which source pixels (k, n) make each pixel, and their weights (k, n)."""
    at = np.arange(places.start, places.stop)
    if scale < 1:
        centre = (at + 0.5) * scale - 0.5
        low = np.floor(centre)
        share = centre - low
        found = np.stack([low, low + 1]).astype(np.intp)
        return found.clip(0, length - 1), np.stack([1 - share, share])
    start, stop = at * scale, np.minimum((at + 1) * scale, length)
    found = np.floor(start).astype(np.intp) + np.arange(ceil(scale) + 1)[:, None]
    weight = np.minimum(found + 1, stop) - np.maximum(found, start)
    weight = weight.clip(0, None)
    return found.clip(0, length - 1), weight / (stop - start)


def _as_dtype(values: NDArray[np.float64], dtype: np.dtype) -> NDArray:
    if dtype.kind == "b":
        return values >= 0.5
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return np.rint(values).clip(info.min, info.max).astype(dtype)
    return values.astype(dtype)


def resampled_shape(shape: tuple[int, ...], scale: float) -> tuple[int, int]:
    """Return height and width of a picture whose pixels become `scale` as wide."""
    first = (scale - 1) / 2
    height, width = CellGrid((shape[0], shape[1]), scale, (first, first)).shape
    return max(1, height), max(1, width)


def same_pixel_size(one_um: float | None, other_um: float | None) -> bool:
    """Return whether pixel sizes agree to 1 %; so they do where one is unknown."""
    if one_um is None or other_um is None:
        return True
    return abs(one_um - other_um) <= TOLERANCE * other_um


def bring_to_pixel_size(image: SliceImage, target_um: float | None) -> SliceImage:
    """Return a slice at a pixel size; as it is where sizes agree or one is unknown.

    Lazy where its pixels are in a file. PixelSizeMismatchError for more than 1.5 times
    as many pixels along an edge.
    """
    own = image.pixel_size_um
    if own is None or target_um is None or same_pixel_size(own, target_um):
        return image
    scale = target_um / own
    if scale * MOST_UPWARDS * (1 + TOLERANCE) < 1:
        raise PixelSizeMismatchError(
            f"image {image.name!r} has pixel_size_um={own:g}, but {target_um:g} is "
            f"expected: its pixels would be made {1 / scale:.2f} times as many along "
            f"an edge, and more than {MOST_UPWARDS:g} would be made-up detail. Take a "
            "finer image of the slice, or train a model at its pixel size."
        )
    if scale > max(image.shape):
        raise PixelSizeMismatchError(
            f"image {image.name!r} of {image.shape[0]} x {image.shape[1]} pixels has "
            f"pixel_size_um={own:g}, so that a single pixel of {target_um:g} um would "
            "be larger than all of it. Correct the pixel size of the image, or the "
            "pixel_size_um that is asked for."
        )
    data: Any = ResampledArray(image.data, scale)
    if not is_lazy(image.data) and not isinstance(image.data, np.memmap):
        data = np.asarray(data)
    known: dict[str, Any] = {name: getattr(image, name) for name in USUAL}
    known["downsample"] = image.downsample * scale
    return ResampledSlice(
        data,
        pixel_size_um=target_um,
        name=image.name,
        specimen=image.specimen,
        **known,
        source_shape=image.shape,
        scale=scale,
    )


def shape_as_given(image: SliceImage) -> tuple[int, int]:
    """Return height and width of the slice as it was given, before any resampling."""
    return image.source_shape if isinstance(image, ResampledSlice) else image.shape


def scale_of(image: SliceImage) -> float:
    """Return how many pixels of the slice as given one of its pixels is wide."""
    return image.scale if isinstance(image, ResampledSlice) else 1.0


def place_as_given(image: SliceImage, places: Any) -> Any:  # noqa: ANN401 - numbers
    """Return rows or columns of a slice in pixels of the slice as it was given."""
    scale = scale_of(image)
    return places if scale == 1 else (places + 0.5) * scale - 0.5


def on_grid_of(image: SliceImage, values: NDArray) -> NDArray:
    """Return what covers the slice as given (height, width) on the slice's own grid.

    The nearest value for each pixel; as it is where the slice is as it was given.
    """
    if not isinstance(image, ResampledSlice):
        return values
    rows, cols = (
        ((np.arange(new) + 0.5) * image.scale).astype(np.intp).clip(0, old - 1)
        for new, old in zip(image.shape, image.source_shape, strict=True)
    )
    return values[np.ix_(rows, cols)]
