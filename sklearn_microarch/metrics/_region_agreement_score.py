"""How well clusters found without labels agree with annotated regions."""

from typing import Any

from numpy.typing import ArrayLike

from sklearn_microarch._walk import unannotated_of
from sklearn_microarch.clustering._agreement import region_agreement


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
    TypeError
        If labels or clusters are neither integers nor strings.
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
    return region_agreement(
        clusters, y_true, unannotated=unannotated, measure=measure, name="y_true"
    )


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

    Raises
    ------
    TypeError
        If the estimator has no ``predict``, or labels mix types.
    ValueError
        If no row is annotated and in a cluster.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn_microarch.metrics import region_mutual_info_scorer
    >>> X, y = [[0.0], [0.1], [5.0], [5.1]], ["CTX", "CTX", "VP", "VP"]
    >>> region_mutual_info_scorer(KMeans(2, random_state=0).fit(X), X, y)
    1.0
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

    Raises
    ------
    TypeError
        If the estimator has no ``predict``, or labels mix types.
    ValueError
        If no row is annotated and in a cluster.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn_microarch.metrics import region_rand_scorer
    >>> X, y = [[0.0], [0.1], [5.0], [5.1]], ["CTX", "CTX", "VP", "VP"]
    >>> region_rand_scorer(KMeans(2, random_state=0).fit(X), X, y)
    1.0
    """
    return _agreement(estimator, X, y, "ari")


def _agreement(estimator: Any, X: Any, y: ArrayLike, measure: str) -> float:  # noqa: ANN401 - as above
    """Return the agreement of what an estimator predicts with the regions."""
    if not hasattr(estimator, "predict"):
        raise TypeError(
            f"estimator is a {type(estimator).__name__} without predict; it must be a "
            "fitted clusterer, or a pipeline that ends in one."
        )
    return region_agreement(
        estimator.predict(X),
        y,
        measure=measure,
        unannotated=unannotated_of(estimator),
    )
