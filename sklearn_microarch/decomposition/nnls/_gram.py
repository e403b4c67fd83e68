"""The inner products of components, and how nearly these depend on each other."""

import numpy as np
from numpy.typing import NDArray


def gram_of(components: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return inner products of components, summed feature by feature.

    By element-wise operations, which have the same bits on any processor.
    """
    gram = np.zeros((len(components), len(components)))
    for column in components.T.astype(np.float64):
        gram += np.multiply.outer(column, column)
    return gram


def least_eigenvalue(gram: NDArray[np.float64]) -> float:
    """Return the smallest eigenvalue, of components that are not zero; 1 of none."""
    live = np.flatnonzero(gram.diagonal())
    return float(np.linalg.eigvalsh(gram[np.ix_(live, live)]).min(initial=1.0))
