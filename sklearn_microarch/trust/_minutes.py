"""How long other networks and the tests will take, from a few patches and draws."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.base import clone

from sklearn_microarch.sampling import Patches
from sklearn_microarch.trust._against_chance import against_chance
from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.again._by_accident import MOST_DRAWS, agree_by_accident
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork
from sklearn_microarch.trust.again._number_of_clusters import (
    MOST_GRADIENTS,
    MOST_ROWS,
    N_HALVINGS,
    has_number,
)
from sklearn_microarch.trust.nuisances._explain import explain_maps
from sklearn_microarch.trust.nulls._follows_place import best_of_random
from sklearn_microarch.trust.nulls._surrogates import fit_grain

_N_TIMED = 128
# A step of training passes a patch forwards and backwards, which takes twice as long.
_PASSES = 3
# Random maps and moved labels that are timed; labels are moved much faster.
_N_RANDOM, _N_MOVED = 3, 20


def minutes_of_training(
    network: Any,  # noqa: ANN401 - a fitted classifier of patches
    rows: Patches,
    n_networks: int,
    seconds_of_mapping: float,
) -> float:
    """Return about how many minutes ``n_networks`` take to be trained and to map."""
    timed = rows.take(np.arange(min(len(rows), _N_TIMED)))
    network.predict_proba(timed.take(slice(1)))
    begin = time.perf_counter()
    network.predict_proba(timed)
    of_a_row = (time.perf_counter() - begin) / len(timed)
    settings = network.get_params(deep=False)
    most = settings.get("max_patches_per_class")
    n_rows = len(rows)
    if most is not None:
        n_rows = min(n_rows, most * len(network.classes_))
    training = _PASSES * of_a_row * n_rows * settings.get("max_epochs", 1)
    return n_networks * (training + seconds_of_mapping) / 60


def minutes_of_tests(
    last: Any,  # noqa: ANN401 - the last step of a fitted pipeline
    cells: TissueCells,
    ours: MapsOfNetwork,
    n_shifts: int,
    n_networks: int,
) -> float:
    """Return about how many minutes all tests of maps take, but for networks."""
    values = np.hstack([ours.factors, ours.clusters])
    rng, inside = RandomState(0), cells.take(cells.annotated)
    seconds = _seconds(lambda: explain_maps(cells, values))
    begin = time.perf_counter()
    grains = [fit_grain(cells, one, rng) for one in values.T]
    seconds += time.perf_counter() - begin
    drawn = _seconds(
        lambda: [best_of_random(inside, one, rng) for one in grains * _N_RANDOM]
    )
    seconds += drawn / _N_RANDOM * n_shifts
    seconds += _seconds_of_accidents(cells, ours, n_shifts, n_networks)
    seconds += _seconds_of_number(last, cells, ours, n_shifts)
    # Once more with shading taken out.
    seconds += 2 * _seconds_of_moving(cells, values, n_shifts)
    animals = set(cells.animals)
    if len(animals) > 1:
        # Each map by itself in each animal; of one size, about.
        first = [at for at, one in enumerate(cells.animals) if one == cells.animals[0]]
        part = cells.of_slices(first)
        alone = _seconds_of_moving(cells.take(part), values[part, :1], n_shifts)
        seconds += len(animals) * values.shape[1] * alone
    return seconds / 60


def minutes_in_words(minutes: float) -> str:
    """Return a time as it is told: under a minute, no number is right for long."""
    return "less than a minute" if minutes < 1 else f"about {minutes:.0f} min"


def _seconds_of_moving(
    cells: TissueCells, values: NDArray[np.float64], n_shifts: int
) -> float:
    """Return about how long it takes to move the labels under maps (n, k)."""
    rng = RandomState(0)
    one = _seconds(lambda: against_chance(cells, values, 1, rng))
    more = _seconds(lambda: against_chance(cells, values, 1 + _N_MOVED, rng))
    return one + max(0.0, more - one) / _N_MOVED * (n_shifts - 1)


def _seconds_of_accidents(
    cells: TissueCells, ours: MapsOfNetwork, n_shifts: int, n_networks: int
) -> float:
    """Return about how long random maps take to be compared with other networks'."""
    rng, n_maps = RandomState(0), ours.factors.shape[1] + ours.clusters.shape[1]
    # They are not there yet: our own maps stand for theirs.
    others = [ours] * n_networks
    seconds = []
    for n_draws in (1, 1 + _N_RANDOM):
        begin = time.perf_counter()
        agree_by_accident(
            cells, ours, others, np.zeros(n_maps), n_draws=n_draws, rng=rng
        )
        seconds.append(time.perf_counter() - begin)
    one, more = seconds
    return one + max(0.0, more - one) / _N_RANDOM * (min(n_shifts, MOST_DRAWS) - 1)


def _seconds_of_number(
    last: Any,  # noqa: ANN401 - the last step of a fitted pipeline
    cells: TissueCells,
    ours: MapsOfNetwork,
    n_shifts: int,
) -> float:
    """Return about how long clusters of halves, and of gradients, take to be fitted."""
    if ours.clustered is None or not has_number(last, cells, ours.clustered):
        return 0.0
    half = ours.clustered[cells.annotated][:MOST_ROWS][::2]
    n_fits = 2 * N_HALVINGS * (1 + min(n_shifts, MOST_GRADIENTS))
    return n_fits * _seconds(lambda: clone(last).fit(half))


def _seconds(task: Callable[[], object]) -> float:
    begin = time.perf_counter()
    task()
    return time.perf_counter() - begin
