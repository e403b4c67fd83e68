"""The cells of a map that findings are judged on, as rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from sklearn_microarch.anatomy import patch_readouts
from sklearn_microarch.anatomy._slice_facts import patch_size_of
from sklearn_microarch.anatomy.laminar._mapped_cells import has_values, mapped_cells
from sklearn_microarch.anatomy.readouts._factor_readout import grey_of_patches
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.mapping import MicroarchMaps


@dataclass(frozen=True, eq=False)
class JudgedCells:
    """Rows of one slice's maps, with what was counted there without a model."""

    factors: NDArray[np.float64]  # (n, p)
    factor_names: list[str]
    clusters: NDArray[np.intp] | None  # (n,)
    regions: NDArray[np.str_]  # (n,), "" where none
    density: NDArray[np.float64]  # (n,), dark cells per mm2
    bright: NDArray[np.float64]  # (n,), share of the patch
    grey: NDArray[np.float64]  # (n, 2): mean and deviation of the patch
    rows: NDArray[np.intp]  # (n,), pixels
    cols: NDArray[np.intp]
    blocks: NDArray[np.intp]  # (n,)
    draw_share: float

    def factor(self, name: str) -> NDArray[np.float64]:
        """Return the loadings (n,) of a factor."""
        return self.factors[:, self.factor_names.index(name)]


def judged_cells(maps: MicroarchMaps, rois: RoiMap) -> JudgedCells:
    """Return the cells of a slice's maps, with regions and counts."""
    cells = mapped_cells(maps)
    # As `mapped_cells` takes them: in raster order.
    used = has_values(maps)
    counts = np.asarray(patch_readouts(maps).factors)[used]
    return JudgedCells(
        factors=cells.factors,
        factor_names=list(maps.factor_names),
        clusters=cells.clusters,
        regions=rois.labels_at(maps.image, cells.rows, cells.cols),
        density=counts[:, 0],
        bright=counts[:, 1],
        grey=grey_of_patches(maps, patch_size_of(maps, None))[used],
        rows=cells.rows,
        cols=cells.cols,
        blocks=cells.blocks,
        draw_share=cells.draw_share,
    )


def auc_of(inside: NDArray[np.bool_], values: NDArray[np.float64]) -> float:
    """Return the AUC of values (n,) for being inside; .5 where nothing is to tell."""
    if inside.all() or not inside.any():
        return 0.5
    return float(roc_auc_score(inside, values))


def best_auc_of_grey(inside: NDArray[np.bool_], grey: NDArray[np.float64]) -> float:
    """Return the AUC of mean or deviation (n, 2), whichever tells more, either way."""
    found = [auc_of(inside, column) for column in grey.T]
    return max(max(auc, 1 - auc) for auc in found)


def explained_by_groups(groups: NDArray, values: NDArray[np.float64]) -> float:
    """Return the share of the variance of values (n,) that lies between groups (n,)."""
    _, number = np.unique(groups, return_inverse=True)
    number = number.reshape(-1)
    counts = np.bincount(number)
    means = np.bincount(number, values) / counts
    total = float(((values - values.mean()) ** 2).sum())
    return (
        float((counts * (means - values.mean()) ** 2).sum()) / total if total else 0.0
    )
