"""How much animals of a group vary in all tests together, whatever differs there."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.anatomy.comparison._prior_variance import prior_variance

# What is left of values of size 1 by rounding is no variance.
_ROUNDING = 1e-12


class CommonVariance:
    """The variance that tests have in common, of groups however they are relabelled.

    It is learned from values (n, k) less the mean of their group as labelled (n,). A
    difference that is there would else raise it in every relabelling but the present
    one, and tests without a difference would seem clear just there.
    """

    def __init__(
        self,
        values: NDArray[np.float64],
        known: NDArray[np.float64],
        labels: NDArray[np.bool_],
        prior: float,
    ) -> None:
        self.known, self.prior = known, prior
        self.group = labels.astype(float)[:, np.newaxis]
        rest = np.zeros_like(values)
        for here in (self.group, 1 - self.group):
            count = np.maximum((here * known).sum(axis=0), 1)
            rest += here * known * (values - (here * values).sum(axis=0) / count)
        self.rest = np.where(np.abs(rest) > _ROUNDING, rest, 0.0)

    def __call__(self, here: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the variance (m, 1) of groups (m, n) of animals, 1 where in it."""
        count = here @ self.known
        with np.errstate(divide="ignore", invalid="ignore"):
            total = here @ self.rest**2 - (here @ self.rest) ** 2 / count
            expected = self._expected(here, count)
            known = (count >= 2) & (expected > 0)
            variance = np.where(known, np.maximum(total, 0.0) / expected, np.nan)
            freedom = np.where(known, count - 1, np.nan)
        return prior_variance(variance, freedom, self.prior)

    def _expected(
        self, here: NDArray[np.float64], count: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the squares (m, k) to expect of a variance of 1, means taken away."""
        expected, of_mean = np.zeros_like(count), np.zeros_like(count)
        for own in (self.group * self.known, (1 - self.group) * self.known):
            taken, all_of_it = here @ own, np.maximum(own.sum(axis=0), 1)
            expected += taken * (1 - 1 / all_of_it)
            of_mean += taken * (1 - taken / all_of_it)
        return expected - of_mean / count
