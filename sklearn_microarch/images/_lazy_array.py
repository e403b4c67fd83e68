"""Arrays that stay in their file: how they are told, and read block by block."""

import math
from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

# 16 MiB of float32: several chunks of any usual size, and little memory.
VALUES_PER_BLOCK = 4 * 1024**2

Block = tuple[slice, slice]


def is_lazy(data: object) -> bool:
    """Tell whether an array is one of zarr, dask or the like, not of numpy.

    Parameters
    ----------
    data : object

    Returns
    -------
    lazy : bool
        True for what has a numpy dtype and gives a part of itself on demand,
        but is no ndarray. A memory-mapped array is an ndarray.
    """
    return (
        not isinstance(data, np.ndarray | np.generic)
        and isinstance(getattr(data, "dtype", None), np.dtype)
        and all(
            hasattr(data, name)
            for name in ("shape", "ndim", "__getitem__", "__array__")
        )
    )


def split_into_blocks(
    shape: tuple[int, int], edges: tuple[int, int]
) -> Iterator[Block]:
    """Yield the rows and columns of each block of a picture, row by row.

    Parameters
    ----------
    shape : tuple of int
        Height and width.
    edges : tuple of int
        Height and width of a block; those at the end may be smaller.

    Yields
    ------
    rows, cols : slice

    Examples
    --------
    >>> [cols for rows, cols in split_into_blocks((2, 5), (2, 3))]
    [slice(0, 3, None), slice(3, 5, None)]
    """
    (height, width), (tall, wide) = shape, edges
    for top in range(0, height, tall):
        for left in range(0, width, wide):
            yield (
                slice(top, min(top + tall, height)),
                slice(left, min(left + wide, width)),
            )


def read_blocks(data: Any) -> Iterator[tuple[Block, NDArray]]:  # noqa: ANN401
    """Load a lazy picture block by block, every stored chunk once.

    Parameters
    ----------
    data : lazy array of shape (..., height, width)

    Yields
    ------
    block : tuple of slice
        Rows and columns.
    values : ndarray of shape (..., n_rows, n_cols)
        All channels.
    """
    n_channels = math.prod(data.shape[:-2])
    side = max(1, math.isqrt(VALUES_PER_BLOCK // n_channels))
    tall, wide = (max(1, side // chunk) * chunk for chunk in _chunk_edges(data))
    for rows, cols in split_into_blocks(data.shape[-2:], (tall, wide)):
        yield (rows, cols), np.asarray(data[..., rows, cols])


def _chunk_edges(data: Any) -> tuple[int, int]:  # noqa: ANN401
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
