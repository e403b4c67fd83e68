"""What is usual in some cells of a slice, and how far other cells are from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.drift._appearance import APPEARANCE
from sklearn_microarch.drift._feature_shift import (
    RegionCentres,
    Shift,
    fit_region_centres,
)
from sklearn_microarch.drift._region_blocks import Cells
from sklearn_microarch.drift._slice_rows import SliceRows
from sklearn_microarch.drift._support import (
    Whitening,
    distances_to_support,
    fit_whitening,
)

# Measures of a row beside its features; spread is that of the features themselves.
MEASURES = ("confidence", "residual", *APPEARANCE, "spread")


@dataclass(frozen=True, eq=False)
class CellTable:
    """Rows, and the means over those cells that are large enough to have one.

    Parameters
    ----------
    rows : SliceRows
    cells : Cells
        Of these rows.
    large : ndarray of shape (n,), dtype int
        Which cells have a mean.
    features, measures : ndarray of shape (n, n_columns)
        Means of the features, and of the measures of a row.
    """

    rows: SliceRows
    cells: Cells
    large: NDArray[np.intp]
    features: NDArray[np.float32]
    measures: NDArray[np.float64]


def tabulate(rows: SliceRows, cells: Cells, min_rows: int) -> CellTable:
    """Average features and measures over the rows of each cell.

    Parameters
    ----------
    rows : SliceRows
    cells : Cells
        Of these rows.
    min_rows : int
        Cells with fewer rows are left out.

    Returns
    -------
    table : CellTable
    """
    large = np.flatnonzero(cells.counts >= min_rows)
    residual = np.zeros(len(rows)) if rows.residual is None else rows.residual
    measures = cells.means(
        np.column_stack([rows.confidence, residual, rows.appearance])
    )[large]
    # Residuals are compared as ratios.
    measures[:, 1] = np.log(np.maximum(measures[:, 1], 1e-6))
    features = cells.means(rows.features)[large].astype(np.float32)
    return CellTable(rows, cells, large, features, measures)


@dataclass(frozen=True, eq=False)
class Baseline:
    """Support and centres of the cells a comparison starts from.

    Parameters
    ----------
    whitening : Whitening
    support : ndarray of shape (m, n_directions), dtype float32
        Whitened features of rows.
    features : RegionCentres
        Of the whitened features.
    measures : list of RegionCentres
        Of each measure by itself.
    """

    whitening: Whitening
    support: NDArray[np.float32]
    features: RegionCentres
    measures: list[RegionCentres]

    def distances(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the distance of rows to the support.

        Parameters
        ----------
        features : ndarray of shape (n, n_features)

        Returns
        -------
        distances : ndarray of shape (n,), dtype float32
        """
        return distances_to_support(self.whitening.scores(features), self.support)

    def compare(self, table: CellTable, part: NDArray[np.bool_]) -> "Comparison":
        """Return how far cells are from what is usual in their regions.

        Parameters
        ----------
        table : CellTable
        part : ndarray of shape (n_cells,), dtype bool
            Which cells.

        Returns
        -------
        comparison : Comparison
        """
        here = part[table.large]
        codes = table.cells.codes[table.large][here]
        means = self.whitening.scores(table.features[here]).astype(float)
        measures = _with_spread(table, self.whitening, self.features.centres)[here]
        shifts = [
            centre.compare(measures[:, [at]], codes)
            for at, centre in enumerate(self.measures)
        ]
        return Comparison(
            self.features.compare(means, codes),
            np.array([shift.common[0] for shift in shifts]),
            np.array(
                [
                    shift.common[0] * centre.axes[0, 0] * np.sqrt(shift.weight)
                    for shift, centre in zip(shifts, self.measures, strict=True)
                ]
            ),
        )


@dataclass(frozen=True, eq=False)
class Comparison:
    """How far some cells are from a baseline.

    Parameters
    ----------
    features : Shift
    changes : ndarray of shape (n_measures,)
        Mean difference of each measure to what is usual in the same region.
    in_errors : ndarray of shape (n_measures,)
        The same, in standard errors.
    """

    features: Shift
    changes: NDArray[np.float64]
    in_errors: NDArray[np.float64]


def fit_baseline(
    table: CellTable,
    part: NDArray[np.bool_],
    support_rows: NDArray[np.bool_],
    n_regions: int,
) -> Baseline:
    """Learn what is usual in a part of a slice.

    Parameters
    ----------
    table : CellTable
    part : ndarray of shape (n_cells,), dtype bool
        Cells of the part.
    support_rows : ndarray of shape (n_rows,), dtype bool
        Rows to keep as the support, where they are of the part.
    n_regions : int

    Returns
    -------
    baseline : Baseline
    """
    rows, here = table.rows, part[table.large]
    members = part[table.cells.of_row]
    whitening = fit_whitening(rows.features[members], rows.codes[members])
    codes = table.cells.codes[table.large][here]
    means = whitening.scores(table.features[here]).astype(float)
    features = fit_region_centres(means, codes, n_regions)
    measures = _with_spread(table, whitening, features.centres)[here]
    return Baseline(
        whitening,
        whitening.scores(rows.features[members & support_rows]),
        features,
        [
            fit_region_centres(column[:, np.newaxis], codes, n_regions)
            for column in measures.T
        ],
    )


def _with_spread(
    table: CellTable, whitening: Whitening, centres: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Append how far rows lie from the centre of their region, as a logarithm."""
    scores = whitening.scores(table.rows.features)
    known = np.nan_to_num(centres)[table.rows.codes]
    far = ((scores - known) ** 2).mean(axis=1, keepdims=True)
    spread = table.cells.means(far)[table.large]
    return np.hstack([table.measures, np.log(np.maximum(spread, 1e-6))])
