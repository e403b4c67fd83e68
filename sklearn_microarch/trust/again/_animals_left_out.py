"""Fit factors and clusters without each animal in turn, on the same network's features.

What such a fit shows of the animal it has not seen is compared with our own maps.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from sklearn_microarch._walk import find_steps
from sklearn_microarch.sampling import Patches
from sklearn_microarch.trust._tissue_cells import TissueCells, animals_of
from sklearn_microarch.trust.again._agreement import found_again
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork, maps_of_features
from sklearn_microarch.trust.again._other_networks import Training, with_seed


def leave_animals_out(
    pipeline: Any,  # noqa: ANN401 - a fitted pipeline
    training: Training,
    patches: Patches,
    cells: TissueCells,
    ours: MapsOfNetwork,
) -> NDArray[np.float64] | None:
    """Return how well (animals, k) our maps of an animal are found without it.

    Animals ascend by name; None where there is one. NaN of an animal that has no cells
    or without which nothing can be fitted.
    """
    names = sorted(set(cells.animals))
    if len(names) == 1:
        return None
    steps = find_steps(pipeline, "trust_report", needs_features=True)
    rows, labels = training.rows(with_seed(pipeline, None))
    features = np.asarray(steps.later[0].transform(rows))
    mapped = np.asarray(steps.later[0].transform(patches))
    whose = np.array(animals_of(rows.images))[rows.positions[:, 0]]
    found = np.full(
        (len(names), ours.factors.shape[1] + ours.clusters.shape[1]), np.nan
    )
    for number, name in enumerate(names):
        here = cells.of_slices(
            [at for at, one in enumerate(cells.animals) if one == name]
        )
        kept = whose != name
        if not here.any() or not kept.any():
            continue
        later = _fit_after_network(
            steps.later, features[kept], np.asarray(labels)[kept]
        )
        if later is not None:
            factors, clusters = maps_of_features(
                replace(steps, later=later), mapped[here]
            )
            pairs = ((ours.factors, factors), (ours.clusters, clusters))
            found[number] = np.concatenate(
                [
                    found_again(one[here], other, cells.codes[here])[0]
                    for one, other in pairs
                ]
            )
    return found


def _fit_after_network(
    later: Sequence[Any], values: NDArray, labels: NDArray
) -> list[Any] | None:
    """Return the network and what follows it, fitted anew to features (n, f).

    None where the animals that are left do not do: they may lack a region.
    """
    fitted = [later[0]]
    try:
        for step in later[1:]:
            fitted.append(clone(step).fit(values, labels))
            if step is not later[-1]:
                values = np.asarray(fitted[-1].transform(values))
    except ValueError:
        return None
    return fitted
