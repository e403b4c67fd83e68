"""A picture that stays in its file, of which the blocks just read are at hand."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from math import ceil, prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch.images._lazy_array import chunk_edges, load_part
from sklearn_microarch.images._slice_image import SliceImage

# Blocks are made of whole chunks, about so many pixels along an edge.
EDGE = 1024
# Rows of blocks that are kept: patches along a row may lie in two of them.
N_ROWS_KEPT = 2


class BlockCache:
    """A lazy array ([n_channels,] height, width) that keeps the blocks last used.

    Parts are taken as ``[..., rows, cols]``, by slices without a step. Several threads
    may read at once.
    """

    def __init__(self, array: Any) -> None:  # noqa: ANN401 - any lazy array
        self.array = array
        self.shape: tuple[int, ...] = tuple(array.shape)
        self.ndim: int = array.ndim
        self.dtype: np.dtype = array.dtype
        self.edges = block_edges(array)
        # Only where the array has them: their absence means something too.
        if hasattr(array, "chunks"):
            self.chunks = array.chunks
        self._most = 1 + N_ROWS_KEPT * ceil(self.shape[-1] / self.edges[1])
        self._kept: OrderedDict[tuple[int, int], NDArray] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, key: Any) -> NDArray:  # noqa: ANN401 - as numpy takes it
        is_part = isinstance(key, tuple) and len(key) == 3 and key[0] is Ellipsis
        if not is_part or not all(isinstance(part, slice) for part in key[1:]):
            return load_part(self.array[key])
        rows, cols = (
            range(length)[part]
            for length, part in zip(self.shape[-2:], key[1:], strict=True)
        )
        if rows.step != 1 or cols.step != 1:
            return load_part(self.array[key])
        out = np.empty((*self.shape[:-2], len(rows), len(cols)), dtype=self.dtype)
        tall, wide = self.edges
        for row in range(rows.start // tall, ceil(rows.stop / tall)):
            for col in range(cols.start // wide, ceil(cols.stop / wide)):
                (to_rows, from_rows), (to_cols, from_cols) = (
                    _overlap(part, number * edge, edge)
                    for part, number, edge in ((rows, row, tall), (cols, col, wide))
                )
                block = self._block(row, col)
                out[..., to_rows, to_cols] = block[..., from_rows, from_cols]
        return out

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("the values lie in a file; loading them makes a copy.")
        whole = load_part(self.array[...])
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def __repr__(self) -> str:
        return f"BlockCache({self.array!r})"

    def _block(self, row: int, col: int) -> NDArray:
        tall, wide = self.edges
        with self._lock:
            block = self._kept.pop((row, col), None)
            if block is None:
                rows = slice(row * tall, min((row + 1) * tall, self.shape[-2]))
                cols = slice(col * wide, min((col + 1) * wide, self.shape[-1]))
                block = load_part(self.array[..., rows, cols])
            self._kept[row, col] = block
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return block


def block_edges(array: Any) -> tuple[int, int]:  # noqa: ANN401 - any lazy array
    """Return the height and width in which a lazy array is read: of whole chunks."""
    tall, wide = (
        min(max(1, EDGE // chunk) * chunk, max(length, 1))
        for chunk, length in zip(chunk_edges(array), array.shape[-2:], strict=True)
    )
    return tall, wide


def cache_memory(array: Any) -> int:  # noqa: ANN401 - any lazy array
    """Return the bytes that a `BlockCache` of an array takes, one block being read."""
    tall, wide = block_edges(array)
    n_blocks = 2 + N_ROWS_KEPT * ceil(array.shape[-1] / wide)
    channels = prod(array.shape[:-2])
    return int(n_blocks * tall * wide * channels * array.dtype.itemsize)


def cuttable(image: SliceImage) -> Any:  # noqa: ANN401 - an array or a cache
    """Return what parts of a slice are cut from: its pixels, or what keeps some."""
    return image.data if isinstance(image.data, BlockCache) else image.pixels


def read_bands(image: SliceImage) -> Iterator[tuple[slice, NDArray]]:
    """Yield bands of rows, and their pixels in full width, from the top down."""
    height = image.shape[0]
    tall = EDGE if isinstance(image.data, np.ndarray) else block_edges(image.data)[0]
    for top in range(0, height, tall):
        rows = slice(top, min(top + tall, height))
        yield rows, image.read(rows, slice(None))


def _overlap(part: range, start: int, length: int) -> tuple[slice, slice]:
    """Return where a block lies in a part, and where the part lies in the block."""
    first, last = max(part.start, start), min(part.stop, start + length)
    return (
        slice(first - part.start, last - part.start),
        slice(first - start, last - start),
    )
