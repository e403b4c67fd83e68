"""Is each factor and cluster real: one verdict and one sentence for each."""

import time
from collections.abc import Sequence
from numbers import Integral
from typing import Any

from numpy.random import RandomState
from numpy.typing import ArrayLike

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_option,
    check_seed,
    shown,
)
from sklearn_microarch._format_table import count_of
from sklearn_microarch._walk import find_steps
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling._purity import check_stride
from sklearn_microarch.trust._gather_figures import gather_figures
from sklearn_microarch.trust._lay_cells import lay_cells
from sklearn_microarch.trust._minutes import (
    minutes_in_words,
    minutes_of_tests,
    minutes_of_training,
)
from sklearn_microarch.trust._report_of_trust import TrustReport
from sklearn_microarch.trust._select_again import select_again
from sklearn_microarch.trust._verdicts_on import verdicts_on
from sklearn_microarch.trust.again._animals_left_out import leave_animals_out
from sklearn_microarch.trust.again._maps_of import maps_of
from sklearn_microarch.trust.again._number_of_clusters import chance_of_number
from sklearn_microarch.trust.again._other_networks import (
    Training,
    map_again,
    with_seed,
)
from sklearn_microarch.trust.depth._check_layers import check_layers
from sklearn_microarch.trust.depth._depth_at import OneDepth

# Cells to a patch's edge: finer ones say the same again.
_CELLS_PER_PATCH_EDGE = 8
_MOST_SEEDS, _MOST_SHIFTS = 1000, 100_000


