"""How well factors mark regions on rows that chose neither factor nor threshold."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import check_roi_labels, code_labels
from sklearn_microarch._arguments._arrays import as_array, as_numbers
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch._walk import rows_out_of_selection


def factor_localization_score(
    loadings: ArrayLike,
    labels: ArrayLike,
    matched_rois: ArrayLike,
    *,
    threshold: float | ArrayLike = 0.0,
    unannotated: int | str | None = None,
) -> float:
    r"""Mean agreement of matched factors with their regions, corrected for chance.

    For a region of share :math:`q` of the annotated rows and its factor, active
    in a share :math:`a` of them,

    .. math:: s = \frac{J - J_0}{1 - J_0}, \qquad J_0 = \frac{a q}{a + q - a q} ,

    where :math:`J` is the intersection over union of the active rows and the
    region, and :math:`J_0` what an independent factor as active would get. The
    score is the mean over *all* annotated regions; a region without a factor
    scores 0, as chance does, so that it pays neither to leave regions out nor
    to offer many factors.

    Parameters
    ----------
    loadings : array-like of shape (n_samples, n_selected)
        Selected factors, on rows held out of the fit.
    labels : array-like of shape (n_samples,)
        Region of each row.
    matched_rois : array-like of shape (n_selected,)
        Region matched to each factor, on training rows.
    threshold : float or array-like of shape (n_selected,), default=0.0
        Loading above which a factor is active, fixed on training rows.
    unannotated : int, str or None, default=None
        Label of rows to leave out.

    Returns
    -------
    score : float
        1 for perfect agreement, about 0 for random loadings, whatever their
        number.

    Raises
    ------
    TypeError
        If loadings or thresholds are no real numbers, or labels mix types.
    ValueError
        If shapes do not fit, loadings or thresholds are not finite, no row is
        annotated, or no matched region occurs in the labels.

    Notes
    -----
    The score is high for any network that separates the labels: it says how
    well factors restate the annotation, and nothing of what they discover
    inside or beyond it.

    Choosing factors or thresholds on the very rows scored here favours many
    factors; the correction assumes that they were chosen on other rows.

    Examples
    --------
    >>> from sklearn_microarch.metrics import factor_localization_score
    >>> loadings = [[2.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 3.0]]
    >>> factor_localization_score(loadings, ["VP", "VP", "CTX", "CTX"], ["VP", "CTX"])
    1.0
    """
    values = as_numbers("loadings", loadings, ndim=2)
    coded = code_labels(labels, unannotated=unannotated, name="labels")
    regions = coded.labels
    matched = check_roi_labels(matched_rois, name="matched_rois")
    if values.shape != (len(regions), len(matched)):
        raise ValueError(
            f"loadings has shape {values.shape}, but there are {len(regions)} labels "
            f"and {len(matched)} matched_rois; it must be (n_samples, n_selected)."
        )
    limits = _check_thresholds(threshold, len(matched))
    if len(matched) and not np.isin(matched, coded.regions).any():
        raise ValueError(
            f"matched_rois {matched.tolist()} and labels {coded.regions.tolist()} have "
            "no region in common; use the same codes or names for both."
        )
    active = (values > limits)[coded.annotated]
    regions = regions[coded.annotated]
    scores = []
    for region in coded.regions:
        columns = np.flatnonzero(matched == region)
        inside = regions == region
        if len(columns):
            scores.append(_corrected_iou(active[:, columns[0]], inside))
        else:
            scores.append(0.0)
    return float(np.mean(scores))


def _check_thresholds(threshold: float | ArrayLike, n_selected: int) -> NDArray:
    """Return thresholds of shape () or (n_selected,)."""
    given = as_array("threshold", threshold)
    limits = as_numbers("threshold", given, ndim=given.ndim, finite=False)
    if limits.shape not in ((), (n_selected,)) or not np.isfinite(limits).all():
        raise ValueError(
            f"threshold={shown(threshold)} must be a finite number, or one for each of "
            f"the {n_selected} matched_rois."
        )
    return limits.astype(np.float64)


def _corrected_iou(active: NDArray[np.bool_], inside: NDArray[np.bool_]) -> float:
    """Return the agreement of two sets of rows (n,), less that by chance."""
    union = (active | inside).mean()
    observed = (active & inside).mean() / union
    a, q = active.mean(), inside.mean()
    expected = a * q / (a + q - a * q)
    # Only where factor and region both fill all rows is there nothing to tell.
    return float((observed - expected) / (1 - expected)) if expected < 1 else 0.0


def factor_localization_scorer(
    estimator: Any,  # noqa: ANN401 - a fitted pipeline
    X: Any,  # noqa: ANN401 - Patches or rows
    y: ArrayLike,
) -> float:
    """Score a fitted pipeline's selected factors on held-out rows.

    For ``scoring=`` in a search over ``nmf__n_components`` and ``select__lam``.
    Factors were matched to regions, and their thresholds chosen, on the rows the
    pipeline was fitted on.

    Parameters
    ----------
    estimator : Pipeline
        Fitted, with a `CoverageLeakageSelector` among its steps, also within a
        pipeline that is a step or frozen.
    X : Patches or array-like
        Held-out rows, as for the pipeline.
    y : array-like of shape (n,)
        Regions; rows the selector takes as unannotated are left out.

    Returns
    -------
    score : float
        See `factor_localization_score`, whose notes say what it does not tell.

    Raises
    ------
    ValueError
        If the estimator has no `CoverageLeakageSelector` as a step.

    Examples
    --------
    >>> from sklearn_microarch import CoverageLeakageSelector
    >>> from sklearn_microarch.metrics import factor_localization_scorer
    >>> loadings = [[2.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 3.0]]
    >>> regions = ["VP", "VP", "CTX", "CTX"]
    >>> selector = CoverageLeakageSelector().fit(loadings, regions)
    >>> factor_localization_scorer(selector, loadings, regions)
    1.0
    """
    found = rows_out_of_selection(estimator, X)
    if found is not None:
        selection, factors = found
        return factor_localization_score(
            factors,
            code_labels(y, unannotated=selection.unannotated, name="y").labels,
            selection.matched_rois_,
            threshold=selection.iou_thresholds_,
            unannotated=selection.unannotated,
        )
    raise ValueError(
        f"estimator: {type(estimator).__name__} has no CoverageLeakageSelector as a "
        "step, so there are no matched factors to score; add one, or another scorer."
    )
