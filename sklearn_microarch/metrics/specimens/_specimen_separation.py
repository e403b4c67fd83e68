"""How well factors and clusters tell specimens apart in the same region."""

from collections.abc import Mapping, Sequence

from numpy.random import RandomState
from numpy.typing import ArrayLike

from sklearn_microarch._annotation import code_labels
from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_seed,
)
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import AnimalsApartWarning, UnscoredRegionsWarning
from sklearn_microarch.metrics.specimens._compare_region import Settings
from sklearn_microarch.metrics.specimens._compare_specimens import compare_specimens
from sklearn_microarch.metrics.specimens._separation_report import SpecimenSeparation
from sklearn_microarch.metrics.specimens._specimen_blocks import (
    check_columns,
    check_specimens,
    heights_of,
    sort_into_blocks,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial._check_arguments import check_labels_of, check_patches
from sklearn_microarch.spatial._spatial_blocks import spatial_blocks

# More would show nothing more.
_MOST_DRAWS = 100_000

# One in twenty does so where the tissue is the same.
MOST_BY_CHANCE = 0.1


def specimen_separation(
    values: ArrayLike,
    patches: Patches,
    labels: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    groups: Mapping[str, str] | None = None,
    min_active: float = 0.2,
    threshold: float = 0.0,
    block_size: int | None = None,
    z_um: ArrayLike | None = None,
    n_halves: int = 199,
    n_resamples: int = 1000,
    confidence_level: float = 0.95,
    unannotated: int | str | None = -1,
    random_state: int | RandomState | None = None,
) -> SpecimenSeparation:
    r"""Whether factors or clusters differ between specimens more than within one.

    A factor that is three times as strong in one animal as in the next, in the same
    region, may show its exposure, its staining or the scanner. Blocks of the slices
    are the units: what specimens differ by is compared with what random halves of the
    blocks of one specimen differ by.

    Parameters
    ----------
    values : array-like of shape (n, n_factors) or (n,)
        Loadings of factors, or cluster of each patch (integers or strings), all of one
        fitted model.
    patches : Patches
        Of slices whose ``specimen`` is known, of at least two.
    labels : array-like of shape (n,)
        Region of each patch.
    names : sequence of str or None, default=None
        One name per factor, or per cluster in ascending order. None: ``"factor00"``
        and so on, or ``"cluster 0"``.
    groups : mapping of str to str, or None, default=None
        Group of each specimen. Only specimens of one group are compared, so that what
        a treatment changes is no fault. None: what the slices' ``group`` says, if all
        have one; else all specimens are of one group.
    min_active : float, default=0.2
        A factor is looked at in the regions where it is active in so large a share of
        the rows of at least one specimen.
    threshold : float, default=0.0
        Loadings above it are active.
    block_size : int or None, default=None, unit: pixels
        Edge length of blocks, at least that of a patch; None takes that of a patch.
    z_um : array-like of shape (n_images,) or None, default=None, unit: micrometres
        Height of each image in its specimen; see `spatial_blocks`. None: all slices of
        one specimen lie over the same blocks.
    n_halves : int, default=199
        Times each specimen is cut into random halves.
    n_resamples : int, default=1000
        Times blocks are drawn for the intervals of ratios.
    confidence_level : float, default=0.95
        Of those intervals.
    unannotated : int, str or None, default=-1
        Label of rows to leave out; -1 also stands for the empty name.
    random_state : int, RandomState instance or None, default=None
        Cuts the halves and draws the blocks. Pass an int for the same result in every
        call.

    Returns
    -------
    separation : SpecimenSeparation
        Prints as a table; ``share_beyond`` is the share of factors x regions (of
        clusters: of regions) in which specimens differ by more than 95 % of halves,
        ``sentences`` say which.

    Raises
    ------
    TypeError
        If ``patches`` are no `Patches`, ``values`` are neither loadings nor clusters,
        or an option is of the wrong kind.
    ValueError
        If a specimen is unknown, there is one only, no group has two, lengths differ,
        or no region has 5 blocks in two specimens of a group.

    Warns
    -----
    UnscoredRegionsWarning
        If a specimen lacks a region, or shows it in fewer than 5 blocks, so that it is
        left out there; said once for all.
    AnimalsApartWarning
        If more than a tenth of what was compared tells specimens apart by more than
        halves of one do; the message says where most.

    See Also
    --------
    block_bootstrap : Intervals for scores, over the same blocks.
    sklearn_microarch.plotting.FactorMapDisplay : Draws several slices on one scale.

    Notes
    -----
    With :math:`m_a` the mean of a factor over the rows of a region in specimen
    :math:`a`, and :math:`s_a^2` the variance of that mean as blocks vary, the
    separation is

    .. math:: \sqrt{\frac{\sum_a (m_a - \bar m)^2 / (A - 1)}{\sum_a s_a^2 / A}},

    for two specimens Welch's :math:`t`. Of halves of :math:`a`, the difference of the
    two means, halved, has the variance that :math:`m_a` has, and no part of what
    specimens differ by; the same statistic of such errors gives its distribution
    where specimens are alike. As in `spatial_blocks`, variances are raised for what
    neighbouring blocks share. Clusters are compared by their shares of the region: the
    largest total variation distance :math:`\frac{1}{2} \sum_c |p_{ac} - p_{bc}|`
    between two specimens, against that of halves.

    Ratio and interval are of the two specimens that differ most: where specimens are
    alike, that ratio lies above 1 all the same.

    Blocks tell how sure a difference is for these pieces of tissue. They do not tell
    whether it is one of animals, of sections or of exposures; and where the same
    region is sampled elsewhere, such as at another depth, animals differ truly.

    References
    ----------
    .. [1] P. Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses",
       Springer, 2005. :doi:`10.1007/b138696`
    .. [2] B. L. Welch, "The generalization of Student's problem when several
       different population variances are involved", Biometrika 34, 1947.
       :doi:`10.1093/biomet/34.1-2.28`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches, SliceImage
    >>> from sklearn_microarch.metrics import specimen_separation
    >>> slices = [SliceImage(np.zeros((60, 600)), specimen=name) for name in "AB"]
    >>> at = [(i, r, c) for i in (0, 1) for r in (8, 40) for c in range(8, 590, 16)]
    >>> patches = Patches(slices, at, 16)
    >>> rng = np.random.default_rng(0)
    >>> clusters = rng.integers(0, 3, size=len(patches))
    >>> found = specimen_separation(
    ...     clusters, patches, ["CTX"] * len(patches), random_state=0
    ... )
    >>> found.share_beyond
    0.0
    """
    check_patches("patches", patches, "specimen_separation")
    threshold = check_number("threshold", threshold)
    columns = check_columns(values, names, len(patches))
    coded = code_labels(
        check_labels_of(patches, labels), unannotated=unannotated, name="labels"
    )
    here = patches.take(coded.annotated)
    specimens = check_specimens(here, groups)
    heights = heights_of(here) if z_um is None else z_um
    blocks = spatial_blocks(here, block_size=block_size, z_um=heights)
    settings = Settings(
        min_active=check_number("min_active", min_active, high=1.0),
        n_halves=check_integer("n_halves", n_halves, minimum=19, maximum=_MOST_DRAWS),
        n_resamples=check_integer(
            "n_resamples", n_resamples, minimum=1, maximum=_MOST_DRAWS
        ),
        confidence_level=check_number(
            "confidence_level", confidence_level, low=0.5, high=0.999
        ),
        rng=check_seed("random_state", random_state),
        draw_share=blocks.draw_share,
    )
    by_region = sort_into_blocks(
        columns.values[coded.annotated],
        coded.region_codes,
        blocks.labels,
        specimens,
        n_regions=len(coded.regions),
        threshold=threshold,
    )
    rows, means, left_out = compare_specimens(
        by_region, coded.regions, specimens, columns, settings
    )
    if left_out:
        warn_user(f"not compared: {'; '.join(left_out)}.", UnscoredRegionsWarning)
    found = SpecimenSeparation(
        rows=rows,
        specimens=specimens.names,
        regions=coded.regions,
        means=means,
        names=columns.names,
        of_clusters=columns.of_clusters,
        block_size=blocks.block_size,
        left_out=left_out,
    )
    if found.share_beyond > MOST_BY_CHANCE:
        warn_user(
            f"{found.share_beyond:.0%} of what was compared tells specimens apart: "
            f"{found.sentences[0]}",
            AnimalsApartWarning,
        )
    return found
