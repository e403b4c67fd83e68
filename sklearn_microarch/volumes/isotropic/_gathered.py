"""What planes have within a layer of cubes, added up: means and majorities."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sklearn_microarch.volumes.isotropic._cubes import spread


class CubeLayer(Protocol):
    """Adds planes up, each with its thickness in the layer, in um."""

    def add(self, values: NDArray, thickness: float) -> None:
        """Add a plane."""

    def result(self) -> NDArray:
        """Return the layer, (..., ny, nx)."""


class Means:
    """The mean of each channel over what is known of a cube.

    NaN where that is half of its mapped part or less.
    """

    def __init__(self, rows: csr_array, cols: csr_array, dtype: np.dtype) -> None:
        self._rows, self._cols, self._dtype = rows, cols, dtype
        self._area = spread(np.ones((rows.shape[1], cols.shape[1])), rows, cols)
        self._sum: NDArray | float = 0.0
        self._known: NDArray | float = 0.0
        self._all: NDArray | float = 0.0

    def add(self, values: NDArray, thickness: float) -> None:
        """Add a plane (n_channels, height, width)."""
        known = np.isfinite(values)
        self._sum += thickness * self._spread(np.where(known, values, 0))
        self._known += thickness * self._spread(known)
        self._all += thickness * self._area

    def _spread(self, channels: NDArray) -> NDArray[np.float64]:
        return np.stack([spread(one, self._rows, self._cols) for one in channels])

    def result(self) -> NDArray:
        """Return the layer (n_channels, ny, nx); integers are 0 where none is known."""
        is_known = np.asarray(self._known) > np.asarray(self._all) / 2
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(is_known, self._sum / np.asarray(self._known), np.nan)
        if self._dtype.kind == "f":
            return mean.astype(self._dtype)
        return np.rint(np.nan_to_num(mean)).astype(self._dtype)


class Majority:
    """The label that takes most of a cube; of equal ones the lowest."""

    def __init__(self, rows: csr_array, cols: csr_array, dtype: np.dtype) -> None:
        self._rows, self._cols, self._dtype = rows, cols, dtype
        self._shares: dict[int, NDArray[np.float64]] = {}

    def add(self, values: NDArray, thickness: float) -> None:
        """Add a plane (height, width); 0 is a label as others are."""
        for label in np.unique(values).tolist():
            share = thickness * spread(values == label, self._rows, self._cols)
            self._shares[label] = self._shares.get(label, 0.0) + share

    def result(self) -> NDArray:
        """Return the layer (ny, nx)."""
        labels = sorted(self._shares)
        # Sums in another order differ in their last bits, and would decide ties.
        shares = np.stack([self._shares[one] for one in labels]).round(6)
        return np.array(labels, dtype=self._dtype)[shares.argmax(axis=0)]
