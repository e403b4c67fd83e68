"""Compute features block by block, every layer once per pixel."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.features.dense._needs import Needs
from sklearn_microarch.features.dense._schedule import Schedule
from sklearn_microarch.features.dense._source import Source
from sklearn_microarch.features.dense._stage import LOOKS_BELOW, Stage


@dataclass(frozen=True, eq=False)
class Block:
    """Features of a rectangle of pixels."""

    # Of the first feature, in the array of wanted ones, in pixels.
    row: int
    col: int
    column: int  # number of the column of blocks
    # (n_rows, n_cols, n_features), float32, one every `schedule.step` pixels. Those of
    # pixels that are not wanted have no meaning.
    features: torch.Tensor


def evaluate_blocks(
    schedule: Schedule,
    source: Source,
    wanted: NDArray[np.bool_],
    origin: tuple[int, int],
    like: torch.Tensor,
) -> Iterator[Block]:
    """Yield the features of all blocks that hold a wanted one, column by column.

    ``wanted`` (n_rows, n_cols) are the upper left pixels of patches, the first of them
    at pixel ``origin`` of the image; ``like`` is an empty tensor of the device and
    dtype to compute with. Every block is computed by calls of the same shapes, so that
    what else is wanted does not change a bit of it.
    """
    needs = Needs(wanted, schedule)
    stages = _stages(schedule, needs, like)
    first = schedule.operations[0]
    height, width = schedule.block
    for column in needs.columns:
        needed = [set(stage.needed(column).tolist()) for stage in stages]
        # What a block looks at below was computed just before.
        for row in sorted(set().union(*needed), reverse=True):
            x = like
            if row in needed[0]:
                top = origin[0] + row * height
                left = origin[1] + column * width + first.extent[1]
                x = source.read(range(top, top + height), range(left, left + width)).to(
                    like.dtype
                )
            for at, stage in enumerate(stages[:-1]):
                if row in needed[at]:
                    stage.run(row, x, stages[at + 1].place(row))
            if row in needed[-1]:
                features = _new_block(schedule, like)
                stages[-1].run(row, x, _by_fragment(features, schedule))
                yield Block(row * height, column * width, column, features.float())
        for at, stage in enumerate(stages[1:]):
            if needed[at]:
                stage.advance()


def _stages(schedule: Schedule, needs: Needs, like: torch.Tensor) -> list[Stage]:
    operations = schedule.operations
    heads = [0] + [at for at, op in enumerate(operations) if op.kind in LOOKS_BELOW]
    ends = [*heads[1:], len(operations)]
    stages: list[Stage] = []
    for head, end in zip(heads, ends, strict=True):
        n_stored_rows = stages[-1].n_rows if stages else 0
        stages.append(Stage(schedule, range(head, end), needs, n_stored_rows, like))
    return stages


def _new_block(schedule: Schedule, like: torch.Tensor) -> torch.Tensor:
    rows, cols = (b // s for b, s in zip(schedule.block, schedule.step, strict=True))
    return like.new_empty(rows, cols, schedule.n_features)


def _by_fragment(features: torch.Tensor, schedule: Schedule) -> torch.Tensor:
    """View a block of features as its fragments, first split first.

    Its shape is (row_place, col_place, ..., n_rows, n_cols, n_features), with a pair of
    leading axes for each split; one axis where there is none.
    """
    splits = schedule.splits
    if not splits:
        return features[None]
    row_places = [rows for rows, _ in reversed(splits)]
    col_places = [cols for _, cols in reversed(splits)]
    parted = features.unflatten(1, (-1, *col_places)).unflatten(0, (-1, *row_places))
    n = len(splits)
    places = [axis for at in range(n, 0, -1) for axis in (at, n + 1 + at)]
    return parted.permute(*places, 0, n + 1, 2 * n + 2)