def trust_report(
    pipeline: Any,  # noqa: ANN401 - a fitted Pipeline
    images: SliceImage | ArrayLike | Sequence[SliceImage | ArrayLike],
    rois: RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike],
    *,
    depth: OneDepth | Sequence[OneDepth] = None,
    n_seeds: int = 5,
    n_shifts: int = 999,
    stride: int | None = None,
    trained_on: str = "sample",
    random_state: int | RandomState | None = None,
    memory: Any = None,  # noqa: ANN401 - str, joblib.Memory or None
    verbose: int = 0,
) -> TrustReport:
    r"""Say of every factor and cluster whether it is real, and why.

    Each is asked: does it follow a region more than chance does, is it more than
    shading, lines of the scan, edges, vessels or a gradient, more than the labels it
    was trained with, and the same in networks of other seeds. What cannot be told is
    called so.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, as from `make_microarch_pipeline`: sampler, network, and after them a
        factorization, clusters, or both.
    images : SliceImage, 2-D array, or sequence of them
        Annotated slices, as the pipeline was trained on. With several animals,
        ``SliceImage(specimen=...)``.
    rois : RoiMap, array-like of shape (height, width), or one per image
        Regions: a `RoiMap`, or integer codes.
    depth : LaminarDepth, array-like of shape (height, width), one per image, or None
        How deep each pixel lies between pia and white matter, from `laminar_depth` or
        in any unit, NaN elsewhere; None in a list for a slice without. Where ``rois``
        hold layers, it is asked whether maps say more than depth does. None: layers
        are regions like others.
    n_seeds : int, default=5
        Networks of other seeds to train. With fewer than 2, no map is called supported.
    n_shifts : int, default=999
        Times that labels are moved, and random maps drawn, at least 19. The more maps
        there are, the more it takes: 20 maps cannot be told from chance by 199.
    stride : int or None, default=None, unit: pixels
        Distance of the patches that are mapped, at the pixel size of the model. None:
        an eighth of a patch.
    trained_on : {"sample", "training_rows"}, default="sample"
        Which method of its sampler gave the rows that the pipeline was fitted on; the
        other networks are fitted on such rows, too.
    random_state : int, RandomState instance or None, default=None
        Seeds of the other networks, of moved labels and of random maps.
    memory : str, joblib.Memory or None, default=None
        Keeps the maps of other networks, so that a report goes on where it stopped;
        needs an integer ``random_state``.
    verbose : int, default=0
        1 says beforehand how many minutes the tests and the other networks take, and
        how far it is.

    Returns
    -------
    report : TrustReport
        Print it; ``to_rows`` and ``to_csv`` give its table.

    Raises
    ------
    NotFittedError
        If ``pipeline`` is not fitted.
    TypeError
        If ``pipeline`` does not start with a sampler and a network, or has neither
        factors nor clusters.
    ValueError
        If ``rois`` do not fit their images or hold no region, ``depth`` does not fit
        them, is NaN in all tissue or lies in no two regions, ``memory`` is given
        without an integer ``random_state``, or another argument is out of its range.

    See Also
    --------
    sklearn_microarch.feature_report : What the features hold beside the labels.
    sklearn_microarch.decomposition.stability_of_components : Over halves of the tissue.

    Notes
    -----
    The verdicts, in this order:

    - "cannot tell": fewer than 20 annotated blocks, of two patches' edge;
    - "explained by" a nuisance, or "gradient" where one smooth function of position
      does nearly as well: it explains at least half of what the regions leave of the
      map, on blocks held out, and more beside the regions than they beside it. The
      nuisances are low-pass grey level, row and column (smooth, with a streak for
      each line), the distances to the tissue's edge and to borders of regions,
      impurity (of what is annotated in a patch, the share in other regions than its
      centre's), and large vessels: the share of a patch in dark or bright blobs, three
      robust deviations and more from the median of the tissue, whose largest disc is
      16 to 75 um wide, a patch taken for 150 um where no pixel size is known;
    - "cannot tell": it follows no region more than labels do that are shifted, turned
      and mirrored inside the tissue (p > 0.05), or more than random maps of its own
      variogram [1]_ do. The statistic is the best AUC for any region; p values are
      corrected for all maps of the report by the smallest p, stepping down [2]_. Only
      places are taken in which 80 % of the labels stay in the tissue. A part of a
      region, such as a layer, follows a region only if it is annotated;
    - of layers, which are regions of which most cells have a ``depth``, labels that
      are moved stay layers. For a map that follows one best, "gradient": a cubic of
      depth explains at least half of it, and no less than the layers do, on blocks
      held out. "Cannot tell": the cubic explains no less than the layers, or the map
      follows them as well when it is redrawn within bands of depth (p > 0.05). In each
      band, one cell thick, its waves along the cortex keep their strength and get
      random phases, the same in all bands of a slice [3]_. The statistic is the best
      correlation with a layer beside the mean and the slope of each band. What follows
      depth and no more could be stain that fades from the pia;
    - "cannot tell": of several animals, it follows the region in half or fewer. In an
      animal it must do so by itself, and factors and clusters that are fitted without
      that animal, on the same network's features, must show the same there
      (correlation of 0.8);
    - "cannot tell": there are fewer than two other networks, or the median correlation
      with its partner in them is below 0.8 over the slice;
    - "explained by the labels": that correlation is below 0.5 inside regions (their
      means taken out): the map restates a region;
    - "cannot tell": random maps agree as well with the other networks inside regions
      (p > 0.05). They have the variogram of what the map shows there [1]_, and each is
      compared with the best map of each network; 199 are drawn at most;
    - "explained by the labels": the network's logits leave less than 10 % of it inside
      regions;
    - "supported": all else. With one animal it is said of that animal only.

    A figure that these rules need and that cannot be had makes the verdict "cannot
    tell". What the logits leave is known only of a map that varies in a region of ten
    cells and more for each region that the network knows.

    Of the *number* of clusters it is asked whether they come again in two halves of the
    tissue better than as many pieces of a gradient (``p_number`` <= 0.05), as
    `~sklearn_microarch.clustering.stability_of_clusters` does. No verdict depends on
    it: a cluster may follow a region where nothing tells how many there are.

    ``holds_flat`` repeats the test against chance on maps of which low-pass grey level,
    rows and columns are taken out, as a flat field would. No verdict depends on it: a
    region that is brighter than what is around it loses by it, too.

    Where p is above 0.05, the sentence says how many slices would tell, if each showed
    the map as well: p values, as normal deviates, grow by the root of their number.

    No p value is given of single pixels. Slices of one animal are moved independently
    of each other, which takes what they share for more than it is.

    References
    ----------
    .. [1] J. B. Burt, M. Helmer, M. Shinn, A. Anticevic and J. D. Murray, "Generative
       modeling of brain maps with spatial autocorrelation", NeuroImage 220, 2020.
       :doi:`10.1016/j.neuroimage.2020.117038`
    .. [2] P. H. Westfall and S. S. Young, "Resampling-Based Multiple Testing", Wiley,
       1993.
    .. [3] D. Prichard and J. Theiler, "Generating surrogate data for time series with
       several simultaneously measured variables", Physical Review Letters 73, 1994.
       :doi:`10.1103/PhysRevLett.73.951`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import PatchSampler, make_microarch_pipeline
    >>> from sklearn_microarch.trust import trust_report
    >>> rng = np.random.default_rng(0)
    >>> image = rng.normal(128, 20, size=(96, 192)).clip(0, 255).astype(np.uint8)
    >>> image[:, 96:] //= 2
    >>> rois = np.repeat([[1, 2]], 96, axis=1).repeat(96, axis=0)
    >>> sampler = PatchSampler(12, n_patches_per_roi=40, tissue=None, random_state=0)
    >>> pipe = make_microarch_pipeline(
    ...     sampler=sampler, n_components=3, n_clusters=2, random_state=0
    ... ).set_params(features__max_epochs=1, features__device="cpu")
    >>> pipe = pipe.fit(*sampler.sample(image, rois))
    >>> report = trust_report(pipe, image, rois, n_seeds=0, n_shifts=19, random_state=0)
    >>> [row["name"][:8] for row in report.to_rows()]
    ['factor00', 'factor01', 'factor02', 'cluster0', 'cluster1']
    >>> any(row["verdict"] == "supported" for row in report.to_rows())
    False
    """
    n_seeds = check_integer("n_seeds", n_seeds, minimum=0, maximum=_MOST_SEEDS)
    n_shifts = check_integer("n_shifts", n_shifts, minimum=19, maximum=_MOST_SHIFTS)
    if not isinstance(verbose, bool):
        check_integer("verbose", verbose, minimum=0)
    trained_on = check_option("trained_on", trained_on, ("sample", "training_rows"))
    rng = check_seed("random_state", random_state)
    _check_memory(memory, random_state)
    # Drawn first, so that they do not depend on how the tests are made.
    seeds = rng.randint(2**31 - 1, size=n_seeds).tolist()
    steps = find_steps(pipeline, "trust_report", needs_features=True)
    if stride is None:
        step = max(1, int(steps.sampler.patch_shape_[-1]) // _CELLS_PER_PATCH_EDGE)
    else:
        step = check_stride(stride)
    patches = steps.sampler.cut(images, stride=step)
    cells = lay_cells(
        patches,
        rois,
        step,
        unannotated_code=steps.sampler.unannotated_code,
        depth=depth,
    )
    check_layers(cells)
    begin = time.perf_counter()
    ours = maps_of(pipeline, patches)
    seconds = time.perf_counter() - begin
    training = Training(images, rois, trained_on)
    if verbose:
        minutes = minutes_of_tests(steps.later[-1], cells, ours, n_shifts, n_seeds)
        print(f"tests: {minutes_in_words(minutes)}")
    if verbose and seeds:
        rows, _ = training.rows(with_seed(pipeline, seeds[0]))
        minutes = minutes_of_training(steps.network, rows, n_seeds, seconds)
        said = f"training {count_of(n_seeds, 'network')}: {minutes_in_words(minutes)}"
        print(said, flush=True)
    others = []
    for number, seed in enumerate(seeds, start=1):
        if verbose:
            print(f"network {number} of {n_seeds}", flush=True)
        others.append(map_again(pipeline, training, patches, seed, memory))
    left_out = leave_animals_out(pipeline, training, patches, cells, ours)
    found = gather_figures(cells, ours, others, n_shifts, rng, left_out=left_out)
    chosen = select_again(steps.selection, ours.factors, cells)
    p_number = chance_of_number(steps.later[-1], cells, ours, n_shifts, rng)
    names = ours.factor_names, ours.cluster_names
    return TrustReport(
        verdicts=verdicts_on(found, *names, chosen, p_number),
        n_shifts=n_shifts,
        n_placements=found.n_placements,
        n_dropped=found.n_dropped,
        n_seeds=n_seeds,
        n_blocks=found.n_blocks,
    )


def _check_memory(memory: object, random_state: object) -> None:
    """Raise where kept networks would never be found again: each has a new seed."""
    if memory is not None and not isinstance(random_state, Integral):
        raise ValueError(
            f"memory={shown(memory)} finds networks by their seeds, which "
            f"random_state={shown(random_state)} draws anew in each call; give an "
            "integer random_state, or no memory."
        )
