"""Check an annotated slice before anything is trained on it."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from sklearn_microarch._arguments._numbers import check_seed, shown
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.checking._effort import estimate_effort
from sklearn_microarch.checking._find_tissue import find_tissue
from sklearn_microarch.checking._findings import (
    grey_findings,
    placement_findings,
    region_findings,
)
from sklearn_microarch.checking._grey_scale import (
    measure_grey_scale,
    measure_shading,
)
from sklearn_microarch.checking._judge_placement import PlacementCheck, judge_placement
from sklearn_microarch.checking._region_check import (
    candidate_positions,
    measure_regions,
)
from sklearn_microarch.checking._slice_check import Finding, SliceCheck
from sklearn_microarch.checking._spatial_folds import count_folds
from sklearn_microarch.checking._texture import read_texture
from sklearn_microarch.exceptions import PixelSizeWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.sampling._pixel_size import (
    bring_to_one_pixel_size,
    patch_size_in_pixels,
)
from sklearn_microarch.sampling._slices import check_slices
from sklearn_microarch.sampling.regions._slice_regions import (
    SliceRegions,
    place_regions,
)

# Where the pixel size is unknown: 128 pixels are then a patch of 150 um.
_ASSUMED_UM = 1.17
# Positions of each region that spatial folds are tried with.
_N_TRIED = 150


def check_slice(
    image: SliceImage | ArrayLike,
    rois: RoiMap | ArrayLike,
    names: Mapping[int, str] | Sequence[str] | None = None,
    *,
    sampler: PatchSampler | None = None,
    random_state: int | np.random.RandomState | None = 0,
) -> SliceCheck:
    """Tell whether an annotation fits its slice, and is enough to train on.

    The annotation is compared with itself moved by up to 0.34 mm, turned by up to 6
    degrees, mirrored, halved, doubled, and scaled by up to a quarter. Where the slice's
    texture bears one of these out clearly better, the report says which.

    Parameters
    ----------
    image : SliceImage or array-like of shape (height, width)
        The slice.
    rois : RoiMap or array-like of shape (height, width), dtype int
        Its regions: a `RoiMap`, or codes.
    names : mapping or sequence, default=None
        Name of each code, as in :meth:`PatchSampler.sample`.
    sampler : PatchSampler or None, default=None
        Whose patches, tissue and unannotated code are meant; it need not be fitted.
        None: the default one.
    random_state : int, RandomState instance or None, default=0
        Draws cells whose texture is learned, and positions that folds are tried with.

    Returns
    -------
    check : SliceCheck
        The report; ``print(check)`` shows it.

    Raises
    ------
    TypeError
        If ``rois`` are no integers, ``sampler`` is no `PatchSampler`, or several
        slices are given.
    ValueError
        If the slice is not finite, or the annotation does not fit it or is empty.

    See Also
    --------
    sklearn_microarch.plotting.SliceCheckDisplay : Slice, tissue and regions.
    PatchSampler.sample : Draws the training patches.

    Notes
    -----
    Cells of 10 um are sorted into twenty kinds of texture, by grey level, grain in
    three bands and direction of the gradient, and one for what is no tissue. How well a
    placement fits is the mutual information of regions and textures [1]_ over the whole
    slice. Another placement counts as better where it gains a margin both in it and in
    its share of the regions' entropy, so that neither enlarging the annotation nor
    shrinking it helps, and moves the annotation by more than a hand's jitter. An
    annotation with little entropy, of one small region say, fits in many places, and
    is not judged.

    References
    ----------
    .. [1] P. Viola and W. M. Wells, "Alignment by maximization of mutual information",
       International Journal of Computer Vision 24(2), 1997.
       :doi:`10.1023/A:1007958904918`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import check_slice
    >>> from sklearn_microarch.datasets import make_thalamocortical_phantom
    >>> phantom = make_thalamocortical_phantom(shape=(200, 800), random_state=0)
    >>> image, rois, names = phantom.images[0], phantom.rois[0], phantom.roi_names
    >>> check_slice(image, rois, names).verdict
    'fits'
    >>> check = check_slice(image, np.flip(rois, axis=1), names)
    >>> check.verdict, "mirrored left-right" in check.better_placement
    ('misplaced', True)
    """
    sampler = _check_sampler(sampler)
    rng = check_seed("random_state", random_state)
    if isinstance(image, list | tuple) and not all(np.ndim(row) == 1 for row in image):
        raise TypeError(
            f"image is a {type(image).__name__} of {len(image)}; check_slice looks at "
            "one slice. Check several in a loop."
        )
    given = check_slices([image], pixel_size_um=sampler.pixel_size_um)
    (picture,), _ = bring_to_one_pixel_size(given, sampler.pixel_size_um)
    regions = place_regions(
        rois, [picture], names, unannotated_code=sampler.unannotated_code
    )
    if not regions.codes:
        raise ValueError(
            "rois holds no region, only unannotated pixels; there is nothing to check."
        )
    known = picture.pixel_size_um
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PixelSizeWarning)
        patch_size = patch_size_in_pixels(sampler, known)
    (placed,) = regions.placed
    own_codes = placed.on_grid()
    tissue, odd_tissue = find_tissue(picture, sampler)
    codes = _as_ordered(own_codes, regions)
    texture = read_texture(picture, tissue, known or _ASSUMED_UM, rng)
    labels = texture.sample(codes)
    n_labels = len(regions.codes) + 1
    placement = judge_placement(labels, texture, n_labels)
    checked = measure_regions(regions, own_codes, tissue, sampler, patch_size)
    positions, which = candidate_positions(regions, sampler, patch_size, _N_TRIED, rng)
    names_found = [one.name for one in checked]
    message, better = _in_words(placement, known)
    checked = [
        replace(
            one,
            n_folds=count_folds(
                picture,
                positions[which == at],
                which[which == at],
                patch_size,
                sampler.border,
            ),
            fits_better_elsewhere=at + 1 in placement.misplaced,
        )
        for at, one in enumerate(checked)
    ]
    n_folds = count_folds(picture, positions, which, patch_size, sampler.border)
    shading = measure_shading(texture.grey, labels, texture.tissue)
    grey = measure_grey_scale(picture, tissue, shading)
    misplaced = [names_found[at - 1] for at in placement.misplaced]
    n_drawn = sum(min(sampler.n_patches_per_roi, one.n_positions) for one in checked)
    return SliceCheck(
        verdict=placement.verdict,
        message=message,
        better_placement=better,
        gain=placement.gain,
        smallest_slip=placement.smallest_slip_um,
        regions=tuple(checked),
        n_folds=n_folds,
        tissue_share=float(tissue.mean()),
        grey=grey,
        effort=estimate_effort(n_drawn, patch_size, int(tissue.sum()), tissue.size),
        patch_size=patch_size,
        warnings=[
            *placement_findings(placement.verdict, message, misplaced),
            *odd_tissue,
            *region_findings(checked, sampler.n_patches_per_roi, n_folds),
            *grey_findings(grey),
            *_size_findings(known, patch_size),
        ],
        image=picture,
        tissue=tissue,
        codes=codes,
        better_codes=None if placement.better is None else placement.better.labels,
        cell_size=texture.cell_px,
    )


def _check_sampler(sampler: object) -> PatchSampler:
    if sampler is None:
        return PatchSampler()
    if not isinstance(sampler, PatchSampler):
        raise TypeError(f"sampler={shown(sampler)} must be a PatchSampler or None.")
    checked = clone(sampler)
    checked._validate_params()
    return checked


def _as_ordered(codes: NDArray, regions: SliceRegions) -> NDArray[np.int64]:
    """Return 1, 2, ... for the regions in their order, 0 elsewhere."""
    found = np.array(regions.codes)
    at = np.searchsorted(found, codes).clip(max=len(found) - 1)
    return np.where(found[at] == codes, at + 1, 0).astype(np.int64)


def _in_words(placement: PlacementCheck, known_um: float | None) -> tuple[str, str]:
    """Return the verdict in a sentence, and the better placement in words."""
    to_words = {} if known_um else {"unit": "px", "per_um": 1 / _ASSUMED_UM}
    if placement.better is not None:
        words = placement.better.placement.describe(**to_words)  # type: ignore[arg-type]
        return f"The slice's texture fits the annotation better {words}.", words
    if placement.smallest_slip_um is None:
        return (
            "The annotation is too small a part of the slice, or too deep inside "
            "tissue, to tell from texture whether it lies right.",
            "",
        )
    slip = placement.smallest_slip_um
    length = f"{slip:.0f} um" if known_um else f"{slip / _ASSUMED_UM:.0f} px"
    return (
        "No other placement tried fits the slice's texture clearly better; a slip of "
        f"{length} in any direction would have been noticed.",
        "",
    )


def _size_findings(known_um: float | None, patch_size: int) -> list[Finding]:
    if known_um is not None:
        return []
    return [
        Finding(
            "unknown pixel size",
            f"the pixel size is unknown; patches are {patch_size} pixels, and texture "
            f"was looked at as if a pixel were {_ASSUMED_UM} um.",
            "Give it: SliceImage(data, pixel_size_um=...).",
        )
    ]
