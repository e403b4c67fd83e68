"""Dense features as rows, in the order a user asked for them."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from math import ceil, prod

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.features.dense._choose import common_step
from sklearn_microarch.features.dense._executor import Block
from sklearn_microarch.features.dense._layers import Pair
from sklearn_microarch.features.dense._network import DenseNetwork
from sklearn_microarch.features.dense._threads import iterate_in_threads
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


def evaluate_rows(
    network: DenseNetwork,
    patches: Patches,
    image: int,
    rows: NDArray,
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
    size, half = patches.patch_size, patches.patch_size // 2
    low = 0 if patches.border == "drop" else -half
    beyond = size - 1 if patches.border == "drop" else 0
    corners = patches.positions[rows, 1:] - (half + low)
    _check_step(corners, step)
    # The first row and column that are a multiple of the step away from all patches.
    phase = corners[0] % step
    shape = patches.images[image].shape - phase - beyond
    row_of = np.full(shape, -1, dtype=np.int32)
    where = tuple((corners - phase).T)
    row_of[where] = np.arange(len(rows), dtype=np.int32)
    taken = row_of[where]
    # Patches named twice: of each pixel, the map holds the last one only.
    lost = np.flatnonzero(taken != np.arange(len(rows)))
    taken = taken[lost]

    schedule = network.schedule(step)

    def evaluate(
        top: int, bottom: int, left: int, right: int
    ) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
        part = row_of[top:bottom, left:right]
        blocks = network.evaluate(
            partial(patches.region, image),
            part >= 0,
            (int(phase[0]) + low + top, int(phase[1]) + low + left),
            step=step,
        )
        return _columns(blocks, part, schedule.step)

    n_workers = network.n_workers
    if max_memory is not None:
        each = working_memory(network, shape, step)
        n_workers = min(n_workers, max(1, max_memory // each))
    for top, bottom in _bands(shape[0], schedule.block[0]):
        counts = np.add.reduceat(
            np.count_nonzero(row_of[top:bottom] >= 0, axis=0),
            np.arange(0, shape[1], schedule.block[1]),
        )
        parts = _equal_parts(counts, n_workers)
        tasks = [
            partial(evaluate, top, bottom, *(at * schedule.block[1] for at in part))
            for part in parts
        ]
        for found, features in iterate_in_threads(tasks):
            yield rows[found], features
            if len(lost):
                again, at = _second_places(taken, found)
                yield rows[lost[again]], features[at]


def _check_step(corners: NDArray[np.integer], step: Pair) -> None:
    if ((corners - corners[0]) % step).any():
        found = common_step(corners)
        raise ValueError(
            f"step={step[0]}, but patches lie {found[0]} rows and {found[1]} columns "
            "apart, or multiples of that; pass the stride they were cut with."
        )


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
    here = row_of[
        block.row : block.row + height * step[0] : step[0],
        block.col : block.col + width * step[1] : step[1],
    ]
    inside = here >= 0
    features = block.features[: here.shape[0], : here.shape[1]]
    if inside.all():
        return here.ravel(), features.reshape(-1, features.shape[-1]).cpu().numpy()
    return here[inside], features[torch.from_numpy(inside)].cpu().numpy()
