"""Connected pieces of one slice in which a model contradicts the annotation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.checking.doubts._slice_cells import SliceCells

# Within half a patch of a border, a patch shows both regions: to differ is ordinary.
_ORDINARY_DEPTH = 0.5
# Above, tissue is unlike all regions, and what it is called says little.
_MOST_NOVEL = 1.5
# A network is not as sure as its probabilities say: what one patch can weigh.
_MOST_LOG_RATIO = np.log(100.0)


@dataclass(frozen=True, eq=False)
class DoubtedPiece:
    """Cells (rows, columns) of one region that look like others, mostly like one."""

    annotated: int
    predicted: int
    cells: NDArray[np.bool_]
    # In patches.
    area: float
    # Over the cells that no border explains, the logarithm of the ratio of predicted
    # to annotated probability, summed by patch.
    evidence: float


def find_pieces(
    cells: SliceCells, *, min_area: float, min_ratio: float
) -> list[DoubtedPiece]:
    """Return pieces of at least ``min_area`` patches, half of it off the borders."""
    doubted = cells.judged & (cells.annotated >= 0)
    doubted &= cells.log_ratio >= np.log(min_ratio)
    doubted &= cells.novelty <= _MOST_NOVEL
    weights = np.minimum(cells.log_ratio, _MOST_LOG_RATIO) / cells.cells_per_patch
    inner = cells.depth > _ORDINARY_DEPTH
    found = []
    for region in np.unique(cells.annotated[doubted]).tolist():
        labels, n_parts = ndimage.label(doubted & (cells.annotated == region))
        for part in range(1, n_parts + 1):
            inside = labels == part
            deep = inside & inner
            area = inside.sum() / cells.cells_per_patch
            if area < min_area or deep.sum() / cells.cells_per_patch < min_area / 2:
                continue
            # What most of it looks like, by the evidence.
            votes = np.bincount(cells.predicted[deep], weights[deep])
            found.append(
                DoubtedPiece(
                    annotated=region,
                    predicted=int(votes.argmax()),
                    cells=inside,
                    area=float(area),
                    evidence=float(weights[deep].sum()),
                )
            )
    return found
