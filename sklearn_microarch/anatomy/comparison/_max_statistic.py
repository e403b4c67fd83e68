"""Permutation p values of many tests at once, corrected by the largest statistic."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy.special import stdtr

from sklearn_microarch.anatomy.comparison._common_variance import CommonVariance
from sklearn_microarch.anatomy.comparison._permutations import (
    count_relabellings,
    relabel,
)
from sklearn_microarch.anatomy.comparison._prior_variance import (
    prior_freedom,
    prior_variance,
)

# Mirrored relabellings give the same statistic but for rounding.
_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class PermutationTest:
    """P values of k tests over one set of relabelled animals; NaN where not tested."""

    p_value: NDArray[np.float64]  # (k,), of each by itself
    p_corrected: NDArray[np.float64]  # (k,), of each among all
    n_permutations: int
    is_exact: bool  # all relabellings, each once


def permute(
    values: NDArray[np.float64],
    n_first: int,
    *,
    paired: bool,
    tested: NDArray[np.bool_],
    scale: NDArray[np.float64],
    n_permutations: int,
    rng: RandomState,
) -> PermutationTest:
    """Test k differences over values (n, k), those of the first group in front.

    Paired: values are differences, and ``n_first`` all n. NaN: no value; ``tested``
    (k,) tells which tests are made, ``scale`` (k,) what size each measure has.
    """
    n_second = len(values) - n_first
    every = count_relabellings(n_first, n_second, paired=paired)
    is_exact = every <= n_permutations
    labels = np.arange(len(values)) < (0 if paired else n_first)
    score = _Scores(values[:, tested] / scale[tested], labels, paired=paired)
    observed = score(labels[np.newaxis])[0]
    order = np.argsort(-observed, kind="stable")
    drawn = relabel(
        n_first,
        n_second,
        paired=paired,
        n_random=None if is_exact else n_permutations,
        rng=rng,
    )
    p_value, corrected = (np.full(len(tested), np.nan) for _ in range(2))
    p_value[tested], corrected[tested] = _p_values(
        (score(labels) for labels in drawn), observed, order, is_exact=is_exact
    )
    return PermutationTest(
        p_value, corrected, every if is_exact else n_permutations, is_exact
    )


def _p_values(
    scores: Iterable[NDArray[np.float64]],
    observed: NDArray[np.float64],
    order: NDArray[np.intp],
    *,
    is_exact: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return p values (k,), and those by the step-down maximum.

    Westfall and Young, algorithm 4.1: the i-th largest is held against the largest of
    itself and of those below it, and no p value is less than one above it.
    """
    # Among random relabellings the labels as they are count as one more.
    total, single, stepped = (0 if is_exact else 1), *np.zeros((2, len(order)))
    if not is_exact:
        single, stepped = single + 1, stepped + 1
    limit = observed * (1 - _SAME) - _SAME**2
    for score in scores:
        total += len(score)
        single += (score >= limit).sum(axis=0)
        largest = np.maximum.accumulate(score[:, order[::-1]], axis=1)[:, ::-1]
        stepped += (largest >= limit[order]).sum(axis=0)
    corrected = np.empty(len(order))
    corrected[order] = np.maximum.accumulate(stepped / total)
    return single / total, corrected


class _Scores:
    """How much labels (m, n) set animals apart in each test, (m, k): 0 not at all.

    Differences over their standard error, each group's variances being moderated by
    what all tests vary in it; as minus the logarithm of Student's p value, so that
    tests of fewer animals compare with the others.
    """

    def __init__(
        self,
        values: NDArray[np.float64],
        labels: NDArray[np.bool_],
        *,
        paired: bool,
    ) -> None:
        self.known = np.isfinite(values).astype(float)
        self.paired = paired
        self.count = self.known.sum(axis=0)
        filled = np.where(self.known > 0, values, 0.0)
        # How much tests have in common is learned from what no relabelling changes.
        centre = 0.0 if paired else filled.sum(axis=0) / np.maximum(self.count, 1)
        self.values = (filled - centre) * self.known
        self.squares = self.values**2
        freedom = np.maximum(self.count - (not paired), 1)
        variances = self.squares.sum(axis=0) / freedom
        self.prior = prior_freedom(variances, freedom)
        self.freedom = np.maximum(self.count - (1 if paired else 2) + self.prior, 1.0)
        if self.prior and paired:
            self.common = prior_variance(variances, freedom, self.prior)
        elif self.prior:
            self.common_of = CommonVariance(self.values, self.known, labels, self.prior)

    def __call__(self, labels: NDArray[np.bool_]) -> NDArray[np.float64]:
        with np.errstate(divide="ignore", invalid="ignore"):
            t = self._paired(labels) if self.paired else self._two_groups(labels)
            # No difference, and too few animals left in a group, tell nothing.
            t = np.where(np.isnan(t), 0.0, np.abs(t))
            score = -np.log(2 * stdtr(self.freedom, -t))
        return np.minimum(np.abs(score), 1e3)

    def _paired(self, labels: NDArray[np.bool_]) -> NDArray[np.float64]:
        mean = (1.0 - 2.0 * labels) @ self.values / self.count
        common = self.common if self.prior else None
        error = self._error(self.squares.sum(axis=0), mean, self.count, common)
        return mean / np.sqrt(error)

    def _two_groups(self, labels: NDArray[np.bool_]) -> NDArray[np.float64]:
        means, errors = [], []
        for here in (labels.astype(float), (~labels).astype(float)):
            count = here @ self.known
            means.append(here @ self.values / count)
            common = self.common_of(here) if self.prior else None
            errors.append(self._error(here @ self.squares, means[-1], count, common))
        return (means[1] - means[0]) / np.sqrt(errors[0] + errors[1])

    def _error(
        self,
        squares: NDArray[np.float64],
        mean: NDArray[np.float64],
        count: NDArray[np.float64],
        common: NDArray[np.float64] | None,
    ) -> NDArray[np.float64]:
        """Return squared errors of means over ``count`` animals, moderated."""
        freedom = np.where(count >= 2, count - 1, np.nan)
        variance = np.maximum(squares - count * mean**2, 0.0) / freedom
        if common is not None:
            total = freedom + self.prior
            variance = (freedom * variance + self.prior * common) / total
        return variance / count
