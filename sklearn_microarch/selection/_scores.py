"""How many samples each factor covers in each region, and leaks outside it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RegionScores:
    """Coverage, leakage and score of every factor for every region.

    Parameters
    ----------
    coverage, leakage : ndarray of shape (n_factors, n_regions), dtype float64
        Samples where the factor is active inside and outside the region, or
        their shares of the samples inside and outside.
    scores : ndarray of shape (n_factors, n_regions), dtype float64
        ``coverage - lam * leakage``.
    """

    coverage: NDArray[np.float64]
    leakage: NDArray[np.float64]
    scores: NDArray[np.float64]


def score_regions(
    active: NDArray[np.bool_],
    codes: NDArray[np.intp],
    *,
    n_regions: int,
    lam: float,
    normalize: bool,
) -> RegionScores:
    r"""Score every factor for every region.

    With :math:`A_f` the samples where factor :math:`f` is active, :math:`R_r`
    those of region :math:`r` and :math:`\bar R_r` all others, the score is
    :math:`|A_f \cap R_r| - \lambda |A_f \cap \bar R_r|`, or, normalized,
    :math:`|A_f \cap R_r| / |R_r| - \lambda |A_f \cap \bar R_r| / |\bar R_r|`.

    Parameters
    ----------
    active : ndarray of shape (n_samples, n_factors), dtype bool
        True where a factor is switched on.
    codes : ndarray of shape (n_samples,)
        Index of the region of each sample; ``n_regions`` for a sample of no
        region, which counts as leakage for every region.
    n_regions : int
        Number of regions, each with at least one sample.
    lam : float
        Price :math:`\lambda` of leakage, in coverage.
    normalize : bool
        Whether to divide by the areas inside and outside the region.

    Returns
    -------
    scores : RegionScores
    """
    # One pass for each factor, and no copy of the samples in a wider type.
    counts = [
        np.bincount(codes[on], minlength=n_regions)[:n_regions] for on in active.T
    ]
    coverage = np.array(counts, dtype=np.float64)
    leakage = active.sum(axis=0)[:, np.newaxis] - coverage
    if normalize:
        inside = np.bincount(codes, minlength=n_regions + 1)[:n_regions]
        coverage /= inside
        # A region that is everywhere has no outside, and nothing leaks there.
        leakage /= np.maximum(len(codes) - inside, 1)
    return RegionScores(coverage, leakage, coverage - lam * leakage)
