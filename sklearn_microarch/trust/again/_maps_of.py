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
    """Maps of n cells: factors (n, k), clusters (n, c) as 0 and 1, logits (n, p).

    ``clustered`` (n, d) is what clusters were made of, None without any.
    """

    factors: NDArray[np.float64]
    clusters: NDArray[np.float64]
    logits: NDArray[np.float64]
    factor_names: list[str]
    cluster_names: list[str]
    clustered: NDArray | None = None


def maps_of(pipeline: Any, cells: Patches) -> MapsOfNetwork:  # noqa: ANN401 - checked
    """Return what a fitted pipeline says of patches; TypeError where it has no maps."""
    steps = find_steps(pipeline, "trust_report", needs_features=True)
    if steps.factorization is None and not _has_clusters(steps.later):
        raise TypeError(
            "pipeline has no factors and no clusters to judge: after its network a "
            "step with components_ (NMFEmbedder) or with predict (GMMClusterer) is "
            "needed, as make_microarch_pipeline has them."
        )
    network = steps.later[0]
    values = np.asarray(network.transform(cells))
    factors, rows = _rows_before_clusters(steps, values)
    clusters, names = _clusters_of(steps, rows)
    return MapsOfNetwork(
        factors,
        clusters,
        _logits(network, values, cells),
        _factor_names(steps, factors.shape[1]),
        names,
        rows if names else None,
    )


def maps_of_features(
    steps: PipelineSteps, values: NDArray
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return factors (n, k) and clusters (n, c), of features (n, f)."""
    factors, rows = _rows_before_clusters(steps, values)
    return factors, _clusters_of(steps, rows)[0]


def _rows_before_clusters(
    steps: PipelineSteps, values: NDArray
) -> tuple[NDArray[np.float64], NDArray]:
    """Return factors (n, k), and rows (n, d) as clusters are made of them."""
    last, has_clusters = steps.later[-1], _has_clusters(steps.later)
    factors = np.empty((len(values), 0))
    for step in steps.later[1:]:
        if step is last and has_clusters:
            break
        values = np.asarray(step.transform(values))
        if step is steps.factorization:
            factors = values.astype(float)
    return factors, values


def _clusters_of(
    steps: PipelineSteps, rows: NDArray
) -> tuple[NDArray[np.float64], list[str]]:
    """Return clusters (n, c) of rows (n, d), and their names."""
    if not _has_clusters(steps.later):
        return np.empty((len(rows), 0)), []
    predicted = np.asarray(steps.later[-1].predict(rows))
    kinds = np.unique(predicted)
    clusters = (predicted[:, None] == kinds).astype(float)
    return clusters, [f"cluster{kind}" for kind in kinds.tolist()]


def _has_clusters(later: list[Any]) -> bool:
    return len(later) > 1 and hasattr(later[-1], "predict")


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
