"""The arrays of a pyramid: make them, halve them, fill what nobody wrote."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch.images._lazy_array import split_into_blocks
from sklearn_microarch.images.ome_zarr._zarr import import_zarr
from sklearn_microarch.images.ome_zarr.reading._chunks import missing_chunks

if TYPE_CHECKING:
    import zarr

COARSEST_EDGE = 512


def halve_by_mean(values: NDArray) -> NDArray:
    """Average 2 x 2 pixels of (height, width) into one, without those that are NaN.

    Of the same dtype; at an odd edge the mean of the pixels there are. Integers are
    rounded, halves to even.
    """
    height, width = values.shape
    # A repeated edge leaves the mean of the pixels there are as it is.
    even = np.pad(values, ((0, height % 2), (0, width % 2)), mode="edge")
    quarters = np.stack([even[i::2, j::2] for i in (0, 1) for j in (0, 1)])
    known = ~np.isnan(quarters)
    with np.errstate(invalid="ignore"):
        total = np.where(known, quarters, 0).sum(axis=0, dtype=np.float64)
        mean = total / known.sum(axis=0)
    if values.dtype.kind != "f":
        mean = np.rint(mean)
    return mean.astype(values.dtype)


def halve_by_choice(values: NDArray) -> NDArray:
    """Return every second pixel, from the first: labels cannot be averaged."""
    return values[::2, ::2]


def make_level(
    group: "zarr.Group",
    name: str,
    shape: tuple[int, ...],
    dtype: DTypeLike,
    chunk: tuple[int, ...],
) -> "zarr.Array":
    """Make an array, empty so far, for one level of a pyramid.

    Of shape ([n_channels,] height, width), in chunks of one channel and ``chunk``, a
    height and a width; floats are NaN and integers 0 where nothing is written.
    """
    dtype = np.dtype(dtype)
    edges = (min(n, edge) for n, edge in zip(shape[-2:], chunk, strict=True))
    return group.create_array(
        name,
        shape=shape,
        dtype=dtype,
        chunks=(*(1,) * (len(shape) - 2), *edges),
        fill_value=np.nan if dtype.kind == "f" else 0,
        # A chunk of nothing but the fill value is written as well, so that one
        # without a file is one that has been lost.
        config={"write_empty_chunks": True},
        **_format_options(group.metadata.zarr_format, len(shape)),
    )


def build_pyramid(
    group: "zarr.Group",
    level: "zarr.Array",
    halve: Callable[[NDArray], NDArray],
    folder: Path,
) -> list["zarr.Array"]:
    """Fill what is missing of level 0 and add levels until one fits a screen.

    ``halve`` makes a plane (height, width) half as large; ``level`` lies in ``folder``.
    Returns the levels, the finest first; the longer edge of the last is at most 512.
    """
    _write_missing_chunks(level, folder)
    levels = [level]
    while max(level.shape[-2:]) > COARSEST_EDGE:
        *channels, height, width = level.shape
        shape = (*channels, (height + 1) // 2, (width + 1) // 2)
        chunk = levels[0].chunks[-2:]
        coarser = make_level(group, str(len(levels)), shape, level.dtype, chunk)
        _halve_level(level, coarser, halve)
        levels.append(coarser)
        level = coarser
    return levels


def _halve_level(
    level: "zarr.Array", coarser: "zarr.Array", halve: Callable[[NDArray], NDArray]
) -> None:
    height, width = coarser.shape[-2:]
    tall, wide = coarser.chunks[-2:]
    for channel in np.ndindex(coarser.shape[:-2]):
        for rows, cols in split_into_blocks((height, width), (tall, wide)):
            fine = (slice(2 * part.start, 2 * part.stop) for part in (rows, cols))
            coarser[(*channel, rows, cols)] = halve(
                np.asarray(level[(*channel, *fine)])
            )


def _write_missing_chunks(array: "zarr.Array", folder: Path) -> None:
    for position in list(missing_chunks(array, folder)):
        array.set_block_selection(position, array.fill_value)


def _format_options(zarr_format: int, n_axes: int) -> dict[str, Any]:
    zarr = import_zarr()
    if zarr_format == 3:
        return {
            # The checksum tells of damage when a chunk is read.
            "compressors": zarr.codecs.ZstdCodec(level=3, checksum=True),
            "dimension_names": ("c", "y", "x")[-n_axes:],
        }
    return {
        "compressors": {"id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 1},
        "chunk_key_encoding": {"name": "v2", "separator": "/"},
    }
