"""Mean recall over regions that says which of them it leaves out."""

from typing import Any

from numpy.typing import ArrayLike

from sklearn_microarch.metrics._region_scores import region_scores
from sklearn_microarch.metrics._scored_regions import scores_of, warn_of_unscored


def region_balanced_accuracy_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    regions: ArrayLike | None = None,
    min_rows: int = 1,
    unannotated: int | str | None = None,
) -> float:
    """Mean recall of the regions, which says when it leaves one out.

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
        From 0 to 1.

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
    sklearn.metrics.balanced_accuracy_score : The same where every region occurs.

    Examples
    --------
    >>> from sklearn_microarch.metrics import region_balanced_accuracy_score
    >>> region_balanced_accuracy_score([1, 1, 1, 1, 2], [1, 1, 2, 2, 2])
    0.75
    """
    scores = region_scores(
        y_true, y_pred, regions=regions, min_rows=min_rows, unannotated=unannotated
    )
    warn_of_unscored(scores)
    return scores.balanced_accuracy


def region_balanced_accuracy_scorer(
    estimator: Any,  # noqa: ANN401 - a fitted classifier or pipeline
    X: Any,  # noqa: ANN401 - Patches or rows
    y: ArrayLike,
) -> float:
    """Score a fitted classifier by the mean recall of the regions it knows.

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
        See `region_balanced_accuracy_score`.

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
    >>> from sklearn_microarch.metrics import region_balanced_accuracy_scorer
    >>> X, y = [[0], [1], [2]], ["CTX", "CTX", "VP"]
    >>> classifier = DummyClassifier(strategy="most_frequent").fit(X, y)
    >>> region_balanced_accuracy_scorer(classifier, X, y)
    0.5
    """
    scores = scores_of(estimator, X, y)
    warn_of_unscored(scores)
    return scores.balanced_accuracy
