"""Recall against the distance to the border of the region."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._annotation import code_labels
from sklearn_microarch._arguments._arrays import as_numbers, check_same_length
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch._format_table import decimals, format_table

EDGES_PX = (0, 16, 40, 64)


@dataclass(frozen=True, eq=False)
class BorderCurve:
    """Recalls by distance to the border; the last bin has no upper end.

    Parameters
    ----------
    edges : ndarray of shape (n_bins,), unit: pixels
        Least distance of each bin, ascending; a bin ends before the next begins.
    regions : ndarray of shape (n_regions,)
        Sorted labels.
    n_rows, n_correct : ndarray of shape (n_bins, n_regions), dtype int64
        Rows of each region at each distance, and how many of them are right.

    Examples
    --------
    >>> from sklearn_microarch.metrics import border_recall_curve
    >>> curve = border_recall_curve([4, 4, 5], [5, 4, 5], [3, 70, 9], edges=[0, 40])
    >>> curve.bin_names
    ['0-40 px', '>= 40 px']
    >>> curve.n_rows.tolist(), curve.mean_recall.tolist()
    ([[1, 1], [1, 0]], [0.5, 1.0])
    """

    edges: NDArray[np.float64]
    regions: NDArray
    n_rows: NDArray[np.int64]
    n_correct: NDArray[np.int64]

    @property
    def recall(self) -> NDArray[np.float64]:
        """Of shape (n_bins, n_regions); NaN where a region has no such row."""
        recall = self.n_correct / np.maximum(self.n_rows, 1)
        return np.where(self.n_rows > 0, recall, np.nan)

    @property
    def mean_recall(self) -> NDArray[np.float64]:
        """Mean over the regions that have rows in a bin, of shape (n_bins,)."""
        return _mean_where(self.recall, self.n_rows > 0)

    @property
    def n_regions_in_mean(self) -> NDArray[np.intp]:
        """Regions behind each mean recall; thin ones have no deep rows."""
        return (self.n_rows > 0).sum(axis=1)

    @property
    def mean_recall_of_deep_regions(self) -> NDArray[np.float64]:
        """Mean over the regions with rows in every bin, of shape (n_bins,).

        The same regions at every distance, so that only distance differs.
        """
        deep = np.broadcast_to((self.n_rows > 0).all(axis=0), self.n_rows.shape)
        return _mean_where(self.recall, deep)

    @property
    def bin_names(self) -> list[str]:
        """What the bins are called, for example "0-16 px" and ">= 64 px"."""
        pairs = zip(self.edges[:-1], self.edges[1:], strict=True)
        last = f">= {self.edges[-1]:g} px"
        return [*(f"{low:g}-{high:g} px" for low, high in pairs), last]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table.

        Returns
        -------
        rows : list of dict
            One for each distance and region.
        """
        return [
            {
                "distance": name,
                "region": region,
                "n_rows": int(self.n_rows[i, j]),
                "recall": float(self.recall[i, j]),
            }
            for i, name in enumerate(self.bin_names)
            for j, region in enumerate(self.regions.tolist())
        ]

    def __str__(self) -> str:
        table: list[dict[str, Any]] = []
        for j, region in enumerate(self.regions.tolist()):
            cells = [
                f"{decimals(self.recall[i, j])} ({self.n_rows[i, j]})"
                for i in range(len(self.edges))
            ]
            table.append({"region": str(region), **self._by_bin(cells)})
        means = _all_decimals(self.mean_recall)
        table.append({"region": "mean", **self._by_bin(means)})
        counts = [str(n) for n in self.n_regions_in_mean]
        table.append({"region": "regions in it", **self._by_bin(counts)})
        n_deep = int((self.n_rows > 0).all(axis=0).sum())
        if 0 < n_deep < len(self.regions):
            means = _all_decimals(self.mean_recall_of_deep_regions)
            table.append({"region": f"mean of same {n_deep}", **self._by_bin(means)})
        return format_table(table)

    def _by_bin(self, cells: list[str]) -> dict[str, str]:
        """Return cells of a table by the name of their bin."""
        return dict(zip(self.bin_names, cells, strict=True))


def border_recall_curve(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    distances: ArrayLike,
    *,
    edges: Sequence[float] = EDGES_PX,
    regions: ArrayLike | None = None,
    unannotated: int | str | None = None,
) -> BorderCurve:
    """Recall of each region by the distance of rows to the region's border.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Region of each row, and what was predicted.
    distances : array-like of shape (n_samples,), unit: pixels
        Distance of each row to the border of its region, for example from
        `border_distance_at`.
    edges : sequence of float, default=(0, 16, 40, 64), unit: pixels
        Least distance of each bin, ascending from 0. A bin holds its own least
        distance; the last goes on without end.
    regions : array-like of shape (n_regions,) or None, default=None
        Regions to expect; None takes those of ``y_true``.
    unannotated : int, str or None, default=None
        Label of rows to leave out.

    Returns
    -------
    curve : BorderCurve
        Recalls and counts; prints as a table.

    Raises
    ------
    TypeError
        If names are compared with numbers, or distances or edges are no numbers.
    ValueError
        If lengths differ, edges do not ascend from 0, a distance is negative or
        NaN, or a row is of none of ``regions``.

    Examples
    --------
    >>> from sklearn_microarch.metrics import border_recall_curve
    >>> curve = border_recall_curve([4, 4, 4, 5], [5, 4, 4, 5], [3, 15, 70, 9])
    >>> print(curve)
    region         0-16 px    16-40 px  40-64 px  >= 64 px
    4              0.500 (2)  - (0)     - (0)     1.000 (1)
    5              1.000 (1)  - (0)     - (0)     - (0)
    mean           0.750      -         -         1.000
    regions in it  2          0         0         1
    """
    bounds = _check_edges(edges)
    coded = code_labels(y_true, regions, unannotated=unannotated, name="y_true")
    predicted = coded.code(y_pred, name="y_pred")
    # A region that fills a slice has no border: its distances are infinite.
    depth = as_numbers("distances", distances, finite=False)
    check_same_length(y_true=coded.codes, distances=depth)
    depth = depth[coded.annotated]
    if not (depth >= 0).all():
        raise ValueError("distances holds negative values or NaN.")
    shape = (len(bounds), len(coded.regions))
    n_rows, n_correct = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    codes = coded.region_codes
    at = (np.searchsorted(bounds, depth, side="right") - 1, codes)
    np.add.at(n_rows, at, 1)
    np.add.at(n_correct, at, predicted == codes)
    return BorderCurve(bounds, coded.regions, n_rows, n_correct)


def _check_edges(edges: Sequence[float]) -> NDArray[np.float64]:
    """Return the least distance of each bin (n_bins,), in pixels."""
    bounds = as_numbers("edges", edges).astype(np.float64)
    if not len(bounds) or bounds[0] != 0 or not (np.diff(bounds) > 0).all():
        raise ValueError(f"edges={shown(edges)} must ascend from 0.")
    return bounds


def _mean_where(
    values: NDArray[np.float64], where: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the mean of each row over the columns where one counts, else NaN."""
    total = np.where(where, values, 0).sum(axis=1)
    return np.where(where.any(axis=1), total / np.maximum(where.sum(axis=1), 1), np.nan)


def _all_decimals(values: NDArray[np.float64]) -> list[str]:
    """Return numbers as text."""
    return [decimals(value) for value in values.tolist()]
