"""How far the features of each region have moved, in what blocks differ by."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf


@dataclass(frozen=True, eq=False)
class RegionCentres:
    """Where the cells of each region lie, and how much cells differ.

    Parameters
    ----------
    centres : ndarray of shape (n_regions, n_columns)
        Mean over the cells of each region; NaN where it has none.
    axes : ndarray of shape (n_columns, n_columns)
        Turns a difference into standard deviations between cells of a region.
    counts : ndarray of shape (n_regions,), dtype int
        Cells of each region.
    """

    centres: NDArray[np.float64]
    axes: NDArray[np.float64]
    counts: NDArray[np.int64]

    def compare(
        self, means: NDArray[np.float64], codes: NDArray[np.integer]
    ) -> "Shift":
        r"""Return how far the regions of some cells have moved.

        With :math:`\delta_r` the difference between the mean of the m cells of
        region r and that of the n cells of the reference,

        .. math:: t^2 = \frac{1}{R d} \sum_r \frac{m_r n_r}{m_r + n_r}
            \delta_r^T \Sigma^{-1} \delta_r ,

        Hotelling's statistic over R regions and d columns, is about 1 for
        independent cells of one kind, however many there are.

        Parameters
        ----------
        means : ndarray of shape (n_cells, n_columns)
        codes : ndarray of shape (n_cells,), dtype int

        Returns
        -------
        shift : Shift
        """
        n_regions = len(self.counts)
        counts = np.bincount(codes, minlength=n_regions)
        shared = np.flatnonzero((counts > 0) & (self.counts > 0))
        moved = np.full(self.centres.shape, np.nan)
        for code in shared:
            moved[code] = means[codes == code].mean(axis=0) - self.centres[code]
        weights = counts * self.counts / np.maximum(counts + self.counts, 1)
        by_region = np.sqrt(((moved @ self.axes) ** 2).mean(axis=1))
        errors = weights[shared] @ by_region[shared] ** 2 / max(len(shared), 1)
        common = weights[shared] @ moved[shared] / max(weights[shared].sum(), 1)
        return Shift(
            float(np.sqrt(errors)),
            by_region,
            np.sqrt(weights) * by_region,
            common,
            float(weights[shared].sum()),
        )


@dataclass(frozen=True, eq=False)
class Shift:
    """How far some cells are from where cells of their regions lie.

    Parameters
    ----------
    in_errors : float
        In standard errors, over all regions; 0 without a shared region.
    by_region : ndarray of shape (n_regions,)
        In standard deviations between cells; NaN for regions without cells on
        either side.
    in_errors_by_region : ndarray of shape (n_regions,)
        The same in standard errors, about 1 by chance, however few the cells.
    common : ndarray of shape (n_columns,)
        Mean difference over regions, in the unit of the columns.
    weight : float
        Number of cells that ``common`` is as exact as.
    """

    in_errors: float
    by_region: NDArray[np.float64]
    in_errors_by_region: NDArray[np.float64]
    common: NDArray[np.float64]
    weight: float


def fit_region_centres(
    means: NDArray[np.float64], codes: NDArray[np.integer], n_regions: int
) -> RegionCentres:
    """Learn the centre of each region and the spread of cells around it.

    Parameters
    ----------
    means : ndarray of shape (n_cells, n_columns)
    codes : ndarray of shape (n_cells,), dtype int
    n_regions : int

    Returns
    -------
    centres : RegionCentres
        The spread is pooled over regions and shrunk [1]_, since cells are few.

    References
    ----------
    .. [1] O. Ledoit and M. Wolf, "A well-conditioned estimator for
       large-dimensional covariance matrices", Journal of Multivariate Analysis
       88(2), 2004. :doi:`10.1016/S0047-259X(03)00096-4`
    """
    centres = np.full((n_regions, means.shape[1]), np.nan)
    for code in np.unique(codes):
        centres[code] = means[codes == code].mean(axis=0)
    covariance, _ = ledoit_wolf(means - centres[codes], assume_centered=True)
    variances, directions = np.linalg.eigh(covariance)
    # What does not vary has rounding errors, which are not to be counted as shifts.
    rounding = (1e-9 * np.abs(means).max()) ** 2
    floor = max(variances[-1] * 1e-9, rounding, np.finfo(float).tiny)
    axes = directions / np.sqrt(np.maximum(variances, floor))
    return RegionCentres(centres, axes, np.bincount(codes, minlength=n_regions))
