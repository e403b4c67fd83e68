"""Say which regions got a factor that does not mark them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import UnmatchedRegionsWarning
from sklearn_microarch.selection._evidence import Evidence


def find_unmatched_regions(
    evidence: Evidence, support: NDArray[np.bool_], matched_rois: NDArray
) -> dict[int | str, str]:
    """Return regions whose factor is active in them no more than outside, and why.

    The matching gives every region a factor, also where none is left that fits it,
    or where the score prefers one that is hardly active at all. `matched_rois` is in
    the order of the factors in `support` (n_factors,).
    """
    factors = np.flatnonzero(support)
    regions = np.searchsorted(evidence.rois, matched_rois)
    more = evidence.inside - evidence.outside
    found = {}
    for factor, region in zip(factors, regions, strict=True):
        if more[factor, region] > 0:
            continue
        said = _activity(evidence, factor, region)
        free = np.where(support, -np.inf, more[:, region])
        if free.max() > 0:
            said += f"; not chosen: {_activity(evidence, free.argmax(), region)}"
        found[evidence.rois[region].item()] = said
    return found


def warn_of_unmatched_regions(
    unmatched: Mapping[int | str, str], *, normalize: bool, attribute: str
) -> None:
    """Warn of regions in words that are the same whenever these regions are.

    A search fits many selectors: what differs between them is left to the attribute,
    so that Python shows one warning for all. There is no use in advising `normalize`
    where it is set.
    """
    if not unmatched:
        return
    remedy = "" if normalize else " normalize=True compares shares, not counts."
    warn_user(
        "The factor chosen does not mark its region, and its map does not show it: "
        f"{', '.join(map(str, unmatched))}.{remedy} More factors may separate such "
        f"regions; {attribute} says where their factors are active.",
        UnmatchedRegionsWarning,
    )


def _activity(evidence: Evidence, factor: np.intp, region: np.intp) -> str:
    return (
        f"factor {factor} is active in {evidence.inside[factor, region]:.0%} of it and "
        f"{evidence.outside[factor, region]:.0%} of the rest"
    )
