"""Every annotated centre of a grid, to judge a classifier by."""

from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.exceptions import UnscoredRegionsWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches, PatchSampler
from sklearn_microarch.sampling._check_patches import check_images
from sklearn_microarch.sampling._purity import check_stride
from sklearn_microarch.sampling.regions._slice_regions import place_regions


def evaluation_centres(
    sampler: PatchSampler,
    images: SliceImage | ArrayLike | Sequence[SliceImage | ArrayLike],
    rois: RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike],
    names: Mapping[int, str] | Sequence[str] | None = None,
    *,
    step: int = 8,
) -> tuple[Patches, NDArray]:
    """Cut a patch at every annotated centre of a grid.

    Training patches are drawn from the pure parts of regions, equally many from
    each. To judge a classifier on such patches hides what it does along borders.
    Here centres are uniform over the labelled pixels, whatever lies around them
    and whether it looks like tissue.

    Parameters
    ----------
    sampler : PatchSampler
        Says how large a patch is, which pixels are unannotated, and what becomes
        of patches that reach over the slice's border: with ``border="drop"`` they
        are left out. A fitted one cuts patches of the size and pixel size of its fit.
        It is not changed.
    images : SliceImage, 2-D array, or sequence of them
        Annotated slices.
    rois : RoiMap, array-like of shape (height, width), or one per image
        Regions: a `RoiMap`, or integer codes.
    names : mapping or sequence, default=None
        Name of each code; then labels are names. A sequence names the codes that
        occur in ascending order. A `RoiMap` has its own names.
    step : int, default=8, unit: pixels
        Distance of neighbouring centres, counted from the first pixel.

    Returns
    -------
    patches : Patches
        In raster order.
    labels : ndarray of shape (n,)
        Region of each patch: int64 codes, or names.

    Raises
    ------
    PixelSizeMismatchError
        If the slices' pixel sizes differ by more than 1 %.
    TypeError
        If ``sampler`` is no `PatchSampler`, an ROI map is not of integers, or ``step``
        is no integer.
    ValueError
        If ``step`` is less than 1, no centre is annotated, an ROI map does not fit its
        image, or a code has no name.

    Warns
    -----
    UnscoredRegionsWarning
        If a region has labelled pixels and none of the centres.

    See Also
    --------
    PatchSampler.sample : Patches to train on.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import PatchSampler
    >>> from sklearn_microarch.metrics import evaluation_centres
    >>> rois = np.repeat([[0] * 20 + [1] * 30 + [2] * 30], 60, axis=0)
    >>> patches, labels = evaluation_centres(PatchSampler(16), np.ones((60, 80)), rois)
    >>> np.unique(labels, return_counts=True)
    (array([1, 2]), array([24, 18]))
    """
    if not isinstance(sampler, PatchSampler):
        raise TypeError(
            f"sampler is a {type(sampler).__name__}; it must be a PatchSampler, which "
            "says how patches are cut. The images come second."
        )
    step = check_stride(step, name="step")
    slices = list(check_images(images))
    everywhere = _cutting_everywhere(sampler, slices)
    grid = everywhere.cut(slices, stride=step)
    regions = place_regions(
        rois, grid.images, names, unannotated_code=sampler.unannotated_code
    )
    labels = regions.labels_at(grid.positions)
    annotated = labels != ("" if labels.dtype.kind == "U" else -1)
    if not annotated.any():
        raise ValueError(
            f"rois has no annotated pixel at any centre of the {step}-pixel grid; "
            "check unannotated_code of the sampler, or take a smaller step."
        )
    known = regions.labels(np.array(regions.codes, dtype=np.int64))
    lost = np.setdiff1d(known, labels[annotated]).tolist()
    if lost:
        called = "regions of codes" if regions.names is None else "regions"
        warn_user(
            f"the {called} {lost} have labelled pixels, but none at a centre of the "
            f"{step}-pixel grid; take a smaller step, or another border than "
            f"{sampler.border!r} if they lie along the slice's border.",
            UnscoredRegionsWarning,
        )
    return grid.take(annotated), labels[annotated]


def _cutting_everywhere(
    sampler: PatchSampler, slices: Sequence[SliceImage]
) -> PatchSampler:
    """Return a fitted sampler that cuts as one does, whatever looks like tissue."""
    if len(getattr(sampler, "patch_shape_", ())) > 1:
        fitted = copy(sampler)
        fitted.tissue = None
        return fitted
    return clone(sampler).set_params(tissue=None).fit(slices)
