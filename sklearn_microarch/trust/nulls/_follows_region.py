"""Does a map follow a region: labels moved inside the tissue tell what chance does."""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.nulls._maximum import corrected_p_values
from sklearn_microarch.trust.nulls._placements import (
    draw_places,
    find_placements,
    move_labels,
)
from sklearn_microarch.trust.nulls._region_auc import rank_levels, region_auc
from sklearn_microarch.trust.nulls._slices_needed import slices_needed

# Below, no p value of 5 % is possible.
LEAST_PLACEMENTS = 19


@dataclass(frozen=True, eq=False)
class RegionTest:
    """How well maps (k) follow a region, and how often moved labels are as good.

    ``region`` (k,) is the one with the best AUC, NaN where there is one region only; p
    values are NaN then, and where the labels could be moved to fewer than 19 places,
    ``n_placements`` of a slice at least. ``slices`` (k,) is how many would tell, see
    `slices_needed`.
    """

    region: NDArray[np.int64]
    auc: NDArray[np.float64]
    p_value: NDArray[np.float64]
    slices: NDArray[np.int64]
    n_placements: int
    n_dropped: int


def follow_regions(
    cells: TissueCells, values: NDArray[np.float64], n_shifts: int, rng: RandomState
) -> RegionTest:
    """Test maps (n, k) against labels that are moved inside the tissue."""
    n_regions = len(cells.regions)
    levels = rank_levels(values)
    observed = region_auc(levels, cells.codes, n_regions)
    best, comparable = np.nan_to_num(observed, nan=0.0), np.isfinite(observed).any()
    slices = np.unique(cells.at[cells.annotated, 0]).tolist()
    grids = {index: cells.lay_out(cells.codes, index) for index in slices}
    tissue = np.ones(len(cells.at))
    found = [
        find_placements(grids[index], cells.lay_out(tissue, index, 0) > 0)
        for index in slices
    ]
    n_placements = min(len(one.places) for one in found)
    p_value = np.full(values.shape[1], np.nan)
    needed = np.zeros(values.shape[1], dtype=np.int64)
    if comparable and n_placements >= LEAST_PLACEMENTS:
        drawn = [draw_places(one, n_shifts, rng) for one in found]
        null = np.empty((n_shifts, values.shape[1]))
        for number in range(n_shifts):
            # Where a region was and is no more counts against it: what is left of one
            # that reaches out of the tissue would be its purest part.
            codes = np.where(cells.annotated, n_regions, -1)
            for index, places in zip(slices, drawn, strict=True):
                here = cells.at[:, 0] == index
                grid = move_labels(grids[index], places[number])
                moved = grid[tuple(cells.at[here, 1:].T)]
                codes[here] = np.where(moved >= 0, moved, codes[here])
            found_auc = region_auc(levels, codes, n_regions + 1)
            null[number] = best_auc(found_auc[:, :n_regions])
        p_value = corrected_p_values(best.max(axis=1), null)
        needed = slices_needed(best.max(axis=1), null, len(slices))
    return RegionTest(
        region=best.argmax(axis=1),
        auc=best.max(axis=1) if comparable else np.full(len(best), np.nan),
        p_value=p_value,
        slices=needed,
        n_placements=n_placements,
        n_dropped=sum(one.n_dropped for one in found),
    )


def best_auc(auc: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the best (k,) of the AUC (k, n_regions), 0 where there is none."""
    return np.nan_to_num(auc, nan=0.0).max(axis=1)
