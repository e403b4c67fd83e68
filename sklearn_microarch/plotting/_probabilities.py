"""From the probabilities of all regions to one region, and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch.mapping._most_probable import most_probable


@dataclass(frozen=True, eq=False)
class Prediction:
    """The predicted regions of one slice, and the true ones to outline."""

    # Of shape (rows, columns), -1 and NaN where no cell is.
    regions: NDArray[np.int64]
    confidence: NDArray[np.float64]
    # Of shape (rows, columns), or (height, width) of the slice; None: none.
    reference: NDArray | None
    # Of shape (rows, columns): cells that are unlike all regions.
    unknown: NDArray[np.bool_]

    def renumbered(self, old: Sequence[str], new: Sequence[str]) -> Self:
        """Return the same with regions as places in other names, which hold all."""
        # The last entry is what -1 picks.
        places = np.array([*(new.index(name) for name in old), -1])
        return replace(self, regions=places[self.regions])


def check_probabilities(probabilities: ArrayLike) -> NDArray:
    """Return probabilities as an array of shape (rows, columns, n_regions)."""
    shares = as_array("probabilities", probabilities)
    if shares.dtype.kind not in "buif":
        raise TypeError(
            f"probabilities has dtype {shares.dtype}; it holds real numbers, not the "
            "names of predicted regions."
        )
    if shares.ndim != 3 or 0 in shares.shape:
        raise ValueError(
            f"probabilities has shape {shares.shape}; it is 3-D (rows, columns, "
            "n_regions) and not empty. A map of integers: ClusterMapDisplay."
        )
    return shares


def regions_and_confidence(
    probabilities: NDArray,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the most probable region of each cell, and its probability.

    Both are (rows, columns): -1 and NaN where a probability (rows, columns, n_regions)
    is NaN. A tie goes to the first region.
    """
    regions = most_probable(probabilities)
    mapped = regions >= 0
    known = probabilities[mapped]
    # Room for float32 rounding in a softmax.
    if known.size and (known.min() < -1e-4 or known.max() > 1 + 1e-4):
        raise ValueError(
            f"probabilities runs from {known.min():g} to {known.max():g}; "
            "probabilities lie in [0, 1]."
        )
    confidence = np.full(regions.shape, np.nan)
    confidence[mapped] = known.max(axis=1)
    return regions, confidence


def certainty(confidence: NDArray[np.float64], n_regions: int) -> NDArray[np.float64]:
    """Return how far each prediction (rows, columns) is from a guess, 0.1 to 1.

    A tenth at a guess, one n-th for n regions: less would not show.
    """
    guess = 1.0 / max(2, n_regions)
    return np.clip((np.nan_to_num(confidence) - guess) / (1.0 - guess), 0.1, 1.0)
