"""Intervals for scores of rows that lie together in a slice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import check_roi_labels, code_labels
from sklearn_microarch._arguments._arrays import as_array, as_numbers, check_same_length
from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_seed,
    shown,
)
from sklearn_microarch._format_table import decimals, format_table
from sklearn_microarch.spatial._spatial_blocks import SliceBlocks

Statistic = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
# Fewer blocks of a region than this do not show how much it varies.
FEW_BLOCKS = 5
# More would show nothing more, and take hours.
_MOST_RESAMPLES = 10_000_000
# Draws held at a time, and draws allowed for each resample that is kept.
_PICKS_AT_A_TIME = 1 << 22
_MAX_TRIES = 50


@dataclass(frozen=True, eq=False)
class BlockBootstrap:
    """A score with its interval, of all regions together and of each.

    Parameters
    ----------
    estimate, low, high : float
        The statistic and its interval; NaN ends where there is none.
    regions : ndarray of shape (n_regions,)
        Sorted labels of the regions that occur.
    region_estimate, region_low, region_high : ndarray of shape (n_regions,)
        Mean of each region and its interval; NaN ends for a region in one block.
    n_rows, n_blocks : ndarray of shape (n_regions,), dtype int64
        Rows of each region, and blocks in which they lie.
    confidence_level : float
        Share of the resamples within the interval.
    is_difference : bool
        Whether the values are differences of two classifiers.

    Examples
    --------
    >>> from sklearn_microarch.metrics import block_bootstrap
    >>> right = [1, 1, 0, 1, 1, 1]
    >>> labels = ["CTX", "CTX", "CTX", "VP", "VP", "VP"]
    >>> found = block_bootstrap(right, labels, [0, 0, 1, 2, 2, 3], random_state=0)
    >>> round(found.estimate, 3), found.n_blocks.tolist(), found.is_trusted
    (0.833, [2, 2], False)
    """

    estimate: float
    low: float
    high: float
    regions: NDArray
    region_estimate: NDArray[np.float64]
    region_low: NDArray[np.float64]
    region_high: NDArray[np.float64]
    n_rows: NDArray[np.int64]
    n_blocks: NDArray[np.int64]
    confidence_level: float
    is_difference: bool = False

    @property
    def few_blocks(self) -> NDArray[np.bool_]:
        """Which regions lie in too few blocks for their interval to be trusted."""
        return self.n_blocks < FEW_BLOCKS

    @property
    def is_trusted(self) -> bool:
        """Whether no region lies in too few blocks."""
        return not self.few_blocks.any()

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table.

        Returns
        -------
        rows : list of dict
            One for each region, and a last one, ``"all"``, for the statistic.
        """
        columns = {
            "region": [*self.regions.tolist(), "all"],
            "n_rows": [*self.n_rows.tolist(), int(self.n_rows.sum())],
            "n_blocks": [*self.n_blocks.tolist(), None],
            "estimate": [*self.region_estimate.tolist(), self.estimate],
            "low": [*self.region_low.tolist(), self.low],
            "high": [*self.region_high.tolist(), self.high],
            "is_trusted": [*(~self.few_blocks).tolist(), self.is_trusted],
        }
        return [
            dict(zip(columns, values, strict=True))
            for values in zip(*columns.values(), strict=True)
        ]

    def __str__(self) -> str:
        name = "difference" if self.is_difference else "estimate"
        table = [
            {
                "region": str(row["region"]),
                "rows": row["n_rows"],
                "blocks": "" if row["n_blocks"] is None else str(row["n_blocks"]),
                name: decimals(row["estimate"]),
                f"{self.confidence_level:.0%} interval": format_interval(
                    row["low"], row["high"], is_trusted=row["is_trusted"]
                ),
            }
            for row in self.to_rows()
        ]
        note = f"\n* of fewer than {FEW_BLOCKS} blocks: not to be trusted"
        return format_table(table) + ("" if self.is_trusted else note)


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
        What `spatial_blocks` returns; or the unit each row belongs to, integers or
        strings, if units are independent, such as specimens.
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
        If ``n_resamples`` is no integer, values are no real numbers, blocks are
        neither integers nor strings, or ``statistic`` cannot be called.
    ValueError
        If lengths differ, a value is not finite, a block is NaN, no row is
        annotated, ``n_resamples`` or ``confidence_level`` are out of range, or
        ``statistic`` gives an array of another shape.

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
    >>> from sklearn_microarch.metrics import block_bootstrap
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
    n_resamples = check_integer(
        "n_resamples", n_resamples, minimum=1, maximum=_MOST_RESAMPLES
    )
    level = check_number("confidence_level", confidence_level, high=1.0)
    if not 0 < level < 1:
        raise ValueError(
            f"confidence_level={shown(confidence_level)} must lie between 0 and 1, "
            "without either."
        )
    if statistic is not None and not callable(statistic):
        raise TypeError(f"statistic={shown(statistic)} must be a function or None.")
    rng = check_seed("random_state", random_state)
    columns = {"values": as_numbers("values", values)}
    if against is not None:
        columns["against"] = as_numbers("against", against)
    coded = code_labels(labels, unannotated=unannotated, name="labels")
    units, share = _check_blocks(blocks)
    check_same_length(**columns, labels=coded.codes, blocks=units)
    cells = sum_over_blocks(
        np.column_stack(list(columns.values())).astype(np.float64)[coded.annotated],
        coded.region_codes,
        units[coded.annotated],
        n_regions=len(coded.regions),
    )
    totals = resample_blocks(
        cells,
        n_drawn=max(1, round(share * len(cells))),
        n_resamples=n_resamples,
        rng=rng,
    )
    measure = _mean_of_means if statistic is None else statistic
    n_blocks = (cells[..., 0] > 0).sum(axis=0)
    region_estimate, estimate = _evaluate(cells.sum(axis=0)[None], measure)
    region_means, statistics = _evaluate(totals, measure)
    region_low, region_high = _interval(region_means, level)
    low, high = _interval(statistics, level)
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
        confidence_level=level,
        is_difference=against is not None,
    )


