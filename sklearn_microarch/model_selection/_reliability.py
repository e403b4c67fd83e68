"""A reliability curve, and what it says in figures."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.model_selection._decimals import decimals
from sklearn_microarch.model_selection._format_table import format_table


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
