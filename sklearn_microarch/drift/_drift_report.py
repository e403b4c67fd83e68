"""Compare a new slice with what a pipeline knows, and say in words what follows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._numbers import check_seed, check_switch
from sklearn_microarch._walk import PipelineSteps, find_steps
from sklearn_microarch.drift._appearance import count_grey_levels
from sklearn_microarch.drift._compare_rows import compare_rows, tabulate_slice
from sklearn_microarch.drift._drift_reference import DriftReference
from sklearn_microarch.drift._factor_agreement import (
    has_comparable_factors,
    refitted_cosines,
)
from sklearn_microarch.drift._indicator import Indicator
from sklearn_microarch.drift._kept_reference import STALE, fingerprint, kept_reference
from sklearn_microarch.drift._slice_rows import SliceRows, read_rows
from sklearn_microarch.drift._verdict import (
    SliceFacts,
    has_other_pixels,
    put_into_words,
    verdict_of,
)
from sklearn_microarch.drift.blocks._baseline import MEASURES
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._slice_image import as_slice_image
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._cut_slice import cut_slice


@dataclass(frozen=True, eq=False, repr=False)
class DriftReport:
    """How a slice differs from the reference of a pipeline.

    Made by `drift_report`; ``print(report)`` shows it as a table.

    Parameters
    ----------
    verdict : {"same", "shifted", "unlike"}
        "same": no indicator is beyond what parts of the reference differ by;
        "shifted": one is; "unlike": more than half of the slice, too, lies
        outside of the support.
    message : str
        The verdict in a sentence: what moved most, and what to do.
    indicators : dict of str to Indicator
        Value, usual value and limit of ``feature_shift`` (within regions, in
        standard errors between blocks), ``share_outside_support``, and
        ``feature_spread`` (change of the distance of rows to the centre of their
        region, in standard errors). Only these decide.
    changes : dict of str to float
        Mean change within regions of ``confidence`` (probability of the predicted
        region), ``residual`` (logarithm of the share of the features' energy that
        factors leave out; 0 without factors), ``grey level``, ``contrast``,
        ``sharpness`` and ``spread``.
    changes_in_errors : dict of str to float
        The same in standard errors between blocks.
    factor_agreement, usual_factor_agreement : float
        Mean cosine of the pipeline's factors with their one-to-one matches
        among factors learned anew on this slice, and on parts of the reference;
        NaN without non-negative factors. Reported; the verdict does not use it.
    factor_cosines : ndarray of shape (n_factors,)
        That of each factor; empty without factors.
    shift_by_region : dict of str or int to float
        Shift of each predicted region's centre, in standard deviations between
        its blocks (not in standard errors, as ``feature_shift``): large by chance
        where blocks are few, NaN where the region is absent.
    outside_by_region : dict of str or int to float
        Share of rows outside the support within each predicted region.
    region_shares, reference_region_shares : dict of str or int to float
        Share of rows predicted as each region. It may differ for good reasons,
        and is no indicator.
    n_grey_levels, reference_n_grey_levels : int
        Different grey levels.
    pixel_size_um, reference_pixel_size_um : float or None
        Of the slice as it says itself, and of the fit.
    patches : Patches
        Centres that were looked at.
    support_distance : ndarray of shape (n,), dtype float32
        Distance of each row to the support; 1 is its border.

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
    >>> report = drift_report(pipe, rng.normal(100 * rois, 20), reference)
    >>> report.verdict, report.outside_map().shape
    ('same', (128, 256))
    >>> list(report.indicators)
    ['feature_shift', 'share_outside_support', 'feature_spread']
    """

    verdict: str
    message: str
    indicators: dict[str, Indicator]
    changes: dict[str, float]
    changes_in_errors: dict[str, float]
    factor_agreement: float
    usual_factor_agreement: float
    factor_cosines: NDArray[np.float64]
    shift_by_region: dict
    outside_by_region: dict
    region_shares: dict
    reference_region_shares: dict
    n_grey_levels: int
    reference_n_grey_levels: int
    pixel_size_um: float | None
    reference_pixel_size_um: float | None
    patches: Patches
    support_distance: NDArray[np.float32]

    @property
    def feature_shift(self) -> float:
        """Shift of the features within regions, in standard errors."""
        return self.indicators["feature_shift"].value

    @property
    def share_outside_support(self) -> float:
        """Share of rows outside of the support."""
        return self.indicators["share_outside_support"].value

    def outside_map(self) -> NDArray[np.float32]:
        """Lay the distance to the support out as a map.

        Returns
        -------
        distances : ndarray of shape (height, width), dtype float32
            Above 1 is out of distribution; NaN between the centres looked at and
            where there is no tissue.
        """
        return np.asarray(self.patches.to_map(self.support_distance))

    def __repr__(self) -> str:
        return (
            f"DriftReport({self.verdict!r}, feature_shift={self.feature_shift:.2f}, "
            f"share_outside_support={self.share_outside_support:.2f})"
        )

    def __str__(self) -> str:
        lines = [f"verdict: {self.verdict}. {self.message}", ""]
        lines.append(f"{'indicator':<24}{'value':>9}{'usual':>9}{'limit':>9}")
        for name, found in self.indicators.items():
            lines.append(
                f"{name:<24}{found.value:>9.3f}{found.usual:>9.3f}{found.limit:>9.3f}"
            )
        if len(self.factor_cosines):
            lines.append(
                f"{'factor_agreement':<24}{self.factor_agreement:>9.3f}"
                f"{self.usual_factor_agreement:>9.3f}"
            )
        lines += [
            "",
            f"{'region':<14}{'share':>7}{'usual':>7}{'shift/sd':>10}{'outside':>9}",
        ]
        for name, share in self.region_shares.items():
            lines.append(
                f"{name!s:<14}{share:>7.3f}{self.reference_region_shares[name]:>7.3f}"
                f"{self.shift_by_region[name]:>10.2f}{self.outside_by_region[name]:>9.3f}"
            )
        return "\n".join(lines)


def drift_report(
    pipeline: Pipeline,
    image: SliceImage | ArrayLike,
    reference: DriftReference | None = None,
    *,
    mask: ArrayLike | None = None,
    allow_pixel_size_mismatch: bool = False,
    random_state: int | np.random.RandomState | None = None,
) -> DriftReport:
    """Compare a slice without annotation with what a pipeline was fitted on.

    Regions, factors and clusters are found in any slice, also where they mean
    nothing. The report says how far the slice is from the reference, beyond what
    parts of the reference differ by among themselves. Rows are compared within
    the region they are predicted as, so that other proportions of the regions
    are no drift.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, and the one the reference was made with.
    image : SliceImage or 2-D array
        The new slice.
    reference : DriftReference or None, default=None
        From `fit_drift_reference`. None: the one that the pipeline keeps.
    mask : array-like of shape (height, width), dtype bool, default=None
        Look only here, within the tissue.
    allow_pixel_size_mismatch : bool, default=False
        Judge a slice whose pixel size is not that of the fitted pipeline, as it is.
    random_state : int, RandomState instance or None, default=None
        Draws rows and starts of the factors that are learned anew.

    Returns
    -------
    report : DriftReport
        Verdict, indicators with their limits, and a map of the distance to the
        support.

    Raises
    ------
    NotFittedError
        If the pipeline is not fitted.
    PixelSizeMismatchError
        If the slice's pixel size differs from the fitted one by more than 1 %.
    TypeError
        If ``pipeline``, ``image`` or ``reference`` is of the wrong type, or the
        slice's grey levels are of another dtype than the fitted ones.
    ValueError
        If the pipeline keeps no reference and none is given, if the reference was made
        with another pipeline, or the slice shows no tissue, or too little of it.

    See Also
    --------
    fit_drift_reference : Learns the reference.
    sklearn_microarch.map_slice : Maps the slice, and checks it as it goes.

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
    >>> drift_report(pipe, rng.normal(100 * rois, 20), reference).verdict
    'same'
    >>> drift_report(pipe, rng.normal(100 * rois, 60), reference).verdict
    'unlike'
    """
    steps = find_steps(pipeline, "a drift report", needs_features=True)
    if reference is None:
        kept = kept_reference(steps)
        if isinstance(kept, str):
            raise ValueError(f"reference is None, and {kept}.")
        reference = kept
    if not isinstance(reference, DriftReference):
        raise TypeError(
            f"reference is a {type(reference).__name__}; make one from the slice the "
            "pipeline was fitted on: fit_drift_reference(pipeline, image)."
        )
    if isinstance(image, Patches | list | tuple):
        raise TypeError(
            f"image is a {type(image).__name__}; drift_report judges one slice, given "
            "as a SliceImage or a 2-D array. Judge several in a loop."
        )
    any_pixel_size = check_switch(
        "allow_pixel_size_mismatch", allow_pixel_size_mismatch
    )
    rng = check_seed("random_state", random_state)
    if fingerprint(steps) != reference.fingerprint:
        raise ValueError(f"{STALE}.")
    image = as_slice_image(image)
    patches = cut_slice(
        steps.sampler,
        image,
        mask=mask,
        stride=reference.stride,
        any_pixel_size=any_pixel_size,
        remedy="To judge it as it is, pass allow_pixel_size_mismatch=True.",
    )
    return report_of_rows(
        steps,
        read_rows(steps, patches, reference.stride),
        reference,
        pixel_size_um=image.pixel_size_um,
        is_as_it_is=any_pixel_size and has_other_pixels(image, reference),
        rng=rng,
    )


def report_of_rows(
    steps: PipelineSteps,
    rows: SliceRows,
    reference: DriftReference,
    *,
    pixel_size_um: float | None,
    rng: np.random.RandomState,
    is_as_it_is: bool = False,
) -> DriftReport:
    """Return how rows that were read before differ from a reference.

    `pixel_size_um` is what the slice says itself.
    """
    table = tabulate_slice(rows, reference)
    if not len(table.large):
        raise ValueError(
            f"the slice holds {len(rows)} centres of tissue, and no block of "
            f"{reference.block_px} pixels with {reference.min_rows} of one region; "
            "pass a larger slice or mask."
        )
    found = compare_rows(table, reference)
    cosines = np.empty(0)
    if has_comparable_factors(steps.factorization):
        cosines = refitted_cosines(steps.factorization, rows.features, rng)
    n_levels = count_grey_levels(rows.patches)
    names = reference.region_names.tolist()
    counts = np.bincount(rows.codes, minlength=len(names))
    message = put_into_words(
        found.indicators,
        found.comparison,
        reference,
        SliceFacts(n_levels, pixel_size_um, is_as_it_is),
        n_outside=found.n_outside,
    )
    outside = np.divide(
        found.n_outside, counts, out=np.full(len(names), np.nan), where=counts > 0
    )
    return DriftReport(
        verdict=verdict_of(found.indicators),
        message=message,
        indicators=found.indicators,
        changes=_named(MEASURES, found.comparison.changes),
        changes_in_errors=_named(MEASURES, found.comparison.in_errors),
        factor_agreement=float(cosines.mean()) if len(cosines) else np.nan,
        usual_factor_agreement=reference.factor_agreement,
        factor_cosines=cosines,
        shift_by_region=_named(names, found.comparison.features.by_region),
        outside_by_region=_named(names, outside),
        region_shares=_named(names, counts / len(rows)),
        reference_region_shares=_named(names, reference.region_shares),
        n_grey_levels=n_levels,
        reference_n_grey_levels=reference.n_grey_levels,
        pixel_size_um=pixel_size_um,
        reference_pixel_size_um=reference.pixel_size_um,
        patches=rows.patches,
        support_distance=found.distances,
    )


def _named(names: Sequence, values: NDArray) -> dict:
    """Return values by name."""
    return dict(zip(names, values.tolist(), strict=True))
