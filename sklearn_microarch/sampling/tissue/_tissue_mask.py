"""Where a slice shows tissue, by whatever rule a sampler has for it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import TissueThresholdWarning, TissueWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._lay_out import check_plane
from sklearn_microarch.sampling._resample import on_grid_of, shape_as_given
from sklearn_microarch.sampling._slices import called
from sklearn_microarch.sampling.tissue._fill_holes import fill_holes
from sklearn_microarch.sampling.tissue._grey_histogram import grey_histogram
from sklearn_microarch.sampling.tissue._learn_tissue import learn_tissue
from sklearn_microarch.sampling.tissue._packed_mask import PackedMask
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey
from sklearn_microarch.sampling.tissue._tissue_rule import (
    EVERYTHING,
    NOTHING,
    TissueRule,
)

Tissue = str | ArrayLike | Callable[[SliceImage], NDArray] | None
# Less of a slice is hardly meant.
LEAST_TISSUE = 0.005
_REMEDY = (
    "If it is not, say where tissue is: tissue=mask (True there), or tissue=None for "
    "everywhere."
)


def tissue_mask(
    image: SliceImage,
    tissue: Tissue,
    **settings: Any,  # noqa: ANN401 - those of `packed_tissue`
) -> NDArray[np.bool_]:
    """Return where (height, width) a slice shows tissue, a byte for each pixel."""
    return np.asarray(packed_tissue(image, tissue, **settings))


def packed_tissue(
    image: SliceImage,
    tissue: Tissue,
    *,
    threshold: float | None = None,
    rule: TissueRule | None = None,
    grey: SmoothedGrey | None = None,
    holes_filled: bool = True,
    quiet: bool = False,
) -> NDArray[np.bool_] | PackedMask:
    """Return where (height, width) a slice shows tissue; see `PatchSampler`.

    An array where the user gave one; else a bit for each pixel. What "otsu" and "auto"
    did not learn is taken from this image, with a `TissueThresholdWarning`. ``grey``:
    the slice blurred, where that is at hand. ``quiet``: whether odd answers are given
    without a word.
    """
    if tissue is None:
        return PackedMask(image.shape, fill=True)
    if callable(tissue):
        return check_mask(tissue(image), image, "the mask that tissue returns")
    if not isinstance(tissue, str):
        return check_mask(tissue, image, "tissue")
    grey = SmoothedGrey(image) if grey is None else grey
    if tissue == "auto":
        if rule is None:
            rule = learn_tissue([grey], None)
            _warn_not_learned(f"that tissue is {rule.polarity}", quiet=quiet)
        found = rule.threshold(grey_histogram([grey]))
        if isinstance(found, str):
            return _all_or_none(image, found, rule, quiet=quiet)
        mask = _beyond(grey, found, rule.polarity)
    else:
        if tissue == "otsu-each":
            threshold = grey_histogram([grey]).otsu()
        elif threshold is None:
            threshold = grey_histogram([grey]).otsu()
            _warn_not_learned(f"{threshold:.4g}", quiet=quiet)
        mask = _beyond(grey, threshold, "bright")
    return fill_holes(mask) if holes_filled else mask


def _beyond(grey: SmoothedGrey, threshold: float, polarity: str) -> PackedMask:
    mask = PackedMask(grey.image.shape)
    for (rows, cols), _, blurred in grey.blocks():
        bright = polarity == "bright"
        beyond = blurred > threshold if bright else blurred < threshold
        mask.write(rows, cols, beyond)
    return mask


def _all_or_none(
    image: SliceImage, answer: str, rule: TissueRule, *, quiet: bool
) -> PackedMask:
    if not quiet:
        why = (
            "its grey levels are those of tissue throughout"
            if answer == EVERYTHING and rule.ground_grey is not None
            else "it shows no even ground beside tissue"
            if answer == EVERYTHING
            else "its grey levels are those of the empty ground throughout"
        )
        warn_user(
            f"{called(image)}: {answer} is taken for tissue, as {why}. {_REMEDY}",
            TissueWarning,
        )
    return PackedMask(image.shape, fill=answer != NOTHING)


def _warn_not_learned(taken: str, *, quiet: bool) -> None:
    if not quiet:
        warn_user(
            "this sampler was fitted on plain arrays, so it knows no tissue threshold "
            f"and takes {taken} from the image at hand; fit it on Patches, or set "
            "tissue='otsu-each' to accept this for bright tissue.",
            TissueThresholdWarning,
        )


def warn_of_little_tissue(
    image: SliceImage, mask: NDArray[np.bool_] | PackedMask
) -> None:
    """Warn where hardly a pixel of a slice is tissue."""
    found = mask.count() if isinstance(mask, PackedMask) else np.count_nonzero(mask)
    n_found = int(found)
    if 0 < n_found < LEAST_TISSUE * mask.size:
        warn_user(
            f"{called(image)}: only {n_found} of its {mask.size} pixels are tissue. "
            f"{_REMEDY}",
            TissueWarning,
        )


def check_mask(mask: object, image: SliceImage, name: str) -> NDArray[np.bool_]:
    """Return a mask as booleans, on the image's own grid (height, width).

    One of the shape that a resampled slice was given in is brought to its grid.
    """
    checked = check_plane(name, mask)
    given = shape_as_given(image)
    if checked.shape not in (given, image.shape):
        raise ValueError(
            f"{name} has shape {checked.shape}, but image {image.name!r} has shape "
            f"{given}; it must cover the same pixels."
        )
    if checked.dtype.kind not in "biu":
        raise TypeError(
            f"{name} has dtype {checked.dtype}; a mask holds booleans (or integers)."
        )
    if checked.shape == given:
        checked = on_grid_of(image, checked)
    return checked.astype(bool, copy=False)
