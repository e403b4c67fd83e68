"""Exact non-negative least squares of rows one by one, from their normal equations."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotrs
from scipy.optimize import nnls

from sklearn_microarch.decomposition.nnls._gram import least_eigenvalue

# All relative to a row's largest projection on a component: the descent at which a
# component enters, the loading that counts as zero, and the descent that a solution
# may leave within its support.
_GRADIENT_TOL = 1e-13
_NEGLIGIBLE_LOADING = 1e-12
_CERTIFIED = 1e-10

# A component whose squared distance from the span of the others in a support
# is below this share of its squared norm counts as dependent on them.
_DEPENDENCE_TOL = 1e-11

# Added to the unit diagonal for the first guess of a support.
_RIDGE = 1e-3

# Components whose smallest eigenvalue is below this make most rows cycle.
_DEFINITE = 1e-6


class RowSolver:
    """Minimise w^T G w / 2 - b^T w over w >= 0, exactly 0 off the support.

    From the Gram matrix G of components of unit norm; a row of zeros is none. A row's
    solution depends on no other. Several threads may share a solver.
    """

    # Block principal pivoting (Kim and Park, 2011, doi:10.1137/110821172) exchanges all
    # components of a row that break an optimality condition at once. Among components
    # that depend on each other nearly it can cycle, and rounding spoil its solution:
    # such rows go to the method of Lawson and Hanson in scipy, on a square root of G,
    # by which half the digits fewer are lost.
    def __init__(self, gram: NDArray[np.float64]) -> None:
        self._gram = gram
        self._is_definite = least_eigenvalue(gram) > _DEFINITE
        self._first = np.linalg.inv(gram + _RIDGE * np.eye(len(gram)))

    def solve(self, projections: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return loadings (n_samples, n_components) from projections b of that shape.

        Finite and of any scale.
        """
        loadings = np.zeros(projections.shape)
        # Powers of two, so that no number is too small or large to be squared.
        exponents = np.frexp(projections.max(axis=1, initial=0.0))[1]
        for row in np.flatnonzero(projections.max(axis=1, initial=0.0) > 0):
            b = np.ldexp(projections[row], -exponents[row])
            found = self._pivot(b) if self._is_definite else None
            if found is None:
                found = self._solve_by_scipy(b)
            found[found <= _NEGLIGIBLE_LOADING * b.max()] = 0.0
            loadings[row] = np.ldexp(found, exponents[row])
        return loadings

    def _pivot(self, b: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Exchange components until none is wrong; None where they grow no fewer."""
        support = self._first @ b > 0
        n_wrong, fewest = len(b), len(b) + 1
        while n_wrong < fewest:
            fewest = n_wrong
            loadings = self._solve_on(support, b)
            descent = b - self._gram @ loadings
            wrong = np.where(support, loadings <= 0, descent > _GRADIENT_TOL * b.max())
            n_wrong = int(np.count_nonzero(wrong))
            if not n_wrong:
                left = np.abs(descent[support]).max(initial=0.0)
                return loadings if left <= _CERTIFIED * b.max() else None
            support ^= wrong
        return None

    def _solve_on(
        self, support: NDArray[np.bool_], b: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return least-squares loadings on a support, zero elsewhere.

        A component that depends on earlier ones is taken out of the support, in place.
        """
        loadings = np.zeros(len(b))
        while len(inside := np.flatnonzero(support)):
            gram = self._gram[inside[:, np.newaxis], inside]
            factor, failed = dpotrf(gram, lower=True)
            n_sound = failed - 1 if failed else len(inside)
            near = factor.diagonal()[:n_sound] ** 2 <= (
                _DEPENDENCE_TOL * gram.diagonal()[:n_sound]
            )
            first = int(near.argmax()) if near.any() else n_sound
            if first == len(inside):
                loadings[inside], _ = dpotrs(factor, b[inside], lower=True)
                break
            support[inside[first]] = False
        return loadings

    def _solve_by_scipy(self, b: NDArray[np.float64]) -> NDArray[np.float64]:
        root, inverse = self._root
        return nnls(root, inverse @ b, maxiter=30 * len(b))[0]

    @cached_property
    def _root(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A matrix R with R^T R = G, and the inverse of its transpose."""
        eigenvalues, vectors = np.linalg.eigh(self._gram)
        kept = eigenvalues > len(self._gram) * np.finfo(float).eps * eigenvalues.max()
        lengths = np.sqrt(eigenvalues[kept])[:, np.newaxis]
        directions = vectors[:, kept].T * (self._gram.diagonal() > 0)
        return lengths * directions, directions / lengths


def kkt_residual(
    gram: NDArray[np.float64],
    projections: NDArray[np.float64],
    loadings: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how far each row is from optimal (n_samples,), relative to its scale.

    With the descent g = b - G w, a row is optimal exactly when w = max(0, w + g);
    measured is the largest deviation of the two sides over the largest entry of abs(b).
    """
    descent = projections - loadings @ gram
    deviation = np.abs(loadings - np.maximum(0.0, loadings + descent)).max(axis=1)
    scale = np.abs(projections).max(axis=1)
    return np.divide(deviation, scale, out=deviation, where=scale > 0)
