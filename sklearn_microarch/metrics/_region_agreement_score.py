"""How well clusters found without labels agree with annotated regions."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from sklearn.utils import check_consistent_length

from sklearn_microarch._annotation import check_roi_labels
from sklearn_microarch._walk import unannotated_of
from sklearn_microarch.metrics._region_codes import code_regions

_MEASURES = {"ami": adjusted_mutual_info_score, "ari": adjusted_rand_score}


def region_agreement_score(
    y_true: ArrayLike,
    clusters: ArrayLike,
    *,
    measure: str = "ami",
    unannotated: int | str | None = None,
) -> float:
    """Agreement of clusters and regions over the annotated rows, chance removed.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Region of each row: integers or strings.
    clusters : array-like of shape (n_samples,)
        Cluster of each row; numbers need not match those of regions. -1 stands
        for none, as in maps, and such rows are left out.
    measure : {"ami", "ari"}, default="ami"
        Adjusted mutual information, or adjusted Rand index, which follows the
        large regions more.
    unannotated : int, str or None, default=None
        Label of rows to leave out.

    Returns
    -------
    score : float
        1 for a perfect match, 0 on average for one by chance.

    Raises
    ------
    ValueError
        If ``measure`` is unknown, lengths differ, or no row is annotated and in a
        cluster.

    Notes
    -----
    Clusters that tell layers apart within a region agree less with the regions
    than clusters that see nothing inside them: high is not always better.

    Examples
    --------
    >>> from sklearn_microarch.metrics import region_agreement_score
    >>> region_agreement_score(["VP", "VP", "ZI", ""], [3, 3, 0, 0], unannotated="")
    1.0
    """
    if measure not in _MEASURES:
        raise ValueError(f"measure={measure!r} must be 'ami' or 'ari'.")
    check_consistent_length(y_true, clusters)
    coded = code_regions(y_true, unannotated=unannotated)
    ids = check_roi_labels(clusters, name="clusters")[coded.rows]
    # Names have no -1, and "" may be one.
    clustered = ids != -1 if ids.dtype.kind != "U" else np.ones(len(ids), dtype=bool)
    if not clustered.any():
        raise ValueError(
            "clusters is -1, no cluster, at all annotated rows; at least one row with "
            "a region and a cluster is needed."
        )
    return float(_MEASURES[measure](coded.codes[clustered], ids[clustered]))


def region_mutual_info_scorer(
    estimator: Any,  # noqa: ANN401 - a fitted clusterer or pipeline
    X: Any,  # noqa: ANN401 - Patches or rows
    y: ArrayLike,
) -> float:
    """Score a fitted clusterer by its mutual information with the regions.

    What `GMMClusterer.score` gives, for any clusterer and any pipeline that ends
    in one.

    Parameters
    ----------
    estimator : clusterer or Pipeline that ends in one
        Fitted, with ``predict``.
    X : Patches or array-like
        Held-out rows.
    y : array-like of shape (n,)
        Regions; rows the estimator takes as unannotated are left out.

    Returns
    -------
    score : float
        Adjusted mutual information; see `region_agreement_score`.
    """
    return _agreement(estimator, X, y, "ami")


def region_rand_scorer(
    estimator: Any,  # noqa: ANN401 - a fitted clusterer or pipeline
    X: Any,  # noqa: ANN401 - Patches or rows
    y: ArrayLike,
) -> float:
    """Score a fitted clusterer by its Rand index with the regions.

    Parameters
    ----------
    estimator : clusterer or Pipeline that ends in one
        Fitted, with ``predict``.
    X : Patches or array-like
        Held-out rows.
    y : array-like of shape (n,)
        Regions; rows the estimator takes as unannotated are left out.

    Returns
    -------
    score : float
        Adjusted Rand index; see `region_agreement_score`.
    """
    return _agreement(estimator, X, y, "ari")


def _agreement(estimator: Any, X: Any, y: ArrayLike, measure: str) -> float:  # noqa: ANN401 - as above
    return region_agreement_score(
        y,
        estimator.predict(X),
        measure=measure,
        unannotated=unannotated_of(estimator),
    )
