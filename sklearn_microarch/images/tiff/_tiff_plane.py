"""A picture in a TIFF that stays in its file: strips and tiles read as needed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch.images._image_errors import as_image_file_error
from sklearn_microarch.images._orientation import (
    as_ranges,
    stored_part,
    turned,
    turned_shape,
)
from sklearn_microarch.images.tiff._segments import Page, check_page, decode_segment


class TiffPlane:
    """One slice of a TIFF, ([n_channels,] height, width), loaded where it is indexed.

    Each page holds one plane of (samples, height, width); the samples of all pages
    together are the channels, of which ``chosen`` are kept: one number alone gives a
    2-D picture. ``again`` opens the same slice anew, for pickles.
    """

    def __init__(
        self,
        pages: list[Page],
        chosen: int | list[int],
        orientation: int,
        *,
        where: str,
        again: tuple[Callable[..., Any], tuple[Any, ...]],
    ) -> None:
        self._pages = pages
        self._keyframe = check_page(pages[0], where=where)
        for page in pages[1:]:
            check_page(page, where=where)
        # These look into the file when they are asked for the first time.
        for page in (self._keyframe, *pages):
            _ = page.jpegtables, page.decode, self._keyframe.jpegheader
        self._chosen = chosen
        self._orientation = orientation
        self._where = where
        self._again = again
        samples, _, height, width, together = self._keyframe.shaped
        self._n_samples = samples * together
        self._stored_shape = (height, width)
        self.dtype = np.dtype(self._keyframe.dtype).newbyteorder("=")
        self._edges = (
            (self._keyframe.tilelength, self._keyframe.tilewidth)
            if self._keyframe.is_tiled
            else (min(self._keyframe.rowsperstrip, height), width)
        )
        shown = turned_shape(self._stored_shape, orientation)
        n_channels = () if isinstance(chosen, int) else (len(chosen),)
        self.shape: tuple[int, ...] = (*n_channels, *shown)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def chunks(self) -> tuple[int, ...]:
        """Lengths of what is decoded at once."""
        edges = turned_shape(self._edges, self._orientation)
        return (*(1,) * (self.ndim - 2), *edges)

    def __getitem__(self, key: Any) -> NDArray:  # noqa: ANN401 - as numpy takes it
        load, take = as_ranges(key, self.shape)
        rows, cols = load[-2:]
        chosen = (
            [self._chosen] if isinstance(self._chosen, int) else self._chosen[load[0]]
        )
        shape = (self.shape[-2], self.shape[-1])
        with as_image_file_error(self._where):
            inner = stored_part(rows, cols, shape, self._orientation)
            stored = np.stack([self._sample(number, *inner) for number in chosen])
        values = turned(stored, self._orientation)
        if isinstance(self._chosen, int):
            values = values[0]
        for axis in reversed(range(self.ndim)):
            if not isinstance(take[axis], slice):
                values = np.take(values, take[axis], axis=axis)
        return values

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("the values lie in a file; loading them makes a copy.")
        return self[...].astype(self.dtype if dtype is None else dtype, copy=False)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._again

    def __repr__(self) -> str:
        return f"TiffPlane({self._where!r}, shape={self.shape}, dtype={self.dtype})"

    def _sample(self, number: int, rows: slice, cols: slice) -> NDArray:
        """Load one channel of a stored part, (n_rows, n_cols)."""
        at, sample = divmod(number, self._n_samples)
        page, keyframe = self._pages[at], self._keyframe
        size = (rows.stop - rows.start, cols.stop - cols.start)
        out = np.zeros(size, self.dtype)
        if not out.size:
            return out
        handle = page.parent.filehandle
        path = Path(handle.path)
        if keyframe.is_final and _is_in_one_piece(page):
            whole = np.memmap(
                path,
                dtype=self.dtype.newbyteorder(page.parent.byteorder),
                mode="r",
                offset=page.dataoffsets[0],
                shape=keyframe.shaped,
            )
            apart, within = divmod(sample, keyframe.shaped[4])
            out[...] = whole[apart, 0, rows, cols, within]
            return out
        with path.open("rb") as file:
            for segment in self._segments(rows, cols, sample):
                values, (apart, top, left) = decode_segment(
                    page, keyframe, segment, file, where=self._where
                )
                within = sample - apart * keyframe.shaped[4]
                _paste(values[..., within], (top, left), out, rows, cols)
        return out

    def _segments(self, rows: slice, cols: slice, sample: int) -> list[int]:
        """Return the numbers of the strips or tiles that a part touches."""
        tall, wide = self._edges
        height, width = self._stored_shape
        n_rows, n_cols = -(-height // tall), -(-width // wide)
        apart = sample // self._keyframe.shaped[4]
        return [
            (apart * n_rows + row) * n_cols + col
            for row in range(rows.start // tall, (rows.stop - 1) // tall + 1)
            for col in range(cols.start // wide, (cols.stop - 1) // wide + 1)
        ]


def _is_in_one_piece(page: Page) -> bool:
    """Tell whether each strip or tile of a page follows the one before."""
    offsets, counts = page.dataoffsets, page.databytecounts
    return all(
        offsets[at] + counts[at] == offsets[at + 1] for at in range(len(offsets) - 1)
    )


def _paste(
    values: NDArray, corner: tuple[int, int], out: NDArray, rows: slice, cols: slice
) -> None:
    (top, left), (height, width) = corner, values.shape
    first_row, last_row = max(rows.start, top), min(rows.stop, top + height)
    first_col, last_col = max(cols.start, left), min(cols.stop, left + width)
    out[first_row - rows.start : last_row - rows.start,
        first_col - cols.start : last_col - cols.start] = values[
        first_row - top : last_row - top, first_col - left : last_col - left
    ]  # fmt: skip


def is_plane_by_plane(keyframe: tifffile.TiffPage, shape: tuple[int, ...]) -> bool:
    """Tell whether a page holds one picture and no stack; `shape` is that on a page."""
    samples, depth, height, width, together = keyframe.shaped
    n_long = [length for length in shape if length != 1]
    planes = [n for n in (samples, height, width, together) if n != 1]
    return depth == 1 and n_long == planes and 1 in (samples, together)
