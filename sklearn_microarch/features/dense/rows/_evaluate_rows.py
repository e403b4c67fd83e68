"""Dense features as rows, in the order a user asked for them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import ceil, prod

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.features._out_of_memory import is_out_of_memory, release_memory
from sklearn_microarch.features.dense._executor import Block
from sklearn_microarch.features.dense._layers import Pair
from sklearn_microarch.features.dense._network import DenseNetwork
from sklearn_microarch.features.dense._source import ReadPixels
from sklearn_microarch.features.dense._threads import iterate_in_threads
from sklearn_microarch.features.dense.rows._row_grid import RowGrid
from sklearn_microarch.sampling import Patches

# What is kept between columns of blocks grows with their height.
BAND_ROWS = 2048


def working_memory(network: DenseNetwork, shape: Pair, step: Pair) -> int:
    """Return the bytes that each worker takes to evaluate all pixels of a slice."""
    schedule = network.schedule(step)
    band = min(shape[0], BAND_ROWS)
    # The features of a column of blocks: as they came, joined, and waiting.
    column = 3 * 4 * band * schedule.block[1] * schedule.n_features
    return schedule.memory(band) + column // prod(schedule.step)


def rows_memory(n_rows: int, shape: Pair, step: Pair) -> int:
    """Return the bytes that it takes to know which row of ``n_rows`` is where."""
    height, width = (
        ceil(length / each) for length, each in zip(shape, step, strict=True)
    )
    # A number for each row and each place; of a band, whether each pixel is wanted.
    return 4 * (n_rows + height * width) + 2 * min(shape[0], BAND_ROWS) * shape[1]


def evaluate_rows(
    network: DenseNetwork,
    patches: Patches,
    image: int,
    rows: NDArray[np.integer],
    step: Pair,
    *,
    max_memory: int | None = None,
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Yield rows (b,) with their features (b, n_features), of patches of one slice.

    All patches must be multiples of ``step`` apart. What is computed together depends
    on the shape of the slice and on ``step`` alone, not on which patches are asked for:
    their features are the same to the bit. Above ``max_memory`` bytes, fewer parts are
    evaluated at the same time.
    """
    schedule = network.schedule(step)
    grid = RowGrid(patches, image, rows, step, schedule.step)
    work = _Work(network, partial(patches.region, image), grid, step)
    n_workers = network.n_workers
    if max_memory is not None:
        each = working_memory(network, grid.shape, step)
        left = max_memory - rows_memory(0, grid.shape, schedule.step)
        n_workers = min(n_workers, max(1, left // each))
    for band in _bands(grid.shape[0], schedule.block[0]):
        for found, features in _evaluate_band(work, band, n_workers):
            yield rows[found].astype(np.intp), features
            if len(grid.lost):
                again, at = _second_places(grid.taken, found)
                yield rows[grid.lost[again]].astype(np.intp), features[at]


@dataclass(frozen=True, eq=False)
class _Work:
    """The rows of one slice, and what evaluates them."""

    network: DenseNetwork
    read: ReadPixels
    grid: RowGrid
    step: Pair


def _evaluate_band(
    work: _Work, band: tuple[int, int], n_workers: int
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
    """Yield the rows (b,) of a band and their features.

    Where memory runs out, what is left is computed by half as many workers, and by a
    single one in bands half as high: of the same blocks, so that no bit differs.
    """
    done: list[NDArray[np.int32]] = []
    out_of_memory = False
    try:
        for found, features in iterate_in_threads(_tasks(work, band, n_workers)):
            done.append(found)
            yield found, features
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        out_of_memory = True
    if not out_of_memory:
        return
    release_memory()
    work.grid.drop(done)
    (top, bottom), block = band, work.network.schedule(work.step).block[0]
    n_blocks = ceil((bottom - top) / block)
    bands = [band]
    if n_workers == 1:
        middle = top + ceil(n_blocks / 2) * block
        bands = [(top, middle), (middle, bottom)]
    if n_workers == 1 and n_blocks == 1:
        raise MemoryError(
            "memory ran out in the smallest piece of a slice; close other programs, or "
            "take a machine, or a GPU, with more memory."
        )
    for part in bands:
        yield from _evaluate_band(work, part, max(1, n_workers // 2))


def _tasks(
    work: _Work, band: tuple[int, int], n_workers: int
) -> list[Callable[[], Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]]]:
    """Return what evaluates the parts of a band, side by side."""
    (top, bottom), grid = band, work.grid
    schedule = work.network.schedule(work.step)
    width = schedule.block[1]

    def evaluate(
        left: int, right: int
    ) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
        blocks = work.network.evaluate(
            work.read,
            grid.wanted(top, bottom, left, right),
            (grid.origin[0] + top, grid.origin[1] + left),
            step=work.step,
        )
        return _columns(blocks, grid.part(top, bottom, left, right), schedule.step)

    parts = _equal_parts(grid.count_columns(top, bottom, width), n_workers)
    return [partial(evaluate, *(at * width for at in part)) for part in parts]


def _second_places(
    taken: NDArray[np.int32], found: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which of ``taken`` are among ``found``, and where."""
    order = np.argsort(found)
    at = order[np.searchsorted(found, taken, sorter=order).clip(max=len(found) - 1)]
    again = np.flatnonzero(found[at] == taken)
    return again, at[again]


def _equal_parts(counts: NDArray[np.intp], n_parts: int) -> list[tuple[int, int]]:
    """Part columns of blocks into ranges with about as many patches each."""
    done = np.cumsum(counts)
    shares = np.arange(1, n_parts) / n_parts
    cuts = np.searchsorted(done, shares * done[-1]) + 1
    edges = np.unique([0, *cuts.clip(max=len(counts)), len(counts)]).tolist()
    return [
        (first, last) for first, last in pairwise(edges) if counts[first:last].any()
    ]


def _bands(n_rows: int, block: int) -> list[tuple[int, int]]:
    """Part rows into bands of whole blocks, of about equal height."""
    n_bands = ceil(n_rows / BAND_ROWS)
    height = ceil(ceil(n_rows / n_bands) / block) * block
    return [(top, min(top + height, n_rows)) for top in range(0, n_rows, height)]


def _columns(
    blocks: Iterator[Block], row_of: NDArray[np.int32], step: Pair
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
    """Yield wanted rows and their features, one column of blocks at a time."""
    rows: list[NDArray[np.int32]] = []
    features: list[NDArray[np.float32]] = []
    column = None
    for block in blocks:
        if rows and block.column != column:
            yield np.concatenate(rows), np.concatenate(features)
            rows, features = [], []
        column = block.column
        found, values = _wanted(block, row_of, step)
        if len(found):
            rows.append(found)
            features.append(values)
    if rows:
        yield np.concatenate(rows), np.concatenate(features)


def _wanted(
    block: Block, row_of: NDArray[np.int32], step: Pair
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    height, width, _ = block.features.shape
    top, left = block.row // step[0], block.col // step[1]
    here = row_of[top : top + height, left : left + width]
    inside = here >= 0
    features = block.features[: here.shape[0], : here.shape[1]]
    if inside.all():
        return here.ravel(), features.reshape(-1, features.shape[-1]).cpu().numpy()
    return here[inside], features[torch.from_numpy(inside)].cpu().numpy()
