"""Recommend the number of factors, lambda and the number of clusters, with a reason."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import annotated_rows, check_roi_labels
from sklearn_microarch._arguments._arrays import check_same_length
from sklearn_microarch._arguments._collections import check_ks
from sklearn_microarch._arguments._matrix import check_matrix
from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_seed,
    shown,
)
from sklearn_microarch.decomposition._row_checks import check_rows
from sklearn_microarch.model_selection.settings._beyond_gradient import (
    doubts_on_number,
)
from sklearn_microarch.model_selection.settings._decide import (
    ENOUGH_AGREEMENT,
    ENOUGH_FACTORS,
    USUAL_LAM,
    decide_lam,
    decide_number,
)
from sklearn_microarch.model_selection.settings._folds import count_places, lay_folds
from sklearn_microarch.model_selection.settings._held_out import most_components
from sklearn_microarch.model_selection.settings._measure import Bench
from sklearn_microarch.model_selection.settings._recommendation import (
    Recommendation,
    SettingChoice,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.selection._select_factors import check_lam
from sklearn_microarch.spatial import SliceBlocks


def recommend_settings(
    X: ArrayLike,
    y: ArrayLike,
    blocks: Patches | SliceBlocks | ArrayLike,
    *,
    ks: Iterable[int],
    lams: ArrayLike | None = None,
    n_clusters: Iterable[int] | None = None,
    n_folds: int = 3,
    n_halvings: int = 5,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    max_samples: int | None = 5000,
    unannotated: int | str | None = None,
    random_state: int | RandomState | None = None,
) -> Recommendation:
    """Recommend settings of the steps after the network, where the data decide.

    The features of all rows are computed once, by the network as it is; no network is
    trained here. Three things are measured on blocks of tissue that took no part in a
    fit:

    - *held-out error*: how badly hidden features of hidden rows are predicted, as a
      share of their squares. Unlike the error of a reconstruction it rises again with
      too many factors;
    - *found again*: the share of factors whose map (their loadings over all rows)
      correlates by 0.8 or more with that of a factor learned from the other half of the
      blocks; of clusters, the adjusted Rand index of both halves;
    - *localization*: how well matched factors mark their regions,
      `factor_localization_score`.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features, not negative: what the pipeline's first two steps give for sampled
        patches.
    y : array-like of shape (n_samples,)
        Region of each row.
    blocks : Patches, SliceBlocks, or array-like of shape (n_samples,)
        Where the rows lie: their patches; or what `spatial_blocks` returns; or the
        block, or animal, of each row.
    ks : iterable of int
        Numbers of factors to try, each once.
    lams : array-like of shape (n_lams,) or None, default=None
        Prices of leakage to try, with the recommended k. None: none.
    n_clusters : iterable of int or None, default=None
        Numbers of clusters to try, with the recommended k and lambda. None: none.
    n_folds : int, default=3
        Spatial folds, at least 2.
    n_halvings : int, default=5
        Times that blocks are halved at random.
    n_resamples : int, default=1000
        Times that blocks are drawn, for intervals.
    confidence : float, default=0.95
        Of the intervals.
    max_samples : int or None, default=5000
        Rows drawn when there are more. None uses all.
    unannotated : int, str or None, default=None
        Label of rows without a region. They count as leakage, and in all that needs no
        labels.
    random_state : int, RandomState instance or None, default=None
        Draws rows, starts, halves and blocks. Pass an int for the same result in every
        call.

    Returns
    -------
    recommendation : Recommendation
        Print it. Its ``params`` are for ``pipe.set_params``.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If lengths differ, ``X`` is negative or not finite, no row is annotated, there
        are too few blocks for the folds, or an argument is out of range.

    Warns
    -----
    FewerFoldsWarning
        If a region is too small for so many folds.

    See Also
    --------
    stability_of_components : The curves over k alone, without blocks or labels.
    sklearn_microarch.plotting.RecommendationDisplay : The figure.

    Notes
    -----
    **The rule for k.** A number of factors is *as good as the best* where its held-out
    error is not above the lowest, and its localization not below the highest, by more
    than the interval of the difference; both are resampled together over blocks. It is
    *stable* where, on average, nine of ten factors are found again. Recommended is the
    smallest number that is both; where none is, the largest stable one. The data do not
    decide where no number is stable, where only the largest number tried is as good, or
    where shuffled features, each column on its own, are predicted as well.

    **For lambda**: among the prices whose localization is as good as the best, the one
    nearest to 1, the default. The data do not decide where all are as good.

    **For clusters**: the rule for k, with the held-out log density in place of the
    error, and an adjusted Rand index of 0.8 between halves. They must also come again
    better than as many pieces of a gradient (p <= 0.05), see
    `~sklearn_microarch.clustering.stability_of_clusters`, or the data do not decide.

    Regions taught the network its features, on these rows too: the localization tells
    how well factors restate them, not what a new slice would give.

    Examples
    --------
    Rows made of three parts, in twenty blocks.

    >>> import numpy as np
    >>> from sklearn_microarch.model_selection import recommend_settings
    >>> rng = np.random.default_rng(0)
    >>> strength = rng.gamma(1.0, size=(400, 3)) * (rng.random((400, 3)) < 0.5)
    >>> X = strength @ (rng.gamma(1.0, size=(3, 12)) * (rng.random((3, 12)) < 0.5))
    >>> X = np.maximum(X + 0.1 * rng.normal(size=X.shape), 0.0)
    >>> y, blocks = strength.argmax(axis=1), np.arange(400) // 20
    >>> found = recommend_settings(
    ...     X, y, blocks, ks=[2, 3, 4], n_halvings=2, n_resamples=200, random_state=0
    ... )
    >>> found.n_components
    3
    """
    check_integer("n_folds", n_folds, minimum=2)
    check_integer("n_halvings", n_halvings, minimum=1)
    check_integer("n_resamples", n_resamples, minimum=20, maximum=1_000_000)
    check_number("confidence", confidence, low=0.5, high=0.9999)
    rng = check_seed("random_state", random_state)
    numbers = np.array(check_ks(ks, name="ks"))
    prices = _check_lams(lams)
    counts = None if n_clusters is None else check_ks(n_clusters, name="n_clusters")
    rows, labels, kept = _check_rows(
        X, y, blocks, max_samples=max_samples, unannotated=unannotated, rng=rng
    )
    tissue = lay_folds(blocks, labels, n_folds, kept)
    _check_most(numbers, most_components(rows, tissue))
    bench = Bench(
        rows,
        labels,
        tissue,
        n_halvings=n_halvings,
        n_resamples=n_resamples,
        confidence=confidence,
        seed=int(rng.randint(2**31 - 1)),
    )
    with warnings.catch_warnings():
        # Of single fits, which no user asked for.
        warnings.simplefilter("ignore", UserWarning)
        choices = [_choose_k(bench, numbers)]
        k = int(choices[0].value or numbers[_best(choices[0])])
        if prices is not None:
            marks = bench.localization([(k, lam) for lam in prices.tolist()])
            decided = decide_lam(prices, marks)
            curves = {"localization": marks}
            choices.append(SettingChoice("lam", prices, curves, *decided))
        if counts is not None:
            choices.append(_choose_clusters(bench, np.array(counts), k))
    return Recommendation(tuple(choices), confidence)


def _best(choice: SettingChoice) -> int:
    return int(choice.curves["held-out error"].estimate.argmin())


def _choose_k(bench: Bench, numbers: NDArray[np.int64]) -> SettingChoice:
    error = bench.held_out_error(numbers)
    again = bench.factors_again(numbers)
    marks = bench.localization([(int(k), USUAL_LAM) for k in numbers])
    curves = {"held-out error": error, "found again": again, "localization": marks}
    value, reason = decide_number(
        numbers, error, again, marks, what="factors", enough=ENOUGH_FACTORS
    )
    best = int(error.estimate.argmin())
    if not bench.beats_shuffled(int(numbers[best]), error.high[best]):
        value = None
        reason = (
            "hidden features are predicted no better than shuffled ones: the rows hold "
            "no factors that could be counted."
        )
    return SettingChoice("n_components", numbers, curves, value, reason)


def _choose_clusters(bench: Bench, counts: NDArray[np.int64], k: int) -> SettingChoice:
    loadings = bench.loadings(k)
    error = bench.held_out_density(loadings, counts)
    again = bench.clusters_again(loadings, counts)
    value, reason = decide_number(
        counts, error, again, None, what="clusters", enough=ENOUGH_AGREEMENT
    )
    if value is not None:
        doubts = doubts_on_number(loadings, int(value), bench.tissue, bench.seed)
        value, reason = (None, doubts) if doubts else (value, reason)
    curves = {"held-out error": error, "found again": again}
    return SettingChoice("n_clusters", counts, curves, value, reason)


def _check_lams(lams: ArrayLike | None) -> NDArray[np.float64] | None:
    """Return prices, ascending."""
    if lams is None:
        return None
    try:
        listed: list[Any] = list(lams)  # type: ignore[arg-type]
    except TypeError as error:
        raise TypeError(
            f"lams={shown(lams)} must be a sequence of prices; for one pass [lam]."
        ) from error
    if not listed:
        raise ValueError("lams is empty; give at least one price of leakage.")
    for at, lam in enumerate(listed):
        check_lam(f"lams[{at}]", lam)
    return np.unique(np.array(listed, dtype=np.float64))


def _check_rows(
    X: ArrayLike,
    y: ArrayLike,
    blocks: object,
    *,
    max_samples: int | None,
    unannotated: int | str | None,
    rng: RandomState,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.intp]]:
    """Return features (n, d), region codes (n,) with -1, and which rows were kept."""
    rows = check_matrix("X", X, dtype=(np.float64, np.float32), ensure_all_finite=False)
    largest = check_rows(rows, whom="recommend_settings")
    labels = check_roi_labels(y)
    check_same_length(X=rows, y=labels)
    if count_places(blocks) != len(rows):
        raise ValueError(
            f"blocks tells where {count_places(blocks)} rows lie, but X has "
            f"{len(rows)} rows."
        )
    known = annotated_rows(labels, unannotated)
    if not known.any():
        raise ValueError("y has no annotated row; at least one is needed.")
    codes = np.full(len(rows), -1, dtype=np.int64)
    codes[known] = np.unique(labels[known], return_inverse=True)[1]
    kept = np.arange(len(rows))
    if max_samples is not None:
        check_integer("max_samples", max_samples, minimum=2)
        if len(rows) > max_samples:
            kept = np.sort(rng.permutation(len(rows))[:max_samples])
    scaled = (rows[kept] / (largest or 1.0)).astype(np.float64)
    return scaled[:, scaled.any(axis=0)], codes[kept], kept


def _check_most(numbers: NDArray[np.int64], most: int) -> None:
    if numbers[-1] > most or numbers[0] < 1:
        raise ValueError(
            f"ks={shown(numbers.tolist())} must be from 1 to {most}, the rows or "
            "features that are left when a fold and a third of the features are hidden."
        )
