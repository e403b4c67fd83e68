"""Exact loadings of blocks of rows, and their sums, on a device of torch."""

from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sklearn_microarch.decomposition.nnls import _nnls, _normal_equations
from sklearn_microarch.decomposition.nnls._statistics import Statistics
from sklearn_microarch.decomposition.nnls._torch_nnls import project, solve_nnls

# So many rows keep a device busy.
_ROWS_PER_BATCH = 2**17

# Numbers held in the inverses of the supports of a block, at most: 256 MiB, and twice
# as much while they are made. Few blocks have so many different supports.
_NUMBERS_IN_INVERSES = 2**25


class TorchLoadingSolver:
    """Solve blocks of rows for their loadings on the same components.

    Rows are moved to the device block by block, and loadings are moved back.
    All is computed in float64 and element by element, so that a row's loadings
    have the same bits whatever other rows are in its block. The few rows that
    pivoting does not finish are solved on the CPU. Several threads may share a
    solver; one of them at a time has the device.

    Parameters
    ----------
    components : ndarray of shape (n_components, n_features)
        Non-negative rows of unit L2 norm, or zero.
    device : str
        A device of torch that computes in float64.

    Attributes
    ----------
    rows_per_batch : int
        Rows best given at a time.
    """

    def __init__(self, components: NDArray[np.floating], device: str) -> None:
        self._device, self._lock = device, Lock()
        self._gram = _normal_equations.project(components, components)
        self._gram_there = self._move(self._gram)
        self._components_there = self._move(components)
        per_row = max(1, self._gram.size)
        self.rows_per_batch = max(
            1, min(_ROWS_PER_BATCH, _NUMBERS_IN_INVERSES // per_row)
        )

    def solve(self, X: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the loadings of a block of rows.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Finite rows.

        Returns
        -------
        loadings : ndarray of shape (n_samples, n_components)
        """
        if not len(X):
            return np.empty((0, len(self._gram)))
        with self._lock:
            return self._solve(self._move(X)).T.contiguous().cpu().numpy()

    def solve_and_gather(
        self, X: NDArray[np.floating], *, unit: float
    ) -> tuple[NDArray[np.float64], Statistics]:
        """Return the loadings of a block of rows, and the statistics of both.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Finite rows, at least one.
        unit : float
            What rows and loadings are divided by, so that they can be squared.

        Returns
        -------
        loadings : ndarray of shape (n_samples, n_components)
        statistics : Statistics
            In squares of the unit.
        """
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
        projections = project(scaled, self._components_there)
        loadings, certified = solve_nnls(self._gram_there, projections)
        left = torch.nonzero(~certified)[:, 0]
        if len(left):
            finished = _nnls.solve_nnls(self._gram, projections[:, left].cpu().numpy())
            loadings[:, left] = self._move(finished)
        return _times_power_of_two(loadings, exponents)


def _times_power_of_two(values: Tensor, exponents: Tensor) -> Tensor:
    """Multiply exactly, in two steps that stay in the range of floats."""
    half = exponents >> 1
    return values * _power_of_two(half) * _power_of_two(exponents - half)


def _power_of_two(exponents: Tensor) -> Tensor:
    # Written as the bits of a double; `torch.ldexp` and `pow` may round.
    return ((exponents + 1023) << 52).view(torch.float64)
