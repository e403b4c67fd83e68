"""The factors, clusters and logits that a fitted pipeline gives for some patches."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._walk import PipelineSteps, find_steps
from sklearn_microarch.sampling import Patches

_LEAST_PROBABILITY = 1e-12


@dataclass(frozen=True, eq=False)
class MapsOfNetwork:
    """Maps of n cells: factors (n, k), clusters (n, c) as 0 and 1, logits (n, p)."""

    factors: NDArray[np.float64]
    clusters: NDArray[np.float64]
    logits: NDArray[np.float64]
    factor_names: list[str]
    cluster_names: list[str]


def maps_of(pipeline: Any, cells: Patches) -> MapsOfNetwork:  # noqa: ANN401 - checked
    """Return what a fitted pipeline says of patches; TypeError where it has no maps."""
    steps = find_steps(pipeline, "trust_report", needs_features=True)
    network, last = steps.later[0], steps.later[-1]
    has_clusters = last is not network and hasattr(last, "predict")
    if steps.factorization is None and not has_clusters:
        raise TypeError(
            "pipeline has no factors and no clusters to judge: after its network a "
            "step with components_ (NMFEmbedder) or with predict (GMMClusterer) is "
            "needed, as make_microarch_pipeline has them."
        )
    values = np.asarray(network.transform(cells))
    logits = _logits(network, values, cells)
    factors = np.empty((len(cells), 0))
    for step in steps.later[1:]:
        if step is last and has_clusters:
            break
        values = np.asarray(step.transform(values))
        if step is steps.factorization:
            factors = values.astype(float)
    clusters, names = np.empty((len(cells), 0)), []
    if has_clusters:
        predicted = np.asarray(last.predict(values))
        kinds = np.unique(predicted)
        clusters = (predicted[:, None] == kinds).astype(float)
        names = [f"cluster{kind}" for kind in kinds.tolist()]
    return MapsOfNetwork(
        factors, clusters, logits, _factor_names(steps, factors.shape[1]), names
    )


def _logits(
    network: Any,  # noqa: ANN401 - a classifier of patches
    features: NDArray,
    cells: Patches,
) -> NDArray[np.float64]:
    """Return log-probabilities (n, classes): logits, but for what a row has in all."""
    if hasattr(network, "predict_proba_from_features"):
        found = network.predict_proba_from_features(features)
    else:
        found = network.predict_proba(cells)
    logs = np.log(np.maximum(np.asarray(found, dtype=float), _LEAST_PROBABILITY))
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def _factor_names(steps: PipelineSteps, n_factors: int) -> list[str]:
    """Name all factors by their number, and those selected by their region, too."""
    names = [f"factor{number:02d}" for number in range(n_factors)]
    selection = steps.selection
    if selection is not None and n_factors:
        chosen = selection.get_support(indices=True).tolist()
        for number, region in zip(
            chosen, selection.matched_rois_.tolist(), strict=True
        ):
            names[number] = f"{names[number]}_{region}"
    return names
