"""Balanced accuracy and macro F1 that say which regions they leave out."""

import warnings
from typing import Any

from numpy.typing import NDArray

from sklearn_microarch.exceptions import UnscoredRegionsWarning
from sklearn_microarch.metrics._region_scores import RegionScores


def _regions_of(estimator: Any) -> NDArray:  # noqa: ANN401 - a fitted classifier
    regions = getattr(estimator, "classes_", None)
    if regions is None:
        raise TypeError(
            f"estimator is a {type(estimator).__name__} without classes_: it predicts "
            "no regions. Of a pipeline that ends in a clusterer, score the part up to "
            "the network, pipe[:2], or the clusters by region_mutual_info_scorer."
        )
    return regions


def _warn_of_unscored(scores: RegionScores) -> None:
    if scores.scored.all():
        return
    counts = dict(zip(scores.regions.tolist(), scores.n_rows.tolist(), strict=True))
    few = {r: n for r, n in counts.items() if n < scores.min_rows}
    warnings.warn(
        f"the mean is over {scores.scored.sum()} of {len(scores.regions)} regions; "
        f"left out, with fewer than min_rows={scores.min_rows} rows: {few}. A split "
        "that holds every region makes scores comparable.",
        UnscoredRegionsWarning,
        stacklevel=3,
    )
