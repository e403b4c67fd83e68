"""Put all figures of each map together, from one set of maps and networks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._against_chance import against_chance
from sklearn_microarch.trust._count_animals import count_animals
from sklearn_microarch.trust._map_figures import MapFigures
from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.again._agreement import found_again
from sklearn_microarch.trust.again._by_accident import agree_by_accident
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork
from sklearn_microarch.trust.depth._judge_depth import DepthFigures
from sklearn_microarch.trust.nuisances._explain import explain_maps
from sklearn_microarch.trust.nuisances._flat_field import flat_fielded
from sklearn_microarch.trust.nuisances._within import least_cells, left_beyond_logits
from sklearn_microarch.trust.nulls._follows_place import follow_place


@dataclass(frozen=True, eq=False)
class Gathered:
    """The evidence on each map, factors first, and how often labels were moved."""

    evidence: list[MapFigures]
    n_placements: int
    n_dropped: int
    n_blocks: int


def gather_figures(
    cells: TissueCells,
    ours: MapsOfNetwork,
    others: Sequence[MapsOfNetwork],
    n_shifts: int,
    rng: RandomState,
    *,
    left_out: NDArray[np.float64] | None = None,
) -> Gathered:
    """Test all maps against chance, nuisances, labels and other networks.

    ``left_out`` (animals, k) is how well maps are found in animals left out, if tried.
    """
    values = np.hstack([ours.factors, ours.clusters])
    chance = against_chance(cells, values, n_shifts, rng)
    moved, deep, of_layer = chance.moved, chance.deep, chance.of_layer
    random = follow_place(cells, values, n_shifts, rng)
    explained = explain_maps(cells, values)
    kept = cells.annotated
    inside = cells.take(kept)
    beyond = left_beyond_logits(values[kept], ours.logits[kept], inside.codes)
    again, within = agree(cells, ours, others)
    animals, seen = count_animals(
        cells, values, chance, left_out, n_shifts=n_shifts, rng=rng
    )
    flat = against_chance(cells, flat_fielded(cells, values), n_shifts, rng)
    p_within = agree_by_accident(cells, ours, others, within, n_draws=n_shifts, rng=rng)
    n_blocks = len(np.unique(inside.blocks()))
    evidence = [
        MapFigures(
            region=cells.regions[int(moved.region[at])],
            auc=float(moved.auc[at]),
            p_moved_labels=float(moved.p_value[at]),
            slices=int(moved.slices[at]),
            p_surrogates=float(random[at]),
            by_regions=float(explained.by_regions[at]),
            alone={name: float(one[at]) for name, one in explained.alone.items()},
            both={name: float(one[at]) for name, one in explained.both.items()},
            gradient_inside=float(explained.gradient_inside[at]),
            smooth=float(explained.smooth[at]),
            beyond_logits=float(beyond[at]),
            least_cells=least_cells(ours.logits),
            again=float(again[at]),
            again_within=float(within[at]),
            n_seeds=len(others),
            n_animals=animals,
            n_animals_followed=int(seen[at]),
            n_blocks=n_blocks,
            depth=DepthFigures(
                by_depth=float(deep.by_depth[at]),
                by_layers=float(deep.by_labels[at]),
                p_redrawn=float(deep.p_value[at]),
                slices=int(deep.slices[at]),
            )
            if of_layer[at]
            else None,
            p_flat=float(flat.p_value[at]),
            region_flat=cells.regions[int(flat.moved.region[at])],
            p_within=float(p_within[at]),
        )
        for at in range(values.shape[1])
    ]
    return Gathered(evidence, moved.n_placements, moved.n_dropped, n_blocks)


def agree(
    cells: TissueCells, ours: MapsOfNetwork, others: Sequence[MapsOfNetwork]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the median correlation (k,) with other networks: all over, and inside."""
    n_maps = ours.factors.shape[1] + ours.clusters.shape[1]
    if not others:
        return np.full(n_maps, np.nan), np.full(n_maps, np.nan)
    found = [
        np.hstack(
            [
                found_again(ours.factors, one.factors, cells.codes),
                found_again(ours.clusters, one.clusters, cells.codes),
            ]
        )
        for one in others
    ]
    whole, within = np.median(found, axis=0)
    return whole, within
