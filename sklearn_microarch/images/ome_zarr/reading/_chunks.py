"""Which chunks of a zarr array were never written, or have been lost."""

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sklearn_microarch.images.ome_zarr.reading._plane import Index
from sklearn_microarch.images.ome_zarr.reading._stored_chunks import stored_chunks

if TYPE_CHECKING:
    import zarr

ChunkPosition = tuple[int, ...]
MAX_COUNTED = 100_000


def missing_chunks(
    array: "zarr.Array", folder: Path, index: Index | None = None
) -> Iterator[ChunkPosition]:
    """Yield grid positions of the chunks, or shards, of `index` that have no file.

    ``index`` has an integer or ``slice(None)`` per axis; None stands for all.
    """
    stored = set(stored_chunks(folder))
    edges = array.shards or array.chunks
    ranges = [
        range(math.ceil(length / edge))
        for length, edge in zip(array.shape, edges, strict=True)
    ]
    for axis, part in enumerate(index or ()):
        if isinstance(part, int):
            at = part // edges[axis]
            ranges[axis] = range(at, at + 1)
    for position in _grid(ranges):
        if array.metadata.encode_chunk_key(position) not in stored:
            yield position


def check_no_chunk_missing(array: "zarr.Array", folder: Path, index: Index) -> None:
    """Raise ValueError when a chunk has no file, which zarr reads as a constant."""
    missing = missing_chunks(array, folder, index)
    first = next(missing, None)
    if first is None:
        return
    # A header of a few bytes can declare more chunks than can ever be counted.
    n_missing = 1 + sum(1 for _ in itertools.islice(missing, MAX_COUNTED))
    count = str(n_missing) if n_missing <= MAX_COUNTED else f"over {MAX_COUNTED}"
    raise ValueError(
        f"{count} of its chunks are missing, the first at {first}, file "
        f"{folder / array.metadata.encode_chunk_key(first)}; if it was written without "
        f"its empty chunks, allow_missing_chunks=True reads {array.fill_value} there"
    )


def _grid(ranges: list[range]) -> Iterator[ChunkPosition]:
    # itertools.product would hold every range in memory, however long.
    if not ranges:
        yield ()
        return
    for at in ranges[0]:
        for rest in _grid(ranges[1:]):
            yield (at, *rest)
