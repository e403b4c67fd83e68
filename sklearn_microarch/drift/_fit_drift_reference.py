"""Learn from a reference slice what a new one is compared with."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_seed,
    shown,
)
from sklearn_microarch._walk import PipelineSteps, find_steps
from sklearn_microarch.drift._appearance import count_grey_levels
from sklearn_microarch.drift._drift_reference import DriftReference, min_rows_of
from sklearn_microarch.drift._factor_agreement import (
    has_comparable_factors,
    refitted_cosines,
)
from sklearn_microarch.drift._kept_reference import fingerprint, keep_reference
from sklearn_microarch.drift._slice_rows import SliceRows, read_rows
from sklearn_microarch.drift.blocks._baseline import fit_baseline, tabulate
from sklearn_microarch.drift.blocks._between_slices import variance_between
from sklearn_microarch.drift.blocks._null import HELD_OUT, draw_null
from sklearn_microarch.drift.blocks._region_blocks import (
    form_region_blocks,
    hold_out_region_blocks,
)
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._purity import check_stride
from sklearn_microarch.spatial._separation import separation_of

_MOST_SUPPORT_ROWS = 5000
_N_REFITS = 5
# More would take days, and tell nothing more.
_MOST_DRAWS = 100_000
# Above, limits would lie below what is usual.
_LARGEST_RATE = 0.5
_STRIDES_PER_PATCH = 8


def fit_drift_reference(
    pipeline: Pipeline,
    images: SliceImage | ArrayLike | Sequence[SliceImage | ArrayLike],
    *,
    mask: ArrayLike | None = None,
    stride: int | None = None,
    block_px: int | None = None,
    z_um: ArrayLike | None = None,
    n_draws: int = 100,
    false_alarm_rate: float = 0.05,
    random_state: int | np.random.RandomState | None = None,
) -> DriftReference:
    """Learn what new slices are compared with, and keep it in the pipeline.

    `drift_report` and `map_slice` find it there. It holds no pixels, is saved with
    the pipeline, and is dropped by ``clone`` and where a step it depends on is fitted
    anew. No ``fit`` and no search makes one by itself.

    Rows of neighbouring pixels are almost copies, so that tests over rows would
    find any two parts of one slice to differ. The unit is a block, and what is
    usual is learned from the reference itself: again and again some scattered blocks
    are held out, with all blocks that touch them, and compared with the rest as a
    new slice will be. Slices differ by more than blocks do: by how much is learned
    from the slices, each compared whole with those of other animals (or of other
    places in one); a single slice has an allowance, measured on phantoms.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, with a `PatchSampler` as its first step and then a step that gives
        features and tells regions apart; non-negative factors may follow.
    images : SliceImage, 2-D array, or sequence of them
        Slices that the pipeline was fitted on, or others it is known to work on; of
        several animals where there are some.
    mask : array-like of shape (height, width), dtype bool, default=None
        Look only here, within the tissue. For one image.
    stride : int or None, default=None, unit: pixels
        Distance of the centres looked at. None: an eighth of a patch.
    block_px : int or None, default=None, unit: pixels
        Edge length of a block, at least a patch. None: a patch.
    z_um : array-like of shape (n_images,), default=None, unit: micrometres
        Height of each slice in its specimen, where several are given. What is
        held out of one is dropped from all that are nearer than a patch. None: as
        the slices say, if all do; else all slices of one specimen count as near.
    n_draws : int, default=100
        How often parts are held out, at least 20.
    false_alarm_rate : float, default=0.05
        Share of held-out parts of the reference that may be called shifted; from
        ``1 / (n_draws + 1)`` to 0.5.
    random_state : int, RandomState instance or None, default=None
        Draws the parts and the rows that make up the support.

    Returns
    -------
    reference : DriftReference
        The one that is kept now.

    Raises
    ------
    NotFittedError
        If the pipeline is not fitted.
    PixelSizeMismatchError
        If a slice's pixel size differs from the fitted one by more than 1 %.
    TypeError
        If ``pipeline`` is no such Pipeline, or a number is none.
    ValueError
        If a parameter is out of range, ``z_um`` has not one value for each slice,
        a slice shows no tissue, or the reference is too small to hold parts of it
        out.

    See Also
    --------
    drift_report : Compares a new slice.
    sklearn_microarch.map_slice : Checks each slice it maps.

    References
    ----------
    .. [1] S. Rabanser, S. Günnemann and Z. C. Lipton, "Failing loudly: an empirical
       study of methods for detecting dataset shift", NeurIPS, 2019.
    .. [2] D. R. Roberts et al., "Cross-validation strategies for data with
       temporal, spatial, hierarchical, or phylogenetic structure", Ecography
       40(8), 2017. :doi:`10.1111/ecog.02881`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_microarch import CNNFeatureExtractor, PatchSampler
    >>> from sklearn_microarch.drift import drift_report, fit_drift_reference
    >>> rng = np.random.default_rng(0)
    >>> rois = np.repeat([[1] * 128 + [2] * 128], 128, axis=0)
    >>> image = rng.normal(100 * rois, 20)
    >>> pipe = make_pipeline(
    ...     PatchSampler(16, n_patches_per_roi=100, tissue=None, random_state=0),
    ...     CNNFeatureExtractor(max_epochs=2, n_features=4, random_state=0),
    ... )
    >>> pipe = pipe.fit(*pipe[0].sample(image, rois))
    >>> reference = fit_drift_reference(
    ...     pipe, image, stride=4, n_draws=20, random_state=0
    ... )
    >>> reference.region_names.tolist(), reference.false_alarm_rate
    ([1, 2], 0.05)
    >>> drift_report(pipe, image, random_state=0).verdict
    'same'
    """
    steps = find_steps(pipeline, "a drift report", needs_features=True)
    patch_size = int(steps.sampler.patch_shape_[-1])
    if stride is None:
        stride = max(1, patch_size // _STRIDES_PER_PATCH)
    stride = check_stride(stride)
    block_px = patch_size if block_px is None else block_px
    block_px = check_integer("block_px", block_px, minimum=1, unit="pixels")
    if block_px < patch_size:
        raise ValueError(
            f"block_px={block_px} must be an integer of at least the patch size, "
            f"{patch_size}: blocks two apart must share no pixel."
        )
    n_draws = check_integer("n_draws", n_draws, minimum=20, maximum=_MOST_DRAWS)
    rate = check_number("false_alarm_rate", false_alarm_rate, high=1.0)
    if not 1 / (n_draws + 1) <= rate <= _LARGEST_RATE:
        raise ValueError(
            f"false_alarm_rate={shown(false_alarm_rate)} must be at most "
            f"{_LARGEST_RATE}, and at least 1 / (n_draws + 1) = "
            f"{1 / (n_draws + 1):.3g}, the least that n_draws={n_draws} parts can tell."
        )
    rng = check_seed("random_state", random_state)
    patches = steps.sampler.cut(images, stride=stride, mask=mask)
    # Before the network is asked for anything, so that a wrong z_um costs no pass.
    heights = _heights(patches) if z_um is None else z_um
    stacks = separation_of(patches, z_um=heights).stacks
    reference = reference_of_rows(
        steps,
        read_rows(steps, patches, stride),
        stride=stride,
        block_px=block_px,
        stacks=stacks,
        n_draws=n_draws,
        false_alarm_rate=rate,
        rng=rng,
    )
    keep_reference(steps, reference)
    return reference


def _heights(patches: Patches) -> list[float] | None:
    """Return the height of each slice in its specimen, where all say it."""
    heights = [image.z_um for image in patches.images]
    if patches.images[0].pixel_size_um is None or None in heights:
        return None
    return [float(height) for height in heights if height is not None]


def reference_of_rows(
    steps: PipelineSteps,
    rows: SliceRows,
    *,
    stride: int,
    block_px: int,
    stacks: NDArray[np.integer] | None = None,
    n_draws: int,
    false_alarm_rate: float,
    rng: np.random.RandomState,
) -> DriftReference:
    """Return a reference learned from rows that were read before.

    `stacks` (n_images,) say which slices are near each other; None: none. `stride` and
    `block_px` are in pixels.
    """
    n_regions = len(steps.network.classes_)
    region_blocks = form_region_blocks(
        rows.patches.positions, rows.codes, block_px, stacks
    )
    min_rows = min_rows_of(block_px, stride)
    table = tabulate(rows, region_blocks, min_rows)
    support = np.zeros(len(rows), dtype=bool)
    n_support = min(len(rows), _MOST_SUPPORT_ROWS)
    support[rng.choice(len(rows), n_support, replace=False)] = True
    units = _units(rows.patches, stacks)
    between = variance_between(table, support, n_regions, units)
    null = draw_null(
        table, support, n_regions, n_draws=n_draws, rng=rng, between=between
    )
    agreement = np.nan
    if has_comparable_factors(steps.factorization):
        parts = [
            hold_out_region_blocks(region_blocks, HELD_OUT, rng)[1]
            for _ in range(_N_REFITS)
        ]
        agreement = np.mean(
            [
                refitted_cosines(
                    steps.factorization, rows.features[part[region_blocks.of_row]], rng
                ).mean()
                for part in parts
            ]
        )
    everywhere = np.ones(len(region_blocks), dtype=bool)
    return DriftReference(
        region_names=steps.network.classes_,
        region_shares=np.bincount(rows.codes, minlength=n_regions) / len(rows),
        stride=stride,
        block_px=block_px,
        min_rows=min_rows,
        pixel_size_um=steps.sampler.pixel_size_um_,
        n_grey_levels=count_grey_levels(rows.patches),
        false_alarm_rate=false_alarm_rate,
        baseline=fit_baseline(table, everywhere, support, n_regions, between=between),
        null=null,
        factor_agreement=float(agreement),
        n_images=len(rows.patches.used_images),
        n_units=len(np.unique(units[rows.patches.positions[:, 0]])),
        normalization=getattr(steps.network, "normalization", None),
        fingerprint=fingerprint(steps),
    )


def _units(patches: Patches, stacks: NDArray[np.integer] | None) -> NDArray[np.integer]:
    """Return the number (n_images,) of what tells how much slices differ.

    Animals, where there are several; else stacks of near slices.
    """
    specimens = [image.specimen or "" for image in patches.images]
    names, animals = np.unique(specimens, return_inverse=True)
    if len(names) > 1 or stacks is None:
        return animals.reshape(-1)
    return np.asarray(stacks)
