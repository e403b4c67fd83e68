"""How much of the features' variance is linear in other columns of the same rows."""

import numpy as np

from sklearn_microarch.features.report._moments import Moments

# With fewer rows, even logits drawn at random explain a tenth and more.
ROWS_PER_LOGIT = 10

# Features that vary by less than a millionth of their size do not vary.
_NEGLIGIBLE = 1e-12

# Directions of the logits with a smaller share of their variance are rounding.
_RANK_TOL = 1e-10


def variance(moments: Moments, n_features: int) -> float:
    """Return the summed variance of the features, the first columns; NaN for no row."""
    if not moments.n_rows:
        return np.nan
    scatter = moments.scatter[:n_features, :n_features]
    return float(np.trace(scatter) / moments.n_rows)


def is_constant(moments: Moments, n_features: int) -> bool:
    """Return whether the features, the first columns, vary by rounding only."""
    size = float((moments.mean[:n_features] ** 2).sum())
    return variance(moments, n_features) <= _NEGLIGIBLE * size


def explained_share(moments: Moments, n_features: int) -> float:
    """Return the share of the features' variance explained by linear least squares.

    The first ``n_features`` columns are the features, the others the logits, which may
    depend on each other. From 0 to 1; 1 for features that do not vary.
    """
    if is_constant(moments, n_features):
        return 1.0
    scatter = moments.scatter
    spread, axes = np.linalg.eigh(scatter[n_features:, n_features:])
    used = spread > _RANK_TOL * spread[-1]
    relation = axes[:, used].T @ scatter[n_features:, :n_features]
    explained = (relation**2 / spread[used, np.newaxis]).sum()
    return float(min(explained / np.trace(scatter[:n_features, :n_features]), 1.0))
