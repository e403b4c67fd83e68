"""Say which regions got a factor that does not mark them."""

import warnings

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.exceptions import UnmatchedRegionsWarning
from sklearn_microarch.selection._evidence import Evidence


def warn_of_unmatched_regions(
    evidence: Evidence,
    support: NDArray[np.bool_],
    matched_rois: NDArray,
    *,
    normalize: bool,
    stacklevel: int,
) -> None:
    """Warn of regions whose factor is active in them no more than outside.

    The matching gives every region a factor, also where none is left that fits it,
    or where the score prefers one that is hardly active at all.

    Parameters
    ----------
    evidence : Evidence
    support : ndarray of shape (n_factors,), dtype bool
        Mask of the chosen factors.
    matched_rois : ndarray of shape (n_selected,)
        Region of each chosen factor, in the order of the factors.
    normalize : bool
        Whether shares were compared, so that there is no use in advising it.
    stacklevel : int
        Of the warning; 2 is the caller.
    """
    factors = np.flatnonzero(support)
    regions = np.searchsorted(evidence.rois, matched_rois)
    more = evidence.inside - evidence.outside
    found = []
    for factor, region in zip(factors, regions, strict=True):
        if more[factor, region] > 0:
            continue
        said = f"{evidence.rois[region]!s} ({_activity(evidence, factor, region)}"
        free = np.where(support, -np.inf, more[:, region])
        if free.max() > 0:
            said += f"; not chosen: {_activity(evidence, free.argmax(), region)}"
        found.append(said + ")")
    if found:
        remedy = "" if normalize else " normalize=True compares shares, not counts."
        warnings.warn(
            f"The factor chosen does not mark its region: {', '.join(found)}. Its map "
            f"does not show the region.{remedy} More factors may separate it.",
            UnmatchedRegionsWarning,
            stacklevel=stacklevel + 1,
        )


def _activity(evidence: Evidence, factor: np.intp, region: np.intp) -> str:
    return (
        f"factor {factor} is active in {evidence.inside[factor, region]:.0%} of it and "
        f"{evidence.outside[factor, region]:.0%} of the rest"
    )
