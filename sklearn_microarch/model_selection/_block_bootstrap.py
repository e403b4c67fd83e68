"""Intervals for scores of rows that lie together in a slice."""

from collections.abc import Callable
from numbers import Integral, Real

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import (
    check_consistent_length,
    check_random_state,
    check_scalar,
)
from sklearn.utils.validation import assert_all_finite

from sklearn_microarch.model_selection._bootstrap_result import BlockBootstrap
from sklearn_microarch.model_selection._region_codes import code_regions
from sklearn_microarch.model_selection._resampling import (
    resample_blocks,
    sum_over_blocks,
)
from sklearn_microarch.model_selection._slice_blocks import SliceBlocks

Statistic = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def block_bootstrap(
    values: ArrayLike,
    labels: ArrayLike,
    blocks: SliceBlocks | ArrayLike,
    *,
    against: ArrayLike | None = None,
    statistic: Statistic | None = None,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
    unannotated: int | str | None = None,
    random_state: int | RandomState | None = None,
) -> BlockBootstrap:
    """Interval for a mean over regions, by resampling whole blocks of the slice.

    With ``values = y_pred == y_true`` the means are recalls, and the statistic is
    the balanced accuracy. With ``against``, the same of a second classifier on
    the same rows, it is the lead of the first: both are resampled together, so
    that what is hard for both does not widen the interval.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        A value of each row: right or wrong, or a loss.
    labels : array-like of shape (n_samples,)
        Region of each row.
    blocks : SliceBlocks or array-like of shape (n_samples,)
        What `spatial_blocks` returns; or the unit each row belongs to, if units
        are independent, such as specimens.
    against : array-like of shape (n_samples,) or None, default=None
        Values to subtract, of another classifier.
    statistic : callable or None, default=None
        ``statistic(means, counts)`` of arrays of shape (..., n_regions), the mean
        value and the number of rows of each region, gives an array of shape
        (...,). None: the mean of the means. With ``against`` it is computed for
        each, then subtracted.
    n_resamples : int, default=2000
        Times the blocks are drawn.
    confidence_level : float, default=0.95
        Share of the resamples within the interval, which cuts equally many off
        at both ends.
    unannotated : int, str or None, default=None
        Label of rows to leave out.
    random_state : int, RandomState instance or None, default=None
        Draws the blocks. Pass an int for the same result in every call.

    Returns
    -------
    bootstrap : BlockBootstrap
        Of all regions together and of each; prints as a table.

    Raises
    ------
    TypeError
        If ``n_resamples`` is no integer.
    ValueError
        If lengths differ, a value is not finite, no row is annotated, or
        ``n_resamples`` or ``confidence_level`` are out of range.

    Notes
    -----
    Blocks are drawn whole, with all regions they hold, so that an error which
    shifts a border counts in both regions. A resample that lacks a region is
    drawn again: the mean over the regions is defined in each. Where regions lie
    in so few blocks that this fails nearly always, there is no interval.

    The interval tells how the score varies with the piece of tissue that is
    judged. It does not tell how it varies with training, with the annotator or
    with the specimen. A region of fewer than 5 blocks shows too little of its
    own variation; its interval, and any statistic that holds it, is marked.

    References
    ----------
    .. [1] H. R. Künsch, "The jackknife and the bootstrap for general stationary
       observations", Annals of Statistics 17(3), 1989.
       :doi:`10.1214/aos/1176347265`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.model_selection import block_bootstrap
    >>> labels = np.repeat(["CTX", "VP"], 60)
    >>> blocks = np.arange(120) // 10
    >>> ours = np.ones(120, dtype=bool)
    >>> baseline = np.arange(120) % 10 < 8
    >>> lead = block_bootstrap(ours, labels, blocks, against=baseline, random_state=0)
    >>> print(lead)
    region  rows  blocks  difference  95% interval
    CTX       60  6       0.200       0.200 to 0.200
    VP        60  6       0.200       0.200 to 0.200
    all      120          0.200       0.200 to 0.200
    """
    check_scalar(n_resamples, "n_resamples", Integral, min_val=1)
    if not isinstance(confidence_level, Real) or not 0 < confidence_level < 1:
        raise ValueError(
            f"confidence_level={confidence_level!r} must be a number between 0 and 1."
        )
    share = blocks.draw_share if isinstance(blocks, SliceBlocks) else 1.0
    units = blocks.labels if isinstance(blocks, SliceBlocks) else np.asarray(blocks)
    if units.ndim != 1:
        raise ValueError(
            f"blocks has shape {units.shape}; give the number of each row's block."
        )
    columns = [_check_values(values, "values")]
    if against is not None:
        columns.append(_check_values(against, "against"))
    check_consistent_length(*columns, labels, units)
    coded = code_regions(labels, unannotated=unannotated, name="labels")
    cells = sum_over_blocks(
        np.column_stack(columns)[coded.rows],
        coded.codes,
        units[coded.rows],
        n_regions=len(coded.regions),
    )
    totals = resample_blocks(
        cells,
        n_drawn=max(1, round(share * len(cells))),
        n_resamples=n_resamples,
        rng=check_random_state(random_state),
    )
    measure = _mean_of_means if statistic is None else statistic
    n_blocks = (cells[..., 0] > 0).sum(axis=0)
    region_estimate, estimate = _evaluate(cells.sum(axis=0)[None], measure)
    region_means, statistics = _evaluate(totals, measure)
    region_low, region_high = _interval(region_means, confidence_level)
    low, high = _interval(statistics, confidence_level)
    alone = n_blocks < 2
    return BlockBootstrap(
        estimate=float(estimate[0]),
        low=float(np.nan if alone.all() else low),
        high=float(np.nan if alone.all() else high),
        regions=coded.regions,
        region_estimate=region_estimate[0],
        region_low=np.where(alone, np.nan, region_low),
        region_high=np.where(alone, np.nan, region_high),
        n_rows=coded.count(),
        n_blocks=n_blocks,
        confidence_level=float(confidence_level),
        is_difference=against is not None,
    )


def _check_values(values: ArrayLike, name: str) -> NDArray[np.float64]:
    checked = np.asarray(values, dtype=np.float64)
    if checked.ndim != 1:
        raise ValueError(
            f"{name} has shape {checked.shape}; it must hold one value per row."
        )
    assert_all_finite(checked, input_name=name)
    return checked


def _evaluate(
    totals: NDArray[np.float64], statistic: Statistic
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return means by region and the statistic, of the first less the second values."""
    counts = totals[..., 0]
    means = totals[..., 1:] / counts[..., None]
    each = [statistic(means[..., j], counts) for j in range(means.shape[-1])]
    if len(each) == 1:
        return means[..., 0], each[0]
    return means[..., 0] - means[..., 1], each[0] - each[1]


def _interval(
    resampled: NDArray[np.float64], confidence_level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not len(resampled):
        nothing = np.full(resampled.shape[1:], np.nan)
        return nothing, nothing
    tail = (1 - confidence_level) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=0)
    return low, high


def _mean_of_means(
    means: NDArray[np.float64],
    counts: NDArray[np.float64],  # noqa: ARG001 - what every statistic is given
) -> NDArray[np.float64]:
    return means.mean(axis=-1)
