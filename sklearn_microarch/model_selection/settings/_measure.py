"""Measures of settings, each as a curve with intervals over blocks of tissue."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.clustering.stability._agreement_of_halves import (
    agreement_of_halves,
)
from sklearn_microarch.model_selection.settings._folds import BlockedRows, interval
from sklearn_microarch.model_selection.settings._found_again import (
    factors_found_again,
)
from sklearn_microarch.model_selection.settings._held_out import (
    fit_factors,
    held_out_densities,
    hidden_errors,
    mark_regions,
)
from sklearn_microarch.model_selection.settings._localization import (
    resampled_localization,
)
from sklearn_microarch.model_selection.settings._recommendation import MeasuredCurve


@dataclass(frozen=True, eq=False)
class Bench:
    """Rows, where they lie, and how often things are repeated."""

    X: NDArray[np.float64]  # (n, d), at most 1
    codes: NDArray[np.int64]  # (n,), -1 for no region
    tissue: BlockedRows
    n_halvings: int
    n_resamples: int
    confidence: float
    seed: int

    def held_out_error(self, numbers: NDArray[np.int64]) -> MeasuredCurve:
        """Return the share of the hidden squares that each number of factors misses."""
        # The same features are hidden for every number.
        missed = [
            hidden_errors(self.X, int(k), self.tissue, self._rng()) for k in numbers
        ]
        return self._compare(self._ratios(np.column_stack(missed)), lower=True)

    def beats_shuffled(self, k: int, high: float) -> bool:
        """Tell whether shuffled features are predicted worse than to an error."""
        rng = self._rng()
        shuffled = np.column_stack([rng.permutation(column) for column in self.X.T])
        missed = hidden_errors(shuffled, k, self.tissue, rng)
        ratios = self._ratios(missed[:, np.newaxis])
        low, _ = interval(ratios, self.confidence)
        return bool(high < low[0])

    def factors_again(self, numbers: NDArray[np.int64]) -> MeasuredCurve:
        """Return the share of factors that another half of the tissue gives too."""
        return _of_repetitions(
            [
                factors_found_again(
                    self.X, int(k), self.tissue, self.n_halvings, self._rng()
                )
                for k in numbers
            ]
        )

    def localization(self, settings: Sequence[tuple[int, float]]) -> MeasuredCurve:
        """Return how well factors mark regions, for each (k, lambda)."""
        active = []
        for k in dict.fromkeys(k for k, _ in settings):
            lams = [lam for other, lam in settings if other == k]
            active.append(
                mark_regions(
                    self.X, self.codes, self.tissue, k=k, lams=lams, rng=self._rng()
                )
            )
        scores = resampled_localization(
            np.concatenate(active),
            self.codes,
            self.tissue,
            self.n_resamples,
            self._rng(),
        )
        return self._compare(scores, lower=False)

    def loadings(self, k: int) -> NDArray[np.floating]:
        """Return the loadings (n, k) of all rows."""
        return fit_factors(self.X, k, self._rng()).transform(self.X)

    def held_out_density(
        self, loadings: NDArray[np.floating], counts: NDArray[np.int64]
    ) -> MeasuredCurve:
        """Return minus the mean log density of held-out rows, by number of clusters."""
        found = [
            -held_out_densities(loadings, int(count), self.tissue, self._rng())
            for count in counts
        ]
        values = np.column_stack([*found, np.ones(len(loadings))])
        sums = self.tissue.resample(values, self.n_resamples, self._rng())
        return self._compare(sums[:, :-1] / sums[:, -1:], lower=True)

    def clusters_again(
        self, loadings: NDArray[np.floating], counts: NDArray[np.int64]
    ) -> MeasuredCurve:
        """Return how far clusters of both halves of the tissue agree."""
        return _of_repetitions(
            [
                agreement_of_halves(
                    loadings,
                    self.tissue.blocks,
                    GMMClusterer(int(count)),
                    self.n_halvings,
                    self._rng(),
                )
                for count in counts
            ]
        )

    def _rng(self) -> RandomState:
        return RandomState(self.seed)

    def _ratios(self, missed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return errors (n, m) over the squares of all features, resampled."""
        squares = np.square(self.X).sum(axis=1)
        sums = self.tissue.resample(
            np.column_stack([missed, squares]), self.n_resamples, self._rng()
        )
        ratios: NDArray[np.float64] = sums[:, :-1] / sums[:, -1:]
        return ratios

    def _compare(self, found: NDArray[np.float64], *, lower: bool) -> MeasuredCurve:
        """Return a curve of estimates (1 + n_resamples, n), compared with the best."""
        sign = 1.0 if lower else -1.0
        best = int((sign * found[0]).argmin())
        behind = sign * (found - found[:, best : best + 1])
        return MeasuredCurve(
            found[0],
            *interval(found, self.confidence),
            *interval(behind, self.confidence),
        )


def _of_repetitions(found: Sequence[NDArray[np.float64]]) -> MeasuredCurve:
    """Return means over repetitions (n_halvings,), and the least and the most."""
    values = np.array(found)
    unknown = np.full(len(values), np.nan)
    return MeasuredCurve(
        values.mean(axis=1), values.min(axis=1), values.max(axis=1), unknown, unknown
    )
