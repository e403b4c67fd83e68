"""How far probabilities are from the share of rows that are right, in one figure."""

from numpy.typing import ArrayLike

from sklearn_microarch.metrics._calibration_report import calibration_report


def expected_calibration_error(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    classes: ArrayLike,
    n_bins: int = 10,
    class_balanced: bool = False,
    unannotated: int | str | None = None,
) -> float:
    """Mean distance of confidence and accuracy over bins of confidence.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        Region of each row.
    y_proba : array-like of shape (n_samples, n_classes)
        Probabilities; each row sums to 1.
    classes : array-like of shape (n_classes,)
        Region of each column, at least two: a classifier's ``classes_``.
    n_bins : int, default=10
        Bins of confidence, of equal width from 0 to 1.
    class_balanced : bool, default=False
        Weight rows so that every region that occurs counts the same.
    unannotated : int, str or None, default=None
        Label of rows to leave out.

    Returns
    -------
    error : float
        From 0 to 1; lower is better.

    Raises
    ------
    TypeError, ValueError
        As `calibration_report`.

    Examples
    --------
    >>> from sklearn_microarch.metrics import expected_calibration_error
    >>> expected_calibration_error([1, 2], [[1.0, 0.0], [0.0, 1.0]], classes=[1, 2])
    0.0
    """
    return calibration_report(
        y_true,
        y_proba,
        classes=classes,
        n_bins=n_bins,
        class_balanced=class_balanced,
        unannotated=unannotated,
    ).expected_error
