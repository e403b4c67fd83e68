"""Cells of a grid over the tissue of slices, and what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._purity import box_count
from sklearn_microarch.spatial import border_distance

# A cell is in a block of this many patches, so that few patches reach into the next.
_PATCHES_OF_A_BLOCK = 2
N_FOLDS = 5


@dataclass(frozen=True, eq=False)
class TissueCells:
    """Cells (n) of tissue: where they are, and in which region.

    ``at`` is (n, 3), slice, row and column of its grid, of the shapes given; ``codes``
    (n,) counts ``regions`` from 0, -1 for none; ``patch`` is the edge of a patch in
    cells; ``grey`` (n,) is the low-pass grey level; animals are one of each slice.
    ``depth`` (n,) is between pia and white matter, NaN elsewhere, or None; ``vessels``
    (n, 2) are the shares of a patch in dark and bright large vessels, if looked for.
    """

    at: NDArray[np.int64]
    codes: NDArray[np.int64]
    shapes: Sequence[tuple[int, int]]
    patch: float
    regions: Sequence[str]
    grey: NDArray[np.float64]
    animals: Sequence[str] = field(default=("",))
    depth: NDArray[np.float64] | None = None
    vessels: NDArray[np.float64] | None = None

    @property
    def annotated(self) -> NDArray[np.bool_]:
        """Cells (n,) that lie in a region."""
        return self.codes >= 0

    @property
    def depths(self) -> NDArray[np.float64]:
        """Depth (n,), NaN where it is not known."""
        return np.full(len(self.at), np.nan) if self.depth is None else self.depth

    def lay_out(self, values: NDArray, index: int, blank: float = -1) -> NDArray:
        """Return values (n,) on the grid of one slice; ``blank`` off the tissue."""
        found = np.full(self.shapes[index], blank, dtype=np.result_type(values, 0))
        here = self.at[:, 0] == index
        found[tuple(self.at[here, 1:].T)] = values[here]
        return found

    def of_slices(self, slices: Sequence[int]) -> NDArray[np.bool_]:
        """Return which cells (n,) are of some slices."""
        return np.isin(self.at[:, 0], slices)

    def take(self, kept: NDArray[np.bool_]) -> "TissueCells":
        """Return some of the cells, on the same grids."""
        return replace(
            self,
            at=self.at[kept],
            codes=self.codes[kept],
            grey=self.grey[kept],
            depth=None if self.depth is None else self.depth[kept],
            vessels=None if self.vessels is None else self.vessels[kept],
        )

    def blocks(self) -> NDArray[np.int64]:
        """Return the square block (n,) that each cell is in."""
        edge = max(1, round(_PATCHES_OF_A_BLOCK * self.patch))
        _, blocks = np.unique(
            self.at // np.array([1, edge, edge]), axis=0, return_inverse=True
        )
        return blocks.reshape(-1).astype(np.int64)

    def folds(self) -> NDArray[np.int64]:
        """Return the fold (n,) of each cell: blocks dealt out, always in one way."""
        blocks = self.blocks()
        dealt = np.arange(blocks.max() + 1) % N_FOLDS
        folds: NDArray[np.int64] = np.random.RandomState(0).permutation(dealt)[blocks]
        return folds

    def edge_distance(self) -> NDArray[np.float64]:
        """Return the distance (n,) to where no patch is, in cells."""
        found = np.zeros(len(self.at))
        for index in np.unique(self.at[:, 0]).tolist():
            here = self.at[:, 0] == index
            tissue = self.lay_out(np.ones(len(self.at)), index, 0) > 0
            inside = np.pad(tissue, 1)
            depth = ndimage.distance_transform_edt(inside)[1:-1, 1:-1]
            found[here] = depth[tuple(self.at[here, 1:].T)]
        return found

    def border_distance(self) -> NDArray[np.float64]:
        """Return the distance (n,) to another region, in cells; 0 where is none."""
        found = np.zeros(len(self.at))
        for index in np.unique(self.at[:, 0]).tolist():
            here = self.at[:, 0] == index
            codes = self.lay_out(self.codes, index)
            depth = border_distance(codes, unannotated_code=-1)
            found[here] = depth[tuple(self.at[here, 1:].T)]
        return np.where(np.isfinite(found), found, 0.0)

    def impurity(self) -> NDArray[np.float64]:
        """Return the share (n,) of a patch, of what is annotated, in other regions."""
        found, edge = np.zeros(len(self.at)), max(1, round(self.patch))
        for index in np.unique(self.at[self.annotated, 0]).tolist():
            here = self.at[:, 0] == index
            at, grid = tuple(self.at[here, 1:].T), self.lay_out(self.codes, index)
            known = box_count(grid >= 0, edge // 2, edge)[at]
            for code in np.unique(self.codes[here & self.annotated]).tolist():
                own = box_count(grid == code, edge // 2, edge)[at]
                share = 1.0 - own / np.maximum(known, 1)
                found[here] = np.where(self.codes[here] == code, share, found[here])
        return found


def animals_of(images: Sequence[SliceImage]) -> list[str]:
    """Return the animal of each slice; slices of unknown ones are of one animal."""
    return [image.specimen or "" for image in images]