def _check_blocks(blocks: SliceBlocks | ArrayLike) -> tuple[NDArray, float]:
    """Return the block of each row (n_samples,), and the share of them to draw."""
    if isinstance(blocks, SliceBlocks):
        return blocks.labels, blocks.draw_share
    units = as_array("blocks", blocks)
    if units.ndim != 1:
        raise ValueError(
            f"blocks has shape {units.shape}; give the number of each row's block."
        )
    return check_roi_labels(units, name="blocks", what="blocks"), 1.0


def sum_over_blocks(
    values: NDArray[np.float64],  # (n_samples, n_values)
    codes: NDArray[np.intp],  # (n_samples,), of regions from 0
    blocks: NDArray,  # (n_samples,), any labels
    *,
    n_regions: int,
) -> NDArray[np.float64]:
    """Return the number of rows, then the sums of the values, by block and region.

    Of shape (n_blocks, n_regions, 1 + n_values).
    """
    found, block = np.unique(blocks, return_inverse=True)
    cell = block.reshape(-1) * n_regions + codes
    n_cells = len(found) * n_regions
    cells = np.empty((n_cells, 1 + values.shape[1]))
    cells[:, 0] = np.bincount(cell, minlength=n_cells)
    for j, column in enumerate(values.T):
        cells[:, 1 + j] = np.bincount(cell, column, minlength=n_cells)
    return cells.reshape(len(found), n_regions, -1)


def resample_blocks(
    cells: NDArray[np.float64], *, n_drawn: int, n_resamples: int, rng: RandomState
) -> NDArray[np.float64]:
    """Return sums (n_resamples, n_regions, 1 + n_values) over blocks drawn whole.

    Of `cells` as `sum_over_blocks` gives them. A resample that lacks a region is drawn
    again; none is kept where hardly any holds them all.
    """
    n_blocks = len(cells)
    flat = cells.reshape(n_blocks, -1)
    n_at_a_time = min(n_resamples, max(1, _PICKS_AT_A_TIME // max(n_blocks, n_drawn)))
    kept: list[NDArray[np.float64]] = []
    n_kept = n_tried = 0
    while n_kept < n_resamples:
        if n_tried >= _MAX_TRIES * n_resamples:
            return np.empty((0, *cells.shape[1:]))
        picks = rng.randint(n_blocks, size=(n_at_a_time, n_drawn))
        picks += n_blocks * np.arange(n_at_a_time)[:, None]
        times = np.bincount(picks.ravel(), minlength=n_at_a_time * n_blocks)
        totals = times.reshape(n_at_a_time, n_blocks).astype(np.float64) @ flat
        totals = totals.reshape(n_at_a_time, *cells.shape[1:])
        whole = totals[(totals[..., 0] > 0).all(axis=1)]
        kept.append(whole)
        n_kept, n_tried = n_kept + len(whole), n_tried + n_at_a_time
    return np.concatenate(kept)[:n_resamples]


def _evaluate(
    totals: NDArray[np.float64], statistic: Statistic
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return means by region and the statistic, of the first less the second values."""
    counts = totals[..., 0]
    means = totals[..., 1:] / counts[..., None]
    each = [_call(statistic, means[..., j], counts) for j in range(means.shape[-1])]
    if len(each) == 1:
        return means[..., 0], each[0]
    return means[..., 0] - means[..., 1], each[0] - each[1]


def _call(
    statistic: Statistic, means: NDArray[np.float64], counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the statistic (n_resamples,), which may be a function of the user's."""
    try:
        given = statistic(means, counts)
    # Whatever a function does that takes other arguments, or is none of this kind.
    except (TypeError, AttributeError, LookupError) as error:
        raise TypeError(
            f"statistic={shown(statistic)} cannot be called with means and counts, "
            f"arrays of shape (..., n_regions): {type(error).__name__}: {error}"
        ) from error
    found = as_array("the result of statistic", given)
    if found.shape != means.shape[:-1]:
        raise ValueError(
            f"statistic gives an array of shape {found.shape} for means of shape "
            f"{means.shape}; it must give one of shape {means.shape[:-1]}: reduce the "
            "last axis."
        )
    return found


def _mean_of_means(
    means: NDArray[np.float64],
    counts: NDArray[np.float64],  # noqa: ARG001 - what every statistic is given
) -> NDArray[np.float64]:
    """Return the mean over the regions, where no statistic is given."""
    return means.mean(axis=-1)


def _interval(
    resampled: NDArray[np.float64], confidence_level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both ends, NaN where nothing could be resampled."""
    if not len(resampled):
        nothing = np.full(resampled.shape[1:], np.nan)
        return nothing, nothing
    tail = (1 - confidence_level) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=0)
    return low, high


def format_interval(low: float, high: float, *, is_trusted: bool) -> str:
    """Return an interval as text, with an asterisk where it rests on few blocks."""
    text = "none" if np.isnan(low) else f"{low:.3f} to {high:.3f}"
    return text if is_trusted else f"{text} *"
