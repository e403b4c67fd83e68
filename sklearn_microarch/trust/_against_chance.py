"""Do maps follow regions beyond chance: labels moved, of layers within their depth."""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.depth._more_than_depth import (
    DepthTest,
    find_layers,
    more_than_depth,
)
from sklearn_microarch.trust.nulls._follows_region import RegionTest, follow_regions


@dataclass(frozen=True, eq=False)
class ChanceTest:
    """Tests of maps (k): by labels moved, and of layers by maps redrawn in depth."""

    moved: RegionTest
    # Which maps (k,) follow a layer best; of others, depth is not asked.
    of_layer: NDArray[np.bool_]
    deep: DepthTest

    @property
    def p_value(self) -> NDArray[np.float64]:
        """The p value (k,) that decides: layers that are moved stay layers."""
        return np.where(self.of_layer, self.deep.p_value, self.moved.p_value)


def against_chance(
    cells: TissueCells, values: NDArray[np.float64], n_shifts: int, rng: RandomState
) -> ChanceTest:
    """Test maps (n, k), against their depth only those that follow a layer best."""
    moved = follow_regions(cells, values, n_shifts, rng)
    of_layer = find_layers(cells)[moved.region]
    nothing = np.full(values.shape[1], np.nan)
    by_depth, by_layers, p_redrawn = nothing, nothing.copy(), nothing.copy()
    slices = np.zeros(values.shape[1], dtype=np.int64)
    if of_layer.any():
        deep = more_than_depth(cells, values[:, of_layer], n_shifts, rng)
        by_depth[of_layer], by_layers[of_layer] = deep.by_depth, deep.by_labels
        p_redrawn[of_layer], slices[of_layer] = deep.p_value, deep.slices
    deep = DepthTest(by_depth, by_layers, p_redrawn, slices)
    return ChanceTest(moved, of_layer, deep)
