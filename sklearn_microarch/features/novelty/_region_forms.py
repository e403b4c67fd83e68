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
    features: NDArray[np.floating],
    codes: NDArray[np.integer],
    n_regions: int,
    main: NDArray[np.float64],
    rest: NDArray[np.float64],
) -> tuple[RegionForms, RegionForms, RegionForms]:
    """Return forms of features (n, d) in main directions, between regions, and beyond.

    ``main`` (d, m) and ``rest`` are orthonormal axes. Along the main ones each region
    has its own covariance, shrunk; so has it along the discriminant directions within,
    one less than regions: among all others, a row that lies between regions hardly
    stands out. The rest, as far as the main ones do not tell it, has a pooled one.
    """
    values = features.astype(np.float64)
    centres = np.full((n_regions, values.shape[1]), np.nan)
    for code in np.unique(codes):
        centres[code] = values[codes == code].mean(axis=0)
    between = main @ _discriminant_axes(values @ main, codes)
    beyond = _axes_beyond(values - centres[codes], main, rest)
    return (
        RegionForms(centres, _own_axes(values, codes, n_regions, main)),
        RegionForms(centres, _own_axes(values, codes, n_regions, between)),
        RegionForms(centres, np.tile(beyond, (n_regions, 1, 1))),
    )


def _own_axes(
    values: NDArray[np.float64],
    codes: NDArray[np.integer],
    n_regions: int,
    along: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return axes (n_regions, d, m) that whiten each region ``along`` axes (d, m)."""
    axes = np.zeros((n_regions, *along.shape))
    shown = values @ along
    pooled = _pooled_covariance(shown, codes)
    for code in np.unique(codes):
        here = shown[codes == code]
        within = _shrunk_covariance(here - here.mean(axis=0))
        covariance = (len(here) - 1) * within + POOLED_ROWS * pooled
        axes[code] = along @ _whitening_axes(covariance / (len(here) - 1 + POOLED_ROWS))
    return axes


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


def _axes_beyond(
    within: NDArray[np.float64],
    main: NDArray[np.float64],
    rest: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return axes (d, m) that whiten of the rest what the main axes do not tell.

    ``within`` (n, d) are differences from the regions' centres. What the main axes tell
    is predicted by ridge regression, and taken off.
    """
    n_main = main.shape[1]
    told, untold = within @ main, within @ rest
    square = told.T @ told
    ridge = 1e-3 * np.trace(square) / n_main or 1.0
    slopes = np.linalg.solve(square + ridge * np.eye(n_main), told.T @ untold)
    covariance = _shrunk_covariance(untold - told @ slopes)
    return np.asarray((rest - main @ slopes) @ _whitening_axes(covariance))


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
    if not centred.any():
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
