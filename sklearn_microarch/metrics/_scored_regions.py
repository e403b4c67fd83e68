"""What the means over regions share: whose regions, and a word on those left out."""

from typing import Any

from numpy.typing import ArrayLike

from sklearn_microarch._annotation import code_labels
from sklearn_microarch._walk import unannotated_of
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import UnscoredRegionsWarning
from sklearn_microarch.metrics._region_scores import RegionScores, region_scores


def scores_of(
    estimator: Any,  # noqa: ANN401 - a fitted classifier
    X: Any,  # noqa: ANN401 - Patches or rows
    y: ArrayLike,
) -> RegionScores:
    """Return the scores of what a fitted classifier predicts, over its regions."""
    regions = getattr(estimator, "classes_", None)
    if regions is None:
        raise TypeError(
            f"estimator is a {type(estimator).__name__} without classes_: it predicts "
            "no regions. Of a pipeline that ends in a clusterer, score the part up to "
            "the network, pipe[:2], or the clusters by region_mutual_info_scorer."
        )
    unannotated = unannotated_of(estimator)
    labels = code_labels(
        y,
        regions,
        unannotated=unannotated,
        name="y",
        regions_name="classes that the estimator knows",
    ).labels
    return region_scores(
        labels, estimator.predict(X), regions=regions, unannotated=unannotated
    )


def warn_of_unscored(scores: RegionScores) -> None:
    """Warn of regions that are not in the mean."""
    if scores.scored.all():
        return
    counts = dict(zip(scores.regions.tolist(), scores.n_rows.tolist(), strict=True))
    few = {r: n for r, n in counts.items() if n < scores.min_rows}
    warn_user(
        f"the mean is over {scores.scored.sum()} of {len(scores.regions)} regions; "
        f"left out, with fewer than min_rows={scores.min_rows} rows: {few}. A split "
        "that holds every region makes scores comparable.",
        UnscoredRegionsWarning,
    )
