"""Where the features of each region lie, and how they vary there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf

# Rows that the covariance pooled over the regions counts for beside a region's own.
POOLED_ROWS = 10


@dataclass(frozen=True, eq=False)
class RegionForms:
    """The centre of each region, and axes along which it varies by 1."""

    centres: NDArray[np.float64]  # (n_regions, d), NaN for a region without rows
    axes: NDArray[np.float64]  # (n_regions, d, n_axes)

    def distances(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the distance (n, n_regions) of features (n, d) to each region."""
        found = np.full((len(features), len(self.centres)), np.inf)
        for at in np.flatnonzero(~np.isnan(self.centres[:, 0])):
            moved = (features - self.centres[at]) @ self.axes[at]
            found[:, at] = np.sqrt(np.square(moved).sum(axis=1))
        return found


def fit_region_forms(
    features: NDArray[np.floating], codes: NDArray[np.integer], n_regions: int
) -> tuple[RegionForms, RegionForms]:
    """Return forms of all features (n, d), and of what tells the regions apart.

    The second looks at the discriminant directions alone, one less than regions: among
    all the others, a row that lies between the regions hardly stands out. Covariances
    are those of each region, shrunk.
    """
    values = features.astype(np.float64)
    return (
        _forms(values, codes, n_regions, np.eye(values.shape[1])),
        _forms(values, codes, n_regions, _discriminant_axes(values, codes)),
    )


def _forms(
    values: NDArray[np.float64],
    codes: NDArray[np.integer],
    n_regions: int,
    seen: NDArray[np.float64],
) -> RegionForms:
    """Return forms of what values (n, d) are along the axes ``seen`` (d, n_axes)."""
    n_features, n_axes = seen.shape
    centres = np.full((n_regions, n_features), np.nan)
    axes = np.zeros((n_regions, n_features, n_axes))
    shown = values @ seen
    pooled = _pooled_covariance(shown, codes)
    for code in np.unique(codes):
        here = codes == code
        centres[code] = values[here].mean(axis=0)
        own = int(here.sum()) - 1
        covariance = POOLED_ROWS * pooled
        if own:
            within = shown[here] - shown[here].mean(axis=0)
            covariance = covariance + own * _shrunk_covariance(within)
        covariance = covariance / (own + POOLED_ROWS)
        axes[code] = seen @ _whitening_axes(covariance)
    return RegionForms(centres, axes)


def _discriminant_axes(
    values: NDArray[np.float64], codes: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return axes (d, m) that the regions' centres differ along, m < n_regions."""
    axes = _whitening_axes(_pooled_covariance(values, codes))
    white = values @ axes
    centres = np.stack([white[codes == code].mean(axis=0) for code in np.unique(codes)])
    _, lengths, directions = np.linalg.svd(
        centres - centres.mean(axis=0), full_matrices=False
    )
    return np.asarray(axes @ directions[lengths > 1e-6 * (lengths[0] or 1.0)].T)


def _pooled_covariance(
    values: NDArray[np.float64], codes: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return the covariance within regions; of all rows where nothing varies there."""
    within = values.copy()
    for code in np.unique(codes):
        within[codes == code] -= within[codes == code].mean(axis=0)
    covariance = _shrunk_covariance(within)
    if not np.trace(covariance) > 0:
        covariance = _shrunk_covariance(values - values.mean(axis=0))
    return covariance


def _shrunk_covariance(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    # O. Ledoit and M. Wolf, "A well-conditioned estimator for large-dimensional
    # covariance matrices", Journal of Multivariate Analysis 88(2), 2004.
    if not centred.any() or not centred.shape[1]:
        return np.zeros((centred.shape[1], centred.shape[1]))
    covariance, _ = ledoit_wolf(centred, assume_centered=True)
    return np.asarray(covariance)


def _whitening_axes(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return axes (d, d) along which a covariance is 1; as they are where it is 0."""
    variances, directions = np.linalg.eigh(covariance)
    floor = 1e-9 * variances.max(initial=0.0)
    return np.asarray(
        directions / np.sqrt(np.maximum(variances, floor)) if floor > 0 else directions
    )
