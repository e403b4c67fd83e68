"""Put all figures of each map together, from one set of maps and networks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._judge_map import MOST_P, MapFigures
from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.again._agreement import found_again
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork
from sklearn_microarch.trust.nuisances._explain import explain_maps
from sklearn_microarch.trust.nuisances._within import left_beyond_logits
from sklearn_microarch.trust.nulls._follows_place import follow_place
from sklearn_microarch.trust.nulls._follows_region import RegionTest, follow_regions


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
) -> Gathered:
    """Test all maps against chance, nuisances, labels and other networks."""
    values = np.hstack([ours.factors, ours.clusters])
    kept = cells.annotated
    inside = cells.take(kept)
    moved = follow_regions(cells, values, n_shifts, rng)
    random = follow_place(cells, values, n_shifts, rng)
    explained = explain_maps(cells, values)
    beyond = left_beyond_logits(values[kept], ours.logits[kept], inside.codes)
    again, within = agree(cells, ours, others)
    animals, followed = _by_animal(cells, values, moved, n_shifts, rng)
    n_blocks = len(np.unique(inside.blocks()))
    evidence = [
        MapFigures(
            region=cells.regions[int(moved.region[at])],
            auc=float(moved.auc[at]),
            p_moved_labels=float(moved.p_value[at]),
            p_surrogates=float(random[at]),
            by_regions=float(explained.by_regions[at]),
            alone={name: float(one[at]) for name, one in explained.alone.items()},
            both={name: float(one[at]) for name, one in explained.both.items()},
            gradient_inside=float(explained.gradient_inside[at]),
            smooth=float(explained.smooth[at]),
            beyond_logits=float(beyond[at]),
            again=float(again[at]),
            again_within=float(within[at]),
            n_seeds=len(others),
            n_animals=animals,
            n_animals_followed=int(followed[at]),
            n_blocks=n_blocks,
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


def _by_animal(
    cells: TissueCells,
    values: NDArray[np.float64],
    moved: RegionTest,
    n_shifts: int,
    rng: RandomState,
) -> tuple[int, NDArray[np.int64]]:
    """Return how many animals there are, and in how many each map follows a region."""
    names = sorted(set(cells.animals))
    if len(names) == 1:
        return 1, (moved.p_value <= MOST_P).astype(np.int64)
    followed = np.zeros(values.shape[1], dtype=np.int64)
    for name in names:
        own = [at for at, animal in enumerate(cells.animals) if animal == name]
        here = cells.of_slices(own)
        if not (here & cells.annotated).any():
            continue
        part = cells.take(here)
        for at in range(values.shape[1]):
            # One at a time: the question is whether this one repeats.
            test = follow_regions(part, values[here, at : at + 1], n_shifts, rng)
            same = test.region[0] == moved.region[at]
            followed[at] += bool(same and test.p_value[0] <= MOST_P)
    return len(names), followed
