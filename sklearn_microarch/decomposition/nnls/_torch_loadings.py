"""Exact loadings of batches of rows, and their sums, on a device of torch."""

from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sklearn_microarch.decomposition.nnls._gram import gram_of
from sklearn_microarch.decomposition.nnls._row_solver import RowSolver
from sklearn_microarch.decomposition.nnls._statistics import Statistics
from sklearn_microarch.decomposition.nnls._torch_nnls import (
    pivot_tensors,
    project_tensors,
)

# So many rows keep a device busy.
_ROWS_PER_BATCH = 2**17

# Numbers held in the inverses of the supports of a batch, at most: 256 MiB, and twice
# as much while they are made. Few batches have so many different supports.
_NUMBERS_IN_INVERSES = 2**25


class TorchLoadingSolver:
    """Solve batches of rows for their loadings on the same components, on a device.

    The device must compute in float64. Several threads may share a solver; one of them
    at a time has the device. `rows_per_batch` are best given at a time.
    """

    # Rows are moved to the device batch by batch, and loadings are moved back. All is
    # computed element by element, so that a row's loadings have the same bits whatever
    # other rows are in its batch. The few rows that pivoting does not finish are solved
    # on the CPU.
    def __init__(self, components: NDArray[np.floating], device: str) -> None:
        self._device, self._lock = device, Lock()
        gram = gram_of(components)
        self._by_row = RowSolver(gram)
        self._gram_there = self._move(gram)
        self._components_there = self._move(components)
        per_row = max(1, gram.size)
        self.rows_per_batch = max(
            1, min(_ROWS_PER_BATCH, _NUMBERS_IN_INVERSES // per_row)
        )

    def solve(self, X: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the loadings (n_samples, n_components) of a batch of finite rows."""
        if not len(X):
            return np.empty((0, len(self._gram_there)))
        with self._lock:
            return self._solve(self._move(X)).T.contiguous().cpu().numpy()

    def solve_and_gather(
        self, X: NDArray[np.floating], *, unit: float
    ) -> tuple[NDArray[np.float64], Statistics]:
        """Return loadings of some rows, and statistics in squares of the unit."""
        with self._lock:
            rows = self._move(X)
            loadings = self._solve(rows)
            weights, rows = loadings / unit, rows / unit
            statistics = Statistics(
                (weights @ weights.T).cpu().numpy(),
                (weights @ rows).cpu().numpy(),
                (rows * rows).sum().item(),
            )
            return loadings.T.contiguous().cpu().numpy(), statistics

    def _move(self, array: NDArray[np.floating]) -> Tensor:
        # Copied as it is, and made longer there. torch takes no negative strides.
        there = torch.tensor(np.ascontiguousarray(array), device=self._device)
        return there.to(torch.float64)

    def _solve(self, rows: Tensor) -> Tensor:
        """Return the loadings of rows that are on the device, one column for each."""
        # Powers of two, so that no number is too small or large to be squared.
        exponents = torch.frexp(rows.abs().amax(dim=1)).exponent.long()
        scaled = _times_power_of_two(rows, -exponents[:, None])
        projections = project_tensors(scaled, self._components_there)
        loadings, certified = pivot_tensors(self._gram_there, projections)
        left = torch.nonzero(~certified)[:, 0]
        if len(left):
            finished = self._by_row.solve(projections[:, left].T.cpu().numpy())
            loadings[:, left] = self._move(finished.T)
        return _times_power_of_two(loadings, exponents)


def _times_power_of_two(values: Tensor, exponents: Tensor) -> Tensor:
    """Multiply exactly, in two steps that stay in the range of floats."""
    half = exponents >> 1
    return values * _power_of_two(half) * _power_of_two(exponents - half)


def _power_of_two(exponents: Tensor) -> Tensor:
    # Written as the bits of a double; `torch.ldexp` and `pow` may round.
    return ((exponents + 1023) << 52).view(torch.float64)
