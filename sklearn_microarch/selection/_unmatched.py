"""Say which regions got a factor that does not mark them."""

import warnings

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.exceptions import UnmatchedRegionsWarning
from sklearn_microarch.selection._evidence import Evidence


def warn_of_unmatched_regions(
    evidence: Evidence, support: NDArray[np.bool_], matched_rois: NDArray
) -> None:
    """Warn of regions whose factor is active in them no more than outside.

    The matching gives every region a factor, also where none is left that fits it.

    Parameters
    ----------
    evidence : Evidence
    support : ndarray of shape (n_factors,), dtype bool
        Mask of the chosen factors.
    matched_rois : ndarray of shape (n_selected,)
        Region of each chosen factor, in the order of the factors.
    """
    factors = np.flatnonzero(support)
    regions = np.searchsorted(evidence.rois, matched_rois)
    found = [
        f"{evidence.rois[region]!s} (factor {factor} is active in "
        f"{evidence.inside[factor, region]:.0%} of it, and in "
        f"{evidence.outside[factor, region]:.0%} of the rest)"
        for factor, region in zip(factors, regions, strict=True)
        if evidence.inside[factor, region] <= evidence.outside[factor, region]
    ]
    if found:
        warnings.warn(
            f"No factor that was free marks {', '.join(found)}. The map of such a "
            "factor does not show its region. normalize=True lets small regions "
            "count as much as large ones; more factors may separate them.",
            UnmatchedRegionsWarning,
            stacklevel=3,
        )
