"""Blocks of a slice, split by predicted region: the unit of every comparison."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Cells:
    """Square blocks of a slice, each split by the region its rows belong to.

    Rows of neighbouring pixels are almost copies of each other, so that they
    are no sample to reason from; blocks of at least a patch are one.

    Parameters
    ----------
    of_row : ndarray of shape (n_rows,), dtype int
        The cell of each row.
    blocks : ndarray of shape (n_cells, 3), dtype int
        Image index, row and column of the block each cell lies in, in blocks.
    places : ndarray of shape (n_cells, 3), dtype int
        The same with the number of the stack of near slices in place of the
        image index: one place, once or several times.
    codes : ndarray of shape (n_cells,), dtype int
        Region of each cell.
    counts : ndarray of shape (n_cells,), dtype int
        Rows in each cell.
    """

    of_row: NDArray[np.intp]
    blocks: NDArray[np.int64]
    places: NDArray[np.int64]
    codes: NDArray[np.int64]
    counts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.codes)

    def means(self, values: NDArray) -> NDArray[np.float64]:
        """Return the mean over the rows of each cell.

        Parameters
        ----------
        values : ndarray of shape (n_rows, n_columns)

        Returns
        -------
        means : ndarray of shape (n_cells, n_columns), dtype float64
        """
        order = np.argsort(self.of_row, kind="stable")
        starts = np.concatenate([[0], self.counts.cumsum()[:-1]])
        sums = np.add.reduceat(values[order].astype(np.float64), starts, axis=0)
        return sums / self.counts[:, np.newaxis]


def form_cells(
    positions: NDArray[np.integer],
    codes: NDArray[np.integer],
    block_px: int,
    stacks: NDArray[np.integer] | None = None,
) -> Cells:
    """Sort rows into cells: one for each block and region that occur together.

    Parameters
    ----------
    positions : ndarray of shape (n, 3), dtype int
        Image index, row and column of each centre.
    codes : ndarray of shape (n,), dtype int
        Region of each row.
    block_px : int, unit: pixels
        Edge length of a block. Blocks are anchored at the image's origin.
    stacks : ndarray of shape (n_images,), dtype int, default=None
        Number of the stack that each image lies in: images of one show the same
        tissue at the same place. None: each is its own.

    Returns
    -------
    cells : Cells
        By image, block row, block column and region.
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
    return Cells(of_row.reshape(-1), blocks, places, found[:, 3], counts)


def hold_out_cells(
    cells: Cells, share: float, rng: np.random.RandomState
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Hold blocks out that are scattered over the slice, and drop what touches them.

    Scattered, since a stretch of a slice differs from the rest because it shows
    other anatomy, which a whole new slice does not.

    Parameters
    ----------
    cells : Cells
    share : float in (0, 1)
        Share of the rows to hold out, at least, before regions are spared; of
        several near slices together that of one.
    rng : RandomState

    Returns
    -------
    held, kept : ndarray of shape (n_cells,), dtype bool
        No kept cell lies in, or next to, the place of a held cell. Regions of
        which fewer than two cells are kept are not held out.
    """
    held = np.zeros(len(cells), dtype=bool)
    taken = held.copy()
    for at in rng.permutation(len(cells)):
        if cells.counts[taken].sum() >= share * cells.counts.sum():
            break
        if taken[at]:
            continue
        # A near slice shows the same tissue again, which is no further part.
        held |= (cells.blocks == cells.blocks[at]).all(axis=1)
        taken |= (cells.places == cells.places[at]).all(axis=1)
    kept = ~touches(cells.places, cells.places[held])
    n_kept = np.bincount(cells.codes[kept], minlength=cells.codes.max() + 1)
    return held & (n_kept[cells.codes] >= 2), kept


def touches(blocks: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which blocks are the same as, or next to, any of the others.

    Parameters
    ----------
    blocks, others : ndarray of shape (n, 3) and (m, 3), dtype int
        Stack of slices, row and column, in blocks. Centres in blocks that do not
        touch are more than a block apart.

    Returns
    -------
    touching : ndarray of shape (n,), dtype bool
    """
    apart = np.abs(blocks[:, np.newaxis] - others)
    near = (apart[..., 0] == 0) & (apart[..., 1:].max(axis=-1) <= 1)
    return near.any(axis=1)
