"""Means and covariances of groups of rows, gathered in one pass."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Moments:
    """Number, mean and scatter of some rows; sums of two are those of the rows of both.

    By an update which, unlike raw sums of squares, loses no digits where means are
    large (T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the
    sample variance", The American Statistician 37(3), 1983).
    """

    n_rows: int
    mean: NDArray[np.float64]  # (n_columns,)
    # (n_columns, n_columns), inner products of the columns less their means
    scatter: NDArray[np.float64]

    def __add__(self, other: "Moments") -> "Moments":
        n_rows = self.n_rows + other.n_rows
        if not n_rows:
            return self
        share = other.n_rows / n_rows
        step = other.mean - self.mean
        between = np.outer(step, step) * (self.n_rows * share)
        return Moments(
            n_rows, self.mean + share * step, self.scatter + other.scatter + between
        )


def no_moments(n_columns: int) -> Moments:
    """Return the moments of no rows."""
    return Moments(0, np.zeros(n_columns), np.zeros((n_columns, n_columns)))


def moments_of(rows: NDArray[np.float64]) -> Moments:
    """Return the moments of a batch of rows, at least one."""
    mean = rows.mean(axis=0)
    centred = rows - mean
    return Moments(len(rows), mean, centred.T @ centred)


def grouped_moments(
    rows: NDArray[np.float64], codes: NDArray[np.integer], n_groups: int
) -> list[Moments]:
    """Return the moments of each group, also where it has no row.

    ``codes`` (n_rows,) are the groups of the rows (n_rows, n_columns), from 0.
    """
    counts = np.bincount(codes, minlength=n_groups)
    # One sort instead of one mask for each group.
    parts = np.split(rows[np.argsort(codes, kind="stable")], counts.cumsum()[:-1])
    return [
        moments_of(part) if len(part) else no_moments(rows.shape[1]) for part in parts
    ]
