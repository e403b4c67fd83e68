"""The matrix that solves a row on its support, made once for each support."""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nnls._support_codes import decode_supports

# A loading counts as positive above this share of the row's scale, a hundred times
# what rounding can amount to.
MARGIN = 1e-8

# Bytes of matrices that are kept: 16384 supports of 16 components.
_CAPACITY = 2**25

# Components whose smallest eigenvalue is above this leave a row one solution, which
# moves by less than the margin of loadings when a descent of the slack is allowed.
_WELL_CONDITIONED = 1e-2
_SLACK = 1e-12

# A component nearer to the span of the others than this share of its squared norm
# makes rounding grow as large as the margin by which rows are judged.
_ILL_CONDITIONED = 1e-6


class SupportTable:
    """Solve-and-check matrices by support, of a Gram matrix padded to a multiple of 8.

    The matrix of a support has the same bits whenever and beside whatever others it is
    made. Several threads may share a table.
    """

    # For a support F, a row's projections b times its matrix are the least-squares
    # loadings at the components in F, and the descent b - G w they leave at all others:
    # one product tells the solution and whether it is optimal, which it is when exactly
    # the first are positive. The matrix of an ill-conditioned support is zero, by which
    # no row appears solved.
    def __init__(self, gram: NDArray[np.float64]) -> None:
        live = np.flatnonzero(np.diag(gram))
        eigenvalues = np.linalg.eigvalsh(gram[np.ix_(live, live)])
        self._unique = eigenvalues.min(initial=1.0) > _WELL_CONDITIONED
        self._gram = gram
        self._capacity = max(_CAPACITY // gram.nbytes, 64)
        self._lock = Lock()
        self._clear()

    @property
    def max_supports(self) -> int:
        """The most supports that may be asked for at once."""
        return self._capacity // 4

    @property
    def largest_descent(self) -> float:
        """Descent up to which a row counts as solved, as a share of its scale.

        Negative among components that depend on each other nearly: then only
        a clear ascent tells that no other support serves as well.
        """
        return _SLACK if self._unique else -MARGIN

    def look_up(
        self, codes: NDArray[np.unsignedinteger]
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return square matrices (capacity, ...), and the places of codes in them.

        Codes are distinct and ascending, at most `max_supports`; do not modify the
        matrices.
        """
        keys = codes.astype(np.uint64)
        with self._lock:
            missing = keys[self._find(keys) < 0]
        # Made outside the lock: two threads may make the same, with the same bits.
        made = self._make(missing.astype(codes.dtype))
        with self._lock:
            if self._n_stored + len(missing) > self._capacity:
                self._clear()
                missing, made = keys, self._make(codes)
            self._store(missing, made)
            return self._matrices, self._find(keys)

    def _clear(self) -> None:
        # A new array: other threads may still read the former one.
        self._matrices = np.empty((self._capacity, *self._gram.shape))
        self._keys = np.empty(0, dtype=np.uint64)
        self._places = np.empty(0, dtype=np.intp)
        self._n_stored = 0

    def _find(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the place of each key, -1 where it is not stored."""
        if not len(self._keys):
            return np.full(len(keys), -1)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[at] == keys, self._places[at], -1)

    def _store(self, keys: NDArray[np.uint64], made: NDArray[np.float64]) -> None:
        new = self._find(keys) < 0
        keys, made = keys[new], made[new]
        places = np.arange(self._n_stored, self._n_stored + len(keys))
        self._matrices[places] = made
        at = np.searchsorted(self._keys, keys)
        self._keys = np.insert(self._keys, at, keys)
        self._places = np.insert(self._places, at, places)
        self._n_stored += len(keys)

    def _make(self, codes: NDArray[np.unsignedinteger]) -> NDArray[np.float64]:
        gram, identity = self._gram, np.eye(len(self._gram))
        support = decode_supports(codes, len(gram))
        both = support[:, :, np.newaxis] & support[:, np.newaxis]
        inverses = _inverses(np.where(both, gram, identity))
        inverses *= both
        matrices = identity - inverses @ gram
        np.copyto(matrices, inverses, where=support[:, np.newaxis])

        # The reciprocal of a diagonal entry is the squared distance from the span.
        nearness = inverses.diagonal(axis1=1, axis2=2)
        poor = support & ~((nearness > 0) & (nearness < 1 / _ILL_CONDITIONED))
        matrices[poor.any(axis=1)] = 0.0
        return matrices


def _inverses(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert each matrix, with zeros for one that is singular."""
    try:
        inverted = np.linalg.inv(matrices)
        return inverted.astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        if len(matrices) == 1:
            return np.zeros_like(matrices)
        half = len(matrices) // 2
        return np.concatenate([_inverses(matrices[:half]), _inverses(matrices[half:])])
