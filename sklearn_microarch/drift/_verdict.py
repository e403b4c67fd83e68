"""From indicators to a word, and a sentence that says what moved and what to do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.drift._appearance import APPEARANCE
from sklearn_microarch.drift._baseline import MEASURES, Comparison
from sklearn_microarch.drift._fit_drift_reference import DriftReference

_WORDS = {
    "feature_shift": "the features moved",
    "share_outside_support": "rows lie outside of the support",
    "feature_spread": "the features spread otherwise around their centres",
}
# (when lower, when higher, what to do)
_LOOKS = {
    "grey level": ("darker", "brighter", "scale its grey levels to the reference's"),
    "contrast": (
        "lower in contrast",
        "higher in contrast",
        "scale its grey levels to the reference's",
    ),
    "sharpness": (
        "blurrier or of larger structures",
        "sharper, noisier or of smaller structures",
        "check focus, filters and pixel size",
    ),
}
# A slice of which more lies outside of the support is unlike the reference.
MOST_OUTSIDE = 0.5
# A look is named when it changed by more standard deviations of the null.
_TELLING = 3.0


@dataclass(frozen=True)
class Indicator:
    """One measure of drift.

    Parameters
    ----------
    value : float
        Of the new slice.
    usual : float
        Median over parts of the reference, each compared with the rest.
    limit : float
        What nearly all parts of the reference stay below, in all indicators at
        the same time.

    Examples
    --------
    >>> from sklearn_microarch.drift import Indicator
    >>> Indicator(value=3.0, usual=1.0, limit=2.0).excess
    2.0
    """

    value: float
    usual: float
    limit: float

    @property
    def excess(self) -> float:
        """How far beyond the usual, in units of the limit; alarm above 1."""
        return (self.value - self.usual) / (self.limit - self.usual)


def reach_verdict(
    indicators: dict[str, Indicator],
    comparison: Comparison,
    reference: DriftReference,
    *,
    n_outside: NDArray[np.number],
    n_grey_levels: int,
) -> tuple[str, str]:
    """Return "same", "shifted" or "unlike", and a sentence.

    `n_outside` (n_regions,) are rows outside of the support by predicted region.
    """
    worst = max(indicators, key=lambda name: indicators[name].excess)
    looks, remedies = _changed_looks(comparison, reference)
    if n_grey_levels < reference.n_grey_levels / 2:
        looks.append(
            f"of {n_grey_levels} grey levels instead of {reference.n_grey_levels}"
        )
        remedies.append("use the raw data, not a picture of it")
    if indicators[worst].excess <= 1:
        seen = f" (It is {_join(looks)}, which the features tolerate.)" if looks else ""
        return "same", (
            "No indicator is beyond what parts of the reference differ by among "
            "themselves: nothing here speaks against the accuracy on held-out rows of "
            f"it, if that was measured.{seen}"
        )
    found = indicators[worst]
    moved = f"{_WORDS[worst]} ({found.value:.2f}, limit {found.limit:.2f})"
    # By how sure it is, since few blocks move far by chance.
    by_region = {
        "feature_shift": comparison.features.in_errors_by_region,
        "share_outside_support": n_outside,
    }
    where = _largest(by_region.get(worst), reference)
    look = f" The slice is {_join(looks)}." if looks else ""
    remedies = list(dict.fromkeys(remedies))
    advice = _join(remedies) if remedies else "look at outside_map()"
    outside = indicators["share_outside_support"].value
    if outside > MOST_OUTSIDE:
        return "unlike", (
            f"{outside:.0%} of the rows lie outside of what the pipeline knows; most "
            f"of all, {moved}{where}.{look} Do not trust its maps: {advice}, or train "
            "on a slice of this kind."
        )
    return "shifted", (
        f"Most of all, {moved}{where}.{look} Expect lower accuracy: {advice}, and "
        "check the maps against a few annotated places."
    )


def _changed_looks(
    comparison: Comparison, reference: DriftReference
) -> tuple[list[str], list[str]]:
    """Return how the slice looks otherwise, and what to do about it."""
    looks, remedies = [], []
    for name in APPEARANCE:
        at = MEASURES.index(name)
        null = reference.null.in_errors[:, at]
        spread = max(float(null.std()), float(np.finfo(np.float32).tiny))
        change = (comparison.in_errors[at] - float(np.median(null))) / spread
        if abs(change) > _TELLING:
            lower, higher, remedy = _LOOKS[name]
            looks.append(lower if change < 0 else higher)
            remedies.append(remedy)
    return looks, remedies


def _largest(by_region: NDArray[np.number] | None, reference: DriftReference) -> str:
    """Return in words which region has the largest value (n_regions,)."""
    if by_region is None or not np.isfinite(by_region).any():
        return ""
    name = reference.region_names[int(np.nanargmax(by_region))]
    return f", most in {name}"


def _join(parts: list[str]) -> str:
    """Return parts of a sentence as one."""
    return " and ".join(parts)
