"""Arrays that stay in their file: how they are told, and read block by block."""

import math
from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

# 16 MiB of float32: several chunks of any usual size, and little memory.
VALUES_PER_BLOCK = 4 * 1024**2

Block = tuple[slice, slice]


class NativeOrder:
    """A lazy or memory-mapped array whose values come in native byte order."""

    def __init__(self, array: Any) -> None:  # noqa: ANN401 - any lazy array
        self.array = array
        self.shape: tuple[int, ...] = array.shape
        self.ndim: int = array.ndim
        self.dtype: np.dtype = array.dtype.newbyteorder("=")
        # Only where the array has them: their absence means something too.
        if hasattr(array, "chunks"):
            self.chunks = array.chunks

    def __getitem__(self, key: Any) -> NDArray:  # noqa: ANN401 - as numpy takes it
        return load_part(self.array[key]).astype(self.dtype, copy=False)

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("the values have another byte order; they are copied.")
        return self[...].astype(self.dtype if dtype is None else dtype, copy=False)

    def __repr__(self) -> str:
        return f"NativeOrder({self.array!r})"


def is_lazy(data: object) -> bool:
    """Tell whether an array is one of zarr, dask or the like, not of numpy.

    True for what has a numpy dtype and gives a part of itself on demand, but is no
    ndarray. A memory-mapped array is an ndarray.
    """
    return (
        not isinstance(data, np.ndarray | np.generic)
        and isinstance(getattr(data, "dtype", None), np.dtype)
        and all(
            hasattr(data, name)
            for name in ("shape", "ndim", "__getitem__", "__array__")
        )
    )


def load_part(part: object, *, name: str = "data") -> NDArray:
    """Return what was taken from a lazy array as an ndarray, unless it is masked."""
    # Dask arrays have masks as well, which only their own method shows.
    compute = getattr(part, "compute", None)
    loaded = np.asanyarray(part if compute is None else compute())
    refuse_masked(loaded, name=name)
    return np.asarray(loaded)


def refuse_masked(data: object, *, name: str) -> None:
    """Raise when a numpy masked array hides a pixel: its mask would be lost."""
    if not np.ma.isMaskedArray(data) or not np.ma.is_masked(data):
        return
    n_masked = np.ma.count_masked(data)
    raise TypeError(
        f"{name} is a masked array with {n_masked} masked pixels, and its mask would "
        f"be lost. Fill it, {name}.filled(value), or give the mask apart: "
        f"map_slice(pipeline, {name}.data, mask=~{name}.mask)."
    )


def split_into_blocks(
    shape: tuple[int, int], edges: tuple[int, int]
) -> Iterator[Block]:
    """Yield rows and columns of each block of (height, width) `edges`, row by row.

    Blocks at the lower and right end may be smaller.
    """
    (height, width), (tall, wide) = shape, edges
    for top in range(0, height, tall):
        for left in range(0, width, wide):
            yield (
                slice(top, min(top + tall, height)),
                slice(left, min(left + wide, width)),
            )


def read_blocks(data: Any) -> Iterator[tuple[Block, NDArray]]:  # noqa: ANN401
    """Load a lazy picture (..., height, width) block by block, every chunk once.

    Yields the rows and columns of a block, and its values (..., n_rows, n_cols).
    """
    n_channels = math.prod(data.shape[:-2])
    side = max(1, math.isqrt(VALUES_PER_BLOCK // n_channels))
    tall, wide = (max(1, side // chunk) * chunk for chunk in chunk_edges(data))
    for rows, cols in split_into_blocks(data.shape[-2:], (tall, wide)):
        yield (rows, cols), load_part(data[..., rows, cols])


def chunk_edges(data: Any) -> tuple[int, int]:  # noqa: ANN401
    """Return the height and width of a chunk; 1 where there are none."""
    chunks = getattr(data, "chunks", None)
    if chunks is None:
        return 1, 1
    # zarr and HDF5 state one length per axis, dask the lengths of all its chunks.
    tall, wide = (
        int(lengths) if isinstance(lengths, Integral) else int(max(lengths))
        for lengths in chunks[-2:]
    )
    return tall, wide
