"""Take shading out of maps: what low-pass grey level, row and column explain."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.nuisances._blocked_r2 import ridge_residuals
from sklearn_microarch.trust.nuisances._predictors import shading_predictors


def flat_fielded(
    cells: TissueCells, values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return maps (n, k) less what shading explains of them, over all of the tissue.

    Regions are not told to the regression: of a region that is brighter than what is
    around it, or as long as the slice, some goes with the shading.
    """
    grey, row, column = shading_predictors(cells).values()
    return ridge_residuals(values, grey + row + column)
