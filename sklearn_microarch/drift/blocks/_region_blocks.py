"""Blocks of a slice, split by predicted region: the unit of every comparison."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class RegionBlocks:
    """Square blocks of a slice, each split by the region its rows belong to.

    Rows of neighbouring pixels are almost copies of each other, so that they are no
    sample to reason from; blocks of at least a patch are one.
    """

    of_row: NDArray[np.intp]  # (n_rows,), where each row is
    blocks: NDArray[np.int64]  # (n_blocks, 3): image, row and column, in blocks
    # The same with the stack of near slices in place of the image: one place, once or
    # several times.
    places: NDArray[np.int64]
    codes: NDArray[np.int64]  # (n_blocks,), regions
    counts: NDArray[np.int64]  # (n_blocks,), rows

    def __len__(self) -> int:
        return len(self.codes)

    def means(self, values: NDArray) -> NDArray[np.float64]:
        """Return means (n_blocks, n_columns) over values (n_rows, n_columns)."""
        order = np.argsort(self.of_row, kind="stable")
        starts = np.concatenate([[0], self.counts.cumsum()[:-1]])
        sums = np.add.reduceat(values[order].astype(np.float64), starts, axis=0)
        return sums / self.counts[:, np.newaxis]


def form_region_blocks(
    positions: NDArray[np.integer],
    codes: NDArray[np.integer],
    block_px: int,
    stacks: NDArray[np.integer] | None = None,
) -> RegionBlocks:
    """Return one region block for each block and region that occur together.

    By image, block row, block column and region, of positions (n, 3): image, row and
    column of each centre. Blocks of `block_px` pixels begin at the image's origin.
    Images of one of the `stacks` (n_images,) show the same tissue; None: none do.
    """
    keys = np.column_stack([positions.astype(np.int64), codes])
    keys[:, 1:3] //= block_px
    found, of_row, counts = np.unique(
        keys, axis=0, return_inverse=True, return_counts=True
    )
    blocks = found[:, :3]
    places = blocks.copy()
    if stacks is not None:
        places[:, 0] = np.asarray(stacks)[blocks[:, 0]]
    return RegionBlocks(of_row.reshape(-1), blocks, places, found[:, 3], counts)


def hold_out_region_blocks(
    region_blocks: RegionBlocks, share: float, rng: np.random.RandomState
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which blocks are held out, and which touch none of them, (n_blocks,) each.

    At least a share of the rows is held out, of several near slices together that of
    one. Scattered, since a stretch of a slice differs from the rest because it shows
    other anatomy, which a whole new slice does not. Regions of which fewer than two
    blocks are kept are spared.
    """
    held = np.zeros(len(region_blocks), dtype=bool)
    taken = held.copy()
    for at in rng.permutation(len(region_blocks)):
        if region_blocks.counts[taken].sum() >= share * region_blocks.counts.sum():
            break
        if taken[at]:
            continue
        # A near slice shows the same tissue again, which is no further part.
        held |= (region_blocks.blocks == region_blocks.blocks[at]).all(axis=1)
        taken |= (region_blocks.places == region_blocks.places[at]).all(axis=1)
    kept = ~are_next_to(region_blocks.places, region_blocks.places[held])
    n_kept = np.bincount(
        region_blocks.codes[kept], minlength=region_blocks.codes.max() + 1
    )
    return held & (n_kept[region_blocks.codes] >= 2), kept


def are_next_to(
    blocks: NDArray[np.int64], others: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which blocks (n, 3) are the same as, or next to, any of the others (m, 3).

    Stack of slices, row and column, in blocks. Centres in blocks that do not touch are
    more than a block apart.
    """
    apart = np.abs(blocks[:, np.newaxis] - others)
    near = (apart[..., 0] == 0) & (apart[..., 1:].max(axis=-1) <= 1)
    return near.any(axis=1)
