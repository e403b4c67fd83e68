"""What a map may follow: regions, grey level, lines of the scan, edges, position."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.nuisances._blocked_r2 import Predictors, free

# Corners of the curve that a nuisance may bend at: enough for any shading, too few
# to follow single structures.
_N_KNOTS = 6
GRADIENT, IMPURITY, VESSELS = "position", "impurity", "large vessels"


def region_predictors(cells: TissueCells) -> Predictors:
    """Return one column for each region."""
    return free(cells.codes[:, None] == np.arange(len(cells.regions)))


def nuisance_predictors(cells: TissueCells) -> dict[str, Predictors]:
    """Return what is no anatomy, by name; of all cells of the tissue."""
    found = shading_predictors(cells) | {
        "distance to the tissue's edge": free(curve(cells.edge_distance())),
        "distance to borders of regions": free(curve(cells.border_distance())),
        IMPURITY: free(curve_of_share(cells.impurity())),
        GRADIENT: gradient_predictors(cells),
    }
    if cells.vessels is not None and cells.vessels[cells.annotated].any():
        found[VESSELS] = free(
            np.hstack([curve_of_share(one) for one in cells.vessels.T])
        )
    return found


def shading_predictors(cells: TissueCells) -> dict[str, Predictors]:
    """Return what a flat field would take out, by name: grey level, lines of scan."""
    row, column = cells.at[:, 1].astype(float), cells.at[:, 2].astype(float)
    return {
        "grey level": free(curve(cells.grey)),
        "row": free(curve(row)) + _lines(cells, 1),
        "column": free(curve(column)) + _lines(cells, 2),
    }


def gradient_predictors(cells: TissueCells) -> Predictors:
    """Return a bowl over each slice: all terms of row and column up to the square."""
    columns = []
    for index in np.unique(cells.at[:, 0]):
        here = cells.at[:, 0] == index
        row, column = (_standard(cells.at[:, axis], here) for axis in (1, 2))
        terms = [np.ones(len(row)), row, column, row**2, row * column, column**2]
        columns += [np.where(here, term, 0.0) for term in terms]
    return free(np.column_stack(columns))


def curve(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return hats (n, p) whose sums are the lines that bend at quantiles of values."""
    return _hats(values, np.quantile(values, np.linspace(0, 1, _N_KNOTS)))


def curve_of_share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return hats (n, p) as of `curve`, of shares of which most are 0.

    Its lines bend at 0 and at quantiles of what is more.
    """
    more = values[values > 0]
    if not len(more):
        return np.ones((len(values), 1))
    return _hats(values, np.append(0.0, np.quantile(more, np.linspace(0, 1, _N_KNOTS))))


def _hats(values: NDArray[np.float64], knots: NDArray) -> NDArray[np.float64]:
    knots = np.unique(knots)
    if len(knots) == 1:
        return np.ones((len(values), 1))
    return np.column_stack(
        [np.interp(values, knots, peak) for peak in np.eye(len(knots))]
    )


def _lines(cells: TissueCells, axis: int) -> Predictors:
    """Return a column for each line of cells, as of a streak, held back a little.

    A line needs as many cells as a patch is wide to count for half of what it shows.
    """
    lines, number = np.unique(cells.at[:, [0, axis]], axis=0, return_inverse=True)
    columns = np.zeros((len(cells.at), len(lines)))
    columns[np.arange(len(cells.at)), number.reshape(-1)] = 1.0
    return Predictors(columns, np.full(len(lines), cells.patch))


def _standard(
    values: NDArray[np.int64], here: NDArray[np.bool_]
) -> NDArray[np.float64]:
    low, high = values[here].min(), values[here].max()
    return 2 * (values - low) / max(high - low, 1) - 1.0
