"""Whether a probability of 0.9 is right nine times in ten."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import brier_score_loss, log_loss
from sklearn.utils.class_weight import compute_sample_weight

from sklearn_microarch._annotation import check_roi_labels, code_labels
from sklearn_microarch._arguments._arrays import as_numbers, check_same_length
from sklearn_microarch._arguments._numbers import check_integer, check_switch
from sklearn_microarch._format_table import decimals, format_table

# More bins than rows would ever fill.
_MOST_BINS = 100_000


@dataclass(frozen=True, eq=False)
class Calibration:
    """A reliability curve, and losses of the probabilities behind it.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,)
        Ends of the bins of confidence, the largest probability of a row.
    confidence, accuracy : ndarray of shape (n_bins,)
        Mean confidence of the rows of each bin, and share of them that are right;
        NaN in an empty bin.
    weight : ndarray of shape (n_bins,)
        Share of each bin; sums to 1.
    n_rows : ndarray of shape (n_bins,), dtype int64
        Rows of each bin.
    brier_score : float
        Mean over the rows of the squared distance of probabilities and truth,
        from 0 to 2.
    log_loss : float, unit: nats
        Mean negative logarithm of the probability of the truth.
    class_balanced : bool
        Whether every region counts the same, in all of the above.

    Examples
    --------
    >>> from sklearn_microarch.metrics import calibration_report
    >>> proba = [[0.9, 0.1], [0.9, 0.1], [0.3, 0.7]]
    >>> report = calibration_report([4, 5, 5], proba, classes=[4, 5], n_bins=2)
    >>> report.n_rows.tolist(), report.accuracy[1].round(3).tolist()
    ([0, 3], 0.667)
    >>> round(report.overconfidence, 3)
    0.167
    """

    edges: NDArray[np.float64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    weight: NDArray[np.float64]
    n_rows: NDArray[np.int64]
    brier_score: float
    log_loss: float
    class_balanced: bool

    @property
    def expected_error(self) -> float:
        """Mean distance of confidence and accuracy, weighted by the bins' shares."""
        return float(np.nansum(self.weight * np.abs(self.confidence - self.accuracy)))

    @property
    def overconfidence(self) -> float:
        """Mean confidence less accuracy; positive where the classifier is too sure."""
        return float(np.nansum(self.weight * (self.confidence - self.accuracy)))

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the reliability curve as a tidy table.

        Returns
        -------
        rows : list of dict
            One for each bin, empty ones included.
        """
        return [
            {
                "from": float(self.edges[at]),
                "to": float(self.edges[at + 1]),
                "n_rows": int(self.n_rows[at]),
                "weight": float(self.weight[at]),
                "confidence": float(self.confidence[at]),
                "accuracy": float(self.accuracy[at]),
            }
            for at in range(len(self.n_rows))
        ]

    def summary(self) -> str:
        """Return the losses in words.

        Returns
        -------
        text : str
            Two lines.
        """
        kind = "every region weighs the same" if self.class_balanced else "by rows"
        return (
            f"expected calibration error {decimals(self.expected_error)}, confidence "
            f"less accuracy {self.overconfidence:+.3f},\n"
            f"Brier score {decimals(self.brier_score)}, log loss "
            f"{decimals(self.log_loss)} ({kind})"
        )

    def __str__(self) -> str:
        table = [
            {
                "confidence": f"{row['from']:.2f} to {row['to']:.2f}",
                "rows": row["n_rows"],
                "mean": decimals(row["confidence"]),
                "accuracy": decimals(row["accuracy"]),
            }
            for row in self.to_rows()
            if row["n_rows"]
        ]
        return f"{format_table(table)}\n{self.summary()}"


def calibration_report(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    classes: ArrayLike,
    n_bins: int = 10,
    class_balanced: bool = False,
    unannotated: int | str | None = None,
) -> Calibration:
    """Compare the probability of the predicted region with how often it is right.

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
    calibration : Calibration
        Points of the curve and losses; prints as a table.

    Raises
    ------
    TypeError
        If ``n_bins`` is no integer, ``class_balanced`` no bool, probabilities are no
        real numbers, or names are compared with numbers.
    ValueError
        If ``n_bins`` is less than 1, shapes do not fit, a row does not hold
        probabilities, a class occurs twice, a label is none of ``classes``, or no
        row is annotated.

    See Also
    --------
    sklearn.calibration.calibration_curve : The same points, without weights.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern
       neural networks", ICML, 2017.

    Examples
    --------
    >>> from sklearn_microarch.metrics import calibration_report
    >>> proba = [[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.3, 0.7]]
    >>> y_true = ["CTX", "CTX", "CTX", "VP"]
    >>> print(calibration_report(y_true, proba, classes=["CTX", "VP"]))
    confidence    rows  mean   accuracy
    0.60 to 0.70     2  0.700  0.500
    0.80 to 0.90     2  0.900  1.000
    expected calibration error 0.150, confidence less accuracy +0.050,
    Brier score 0.300, log loss 0.443 (by rows)
    """
    n_bins = check_integer("n_bins", n_bins, minimum=1, maximum=_MOST_BINS)
    class_balanced = check_switch("class_balanced", class_balanced)
    proba, columns = _check_rows(y_true, y_proba, classes, unannotated)
    weights = compute_sample_weight("balanced" if class_balanced else None, columns)
    weights = weights / weights.sum()
    confidence = proba.max(axis=1)
    right = proba.argmax(axis=1) == columns
    edges = np.linspace(0, 1, n_bins + 1)
    at = np.searchsorted(edges[1:-1], confidence)

    def by_bin(values: NDArray) -> NDArray[np.float64]:
        """Return sums (n_bins,) over the rows of each bin."""
        return np.bincount(at, values, minlength=n_bins).astype(np.float64)

    share = by_bin(weights)
    with np.errstate(invalid="ignore"):
        mean_confidence = by_bin(weights * confidence) / share
        accuracy = by_bin(weights * right) / share
    truth = {"labels": np.arange(proba.shape[1]), "sample_weight": weights}
    return Calibration(
        edges=edges,
        confidence=mean_confidence,
        accuracy=accuracy,
        weight=share,
        n_rows=np.bincount(at, minlength=n_bins),
        brier_score=brier_score_loss(columns, proba, scale_by_half=False, **truth),
        log_loss=log_loss(columns, proba, **truth),
        class_balanced=class_balanced,
    )


def _check_rows(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    classes: ArrayLike,
    unannotated: int | str | None,
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the annotated rows' probabilities, and the column of each one's label."""
    names = check_roi_labels(classes, name="classes")
    proba = as_numbers("y_proba", y_proba, ndim=2).astype(np.float64)
    if len(names) < 2 or proba.shape[1] != len(names):
        raise ValueError(
            f"y_proba has {proba.shape[1]} columns for the classes {names.tolist()}; "
            "pass one column for each of at least two classes."
        )
    if len(np.unique(names)) < len(names):
        raise ValueError(f"classes={names.tolist()} holds a class more than once.")
    coded = code_labels(
        y_true, names, unannotated=unannotated, name="y_true", regions_name="classes"
    )
    check_same_length(y_true=coded.codes, y_proba=proba)
    if proba.min() < 0 or not np.allclose(proba.sum(axis=1), 1, atol=1e-3):
        raise ValueError("y_proba must hold probabilities: rows >= 0 that sum to 1.")
    # Columns need not be sorted, and regions are.
    order = np.argsort(names)
    column = order[np.searchsorted(names, coded.regions, sorter=order)]
    proba = proba[coded.annotated]
    # Single precision leaves sums a little off 1.
    return proba / proba.sum(axis=1, keepdims=True), column[coded.region_codes]
