"""A first guess of each row's support, in single precision."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nnls._sweeps import coordinate_sweeps

# One sweep for so many components: three for 15 guess nine supports of ten, and
# more cost as much as they save.
_COMPONENTS_PER_SWEEP = 5

# Rows swept together: 16 x 16384 floats stay in a core's cache.
_ROWS_PER_CHUNK = 16384

# Added to the unit diagonal, so that dependent components do not matter.
_RIDGE = 1e-3


class SupportGuesser:
    """Guess supports by a few sweeps of coordinate descent.

    From the Gram matrix of components of unit norm; a row of zeros is none.
    """

    def __init__(self, gram: NDArray[np.float64]) -> None:
        n_live = int(np.count_nonzero(np.diag(gram)))
        self._n_sweeps = -(-n_live // _COMPONENTS_PER_SWEEP)
        ridge = np.linalg.inv(gram + _RIDGE * np.eye(len(gram)))
        self._first = ridge.astype(np.float32)
        self._gram = gram.astype(np.float32)

    def guess(self, projections: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return flags of the supports of rows of projections (n, n_columns).

        Rounding and the rows beside have a part in it. At least one row.
        """
        return np.concatenate(
            [
                self._guess_chunk(projections[start : start + _ROWS_PER_CHUNK])
                for start in range(0, len(projections), _ROWS_PER_CHUNK)
            ]
        )

    def _guess_chunk(self, projections: NDArray[np.float64]) -> NDArray[np.bool_]:
        # Single precision has a narrow range.
        size = float(projections.max())
        if 1e-15 < size < 1e15:
            single = projections.astype(np.float32)
        else:
            single = (projections / (size or 1.0)).astype(np.float32)
        # Transposed, the loadings of one component lie together.
        target = np.ascontiguousarray(single.T)
        loadings = self._first @ target
        np.maximum(loadings, 0.0, out=loadings)
        coordinate_sweeps(loadings, self._gram, target, n_sweeps=self._n_sweeps)
        return np.ascontiguousarray((loadings > 0).T)
