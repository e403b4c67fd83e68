"""The matrix that solves a row on its support, made once for each support."""

from itertools import pairwise
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nnls._gram import least_eigenvalue
from sklearn_microarch.decomposition.nnls._grouped_products import multiply_groups
from sklearn_microarch.decomposition.nnls._pivoting import largest_descent
from sklearn_microarch.decomposition.nnls._support_codes import (
    decode_supports,
    encode_supports,
    sort_codes,
)

# Bytes of matrices that are kept: 16384 supports of 16 components.
_CAPACITY = 2**25

# A component nearer to the span of the others than this share of its squared norm
# makes rounding grow as large as the margin by which rows are judged.
_ILL_CONDITIONED = 1e-6

# A round must settle this share of its rows for each column, or the rest is left: what
# a round costs beside a row solved by itself grows with the columns.
_SETTLED_PER_COLUMN = 1 / 128


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
        self.largest_descent = largest_descent(least_eigenvalue(gram))
        self.settled_enough, self.n_free_rounds = _SETTLED_PER_COLUMN * len(gram), 0
        self._gram = gram
        self._capacity = max(_CAPACITY // gram.nbytes, 64)
        self._lock = Lock()
        self._clear()

    @property
    def max_supports(self) -> int:
        """The most supports that may be asked for at once."""
        return self._capacity // 4

    def encode(self, support: NDArray[np.bool_]) -> NDArray[np.unsignedinteger]:
        """Return one integer for the support of each row (n_samples, n_columns)."""
        return encode_supports(support)

    def solve(
        self,
        projections: NDArray[np.float64],
        supports: NDArray[np.unsignedinteger],
    ) -> NDArray[np.float64]:
        """Multiply each row by the matrix of its support."""
        order = sort_codes(supports)
        arranged = supports[order]
        first = np.flatnonzero(np.append(True, arranged[1:] != arranged[:-1]))
        counts = np.diff(np.append(first, len(supports)))
        solution = np.empty_like(projections)
        # All groups at once, but for data in which nearly every row has its own.
        bounds = [*range(0, len(first), self.max_supports), len(first)]
        for begin, end in pairwise(bounds):
            rows = order[first[begin] : first[begin] + counts[begin:end].sum()]
            matrices, places = self.look_up(arranged[first[begin:end]])
            multiply_groups(
                projections, rows, counts[begin:end], matrices, places, out=solution
            )
        return solution

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
