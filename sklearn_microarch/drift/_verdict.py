"""From indicators to a word, and sentences that say what moved and what mends it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.drift._appearance import APPEARANCE
from sklearn_microarch.drift._drift_reference import DriftReference
from sklearn_microarch.drift._indicator import Indicator
from sklearn_microarch.drift.blocks._baseline import MEASURES, Comparison
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._resample import same_pixel_size

_WORDS = {
    "feature_shift": "the features moved",
    "share_outside_support": "rows lie outside of the support",
    "feature_spread": "the features spread otherwise around their centres",
}
# What to say of a slice when a look is lower, and when it is higher.
_LOOKS = {
    "grey level": ("darker", "brighter"),
    "contrast": ("lower in contrast", "higher in contrast"),
    "sharpness": (
        "blurrier, or its structures are larger",
        "sharper or noisier, or its structures are smaller",
    ),
}
# A slice of which more lies outside of the support is unlike the reference.
MOST_OUTSIDE = 0.5
# A look is named when it changed by more standard deviations of the null.
_TELLING = 3.0
# A picture with so small a share of the reference's grey levels is no raw data.
_FEW_LEVELS = 0.5


@dataclass(frozen=True)
class SliceFacts:
    """What is known of a slice beside its rows."""

    n_grey_levels: int
    pixel_size_um: float | None  # as the slice says itself
    # Of another known pixel size than the fit, and mapped as it is.
    is_as_it_is: bool = False


def has_other_pixels(image: SliceImage, reference: DriftReference) -> bool:
    """Tell whether a slice has another known pixel size than that of the fit."""
    size, fitted = image.pixel_size_um, reference.pixel_size_um
    return size is not None and fitted is not None and not same_pixel_size(size, fitted)


def verdict_of(indicators: dict[str, Indicator]) -> str:
    """Return "same", "shifted" or "unlike"."""
    if max(found.excess for found in indicators.values()) <= 1:
        return "same"
    outside = indicators["share_outside_support"].value
    return "unlike" if outside > MOST_OUTSIDE else "shifted"


def put_into_words(
    indicators: dict[str, Indicator],
    comparison: Comparison,
    reference: DriftReference,
    facts: SliceFacts,
    *,
    n_outside: NDArray[np.number],
) -> str:
    """Return the verdict in sentences: what moved most, why, and what mends it.

    `n_outside` (n_regions,) are rows outside of the support by predicted region.
    """
    verdict = verdict_of(indicators)
    causes, remedies = _causes(comparison, reference, facts)
    look = f" The slice is {' and '.join(causes)}." if causes else ""
    if verdict == "same":
        seen = f"{look[:-1]}, which the features tolerate." if look else ""
        return (
            f"No indicator is beyond its limit.{seen} How good the maps are it does "
            "not say: region_report does, on rows held out of the training."
        )
    worst = max(indicators, key=lambda name: indicators[name].excess)
    found = indicators[worst]
    moved = f"{_WORDS[worst]} ({found.value:.2f}, limit {found.limit:.2f})"
    # By how sure it is, since few blocks move far by chance.
    by_region = {
        "feature_shift": comparison.features.in_errors_by_region,
        "share_outside_support": n_outside,
    }
    moved += _largest(by_region.get(worst), reference)
    mend = f" What mends it: {'; '.join(dict.fromkeys(remedies))}."
    if verdict == "unlike":
        outside = indicators["share_outside_support"].value
        return (
            f"{outside:.0%} of the rows lie outside of what the pipeline knows; most "
            f"of all, {moved}.{look} Do not trust its maps.{mend}"
        )
    return f"Most of all, {moved}.{look} Expect lower accuracy.{mend}"


def _causes(
    comparison: Comparison, reference: DriftReference, facts: SliceFacts
) -> tuple[list[str], list[str]]:
    """Return how the slice looks otherwise, and what mends each of it."""
    looks, remedies = [], []
    mends = {
        "grey level": _mend_grey_levels(reference),
        "contrast": _mend_grey_levels(reference),
        "sharpness": _mend_sharpness(facts),
    }
    for name in APPEARANCE:
        change = _telling_change(comparison, reference, MEASURES.index(name))
        if change:
            looks.append(_LOOKS[name][change > 0])
            remedies.append(mends[name])
    if facts.n_grey_levels < _FEW_LEVELS * reference.n_grey_levels:
        looks.append(
            f"of {facts.n_grey_levels} grey levels instead of {reference.n_grey_levels}"
        )
        # Contrast and sharpness follow from it.
        remedies = ["read the raw data with read_image, not a picture of it"]
    if facts.is_as_it_is:
        looks.append(
            f"of {facts.pixel_size_um:g} um a pixel instead of "
            f"{reference.pixel_size_um:g}"
        )
        remedies.append("bring it to that size: allow_pixel_size_mismatch=False")
    if not remedies:
        remedies.append(
            "none of grey level, contrast and sharpness tells the cause, so look at "
            "drift_report(pipeline, image).outside_map(), annotate such a slice in "
            "places, and fit again with PatchSampler.sample on both slices"
        )
    return looks, remedies


def _telling_change(
    comparison: Comparison, reference: DriftReference, at: int
) -> float:
    """Return the change of a measure, in deviations of the null; 0 for a usual one."""
    null = reference.null.in_errors[:, at]
    spread = max(float(null.std()), float(np.finfo(np.float32).tiny))
    change = float(comparison.in_errors[at] - np.median(null)) / spread
    return change if abs(change) > _TELLING else 0.0


def _mend_grey_levels(reference: DriftReference) -> str:
    if reference.normalization != "slice":
        return 'train with CNNFeatureExtractor(normalization="slice")'
    return (
        "its grey levels changed by more than the gain and offset that normalization="
        '"slice" takes out, so read the raw data with read_image, or train on such a '
        "slice, too"
    )


def _mend_sharpness(facts: SliceFacts) -> str:
    focus = "scan it anew in focus, without filters"
    if facts.pixel_size_um is None:
        return f"{focus}, or give its pixel size, read_image(path, pixel_size_um=...)"
    return f"{focus}, or correct its pixel size, {facts.pixel_size_um:g} um, if wrong"


def _largest(by_region: NDArray[np.number] | None, reference: DriftReference) -> str:
    """Return in words which region has the largest value (n_regions,)."""
    if by_region is None or not np.isfinite(by_region).any():
        return ""
    name = reference.region_names[int(np.nanargmax(by_region))]
    return f", most in {name}"
