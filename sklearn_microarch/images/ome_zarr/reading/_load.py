"""Load a part of a zarr array, and name the chunk that cannot be decoded."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images.ome_zarr.reading._checksums import (
    check_unchanged,
    has_checksums,
)
from sklearn_microarch.images.ome_zarr.reading._truncated import (
    check_whole,
    needs_check,
)

if TYPE_CHECKING:
    import zarr


def load_from_zarr(array: "zarr.Array", selection: tuple[Any, ...]) -> NDArray:
    """Return ``array[selection]``, of integers and slices."""
    _check_files(array, selection)
    try:
        return np.asarray(array.get_basic_selection(selection))
    # Codecs fail in many types, from RuntimeError to zlib.error.
    except Exception as exc:
        raise _chunk_error(array, selection, exc) from exc


def _check_files(array: "zarr.Array", selection: tuple[Any, ...]) -> None:
    """Raise ImageFileError for damage that decoding would not notice."""
    cut_off, changed = needs_check(array), has_checksums(array)
    if not (cut_off or changed):
        return
    for position in _positions(array, selection):
        file = _file(array, position)
        try:
            if changed:
                check_unchanged(array, file, _file(array, ()))
            if cut_off:
                check_whole(array, position, file)
        except ValueError as exc:
            raise ImageFileError(f"{file}: {exc}.") from exc


def _chunk_error(
    array: "zarr.Array", selection: tuple[Any, ...], exc: Exception
) -> Exception:
    if isinstance(exc, IndexError | KeyboardInterrupt):
        return exc
    reason = str(exc) or type(exc).__name__
    for position in _positions(array, selection):
        try:
            array.get_basic_selection(_pixels(array, position))
        except Exception as inner:
            why = str(inner) or type(inner).__name__
            return ImageFileError(
                f"{_file(array, position)}: the chunk at {position} cannot be decoded: "
                f"{why}; the file is damaged."
            )
    return ImageFileError(f"{_file(array, ())}: cannot be read: {reason}.")


def _pixels(array: "zarr.Array", position: tuple[int, ...]) -> tuple[slice, ...]:
    edges = array.shards or array.chunks
    return tuple(
        slice(at * edge, min((at + 1) * edge, length))
        for at, edge, length in zip(position, edges, array.shape, strict=True)
    )


def _positions(
    array: "zarr.Array", selection: tuple[Any, ...]
) -> Iterator[tuple[int, ...]]:
    """Yield the grid positions of the chunks, or shards, that a selection touches."""
    edges = array.shards or array.chunks
    ranges = []
    for part, length, edge in zip(selection, array.shape, edges, strict=True):
        if isinstance(part, slice):
            steps = range(*part.indices(length))
            if not len(steps):
                return iter(())
            low, high = min(steps[0], steps[-1]), max(steps[0], steps[-1])
        else:
            low = high = int(part) + (length if part < 0 else 0)
        ranges.append(range(low // edge, high // edge + 1))
    return itertools.product(*ranges)


def _file(array: "zarr.Array", position: tuple[int, ...]) -> Path:
    root = Path(str(getattr(array.store, "root", ""))) / array.path
    return root / array.metadata.encode_chunk_key(position) if position else root
