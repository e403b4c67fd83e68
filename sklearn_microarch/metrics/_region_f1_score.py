"""Macro F1 over regions that says which of them it leaves out."""

from typing import Any

from numpy.typing import ArrayLike

from sklearn_microarch.metrics._region_scores import region_scores
from sklearn_microarch.metrics._scored_regions import scores_of, warn_of_unscored


def region_f1_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    regions: ArrayLike | None = None,
    min_rows: int = 1,
    unannotated: int | str | None = None,
) -> float:
    """Mean F1 of the regions, which says when it leaves one out.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Region of each row, and what was predicted: integers or strings.
    regions : array-like of shape (n_regions,) or None, default=None
        Regions to expect; None takes those of ``y_true``.
    min_rows : int, default=1
        Rows a region needs to be in the mean.
    unannotated : int, str or None, default=None
        Label of rows to leave out.

    Returns
    -------
    score : float
        From 0 to 1. Unlike recalls, it depends on the shares of the regions.

    Raises
    ------
    TypeError, ValueError
        As `region_scores`.

    Warns
    -----
    UnscoredRegionsWarning
        If a region has fewer than ``min_rows`` rows.

    See Also
    --------
    sklearn.metrics.f1_score : The same with ``average="macro"`` where every
        region occurs.

    Examples
    --------
    >>> from sklearn_microarch.metrics import region_f1_score
    >>> region_f1_score(["VP", "VP", "ZI"], ["VP", "VP", "ZI"])
    1.0
    """
    scores = region_scores(
        y_true, y_pred, regions=regions, min_rows=min_rows, unannotated=unannotated
    )
    warn_of_unscored(scores)
    return scores.macro_f1


def region_f1_scorer(
    estimator: Any,  # noqa: ANN401 - a fitted classifier or pipeline
    X: Any,  # noqa: ANN401 - Patches or rows
    y: ArrayLike,
) -> float:
    """Score a fitted classifier by the mean F1 of the regions it knows.

    Parameters
    ----------
    estimator : classifier or Pipeline that ends in one
        Fitted. A region it knows and ``y`` lacks is warned of.
    X : Patches or array-like
        Held-out rows.
    y : array-like of shape (n,)
        Regions; rows the estimator takes as unannotated are left out.

    Returns
    -------
    score : float
        See `region_f1_score`.

    Raises
    ------
    TypeError
        If the estimator knows no regions, as a clusterer, or labels mix types.
    ValueError
        If no row is annotated, or ``y`` holds a region that the estimator does not
        know.

    Warns
    -----
    UnscoredRegionsWarning
        If a region that the estimator knows does not occur in ``y``.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_microarch.metrics import region_f1_scorer
    >>> X, y = [[0], [1], [2]], ["CTX", "CTX", "VP"]
    >>> classifier = DummyClassifier(strategy="most_frequent").fit(X, y)
    >>> region_f1_scorer(classifier, X, y)
    0.4
    """
    scores = scores_of(estimator, X, y)
    warn_of_unscored(scores)
    return scores.macro_f1
