"""A start for NMF from the singular vectors, by way of the small Gram matrix."""

import numpy as np
from numpy.typing import NDArray


def nndsvd_components(X: NDArray[np.float64], n_components: int) -> NDArray[np.float64]:
    r"""Return the non-negative halves of the leading right singular vectors.

    A singular pair :math:`u, v` has both signs but for the first. Of its two
    non-negative halves :math:`u_+ v_+^T` and :math:`u_- v_-^T` the heavier one
    is kept. The vectors come from the (n_features, n_features) matrix
    :math:`X^T X`, so that the cost is one pass over the rows.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Non-negative, without an all-zero column.
    n_components : int
        At most ``min(n_samples, n_features)``.

    Returns
    -------
    components : ndarray of shape (n_components, n_features)
        Rows of unit L2 norm.

    References
    ----------
    .. [1] C. Boutsidis and E. Gallopoulos, "SVD based initialization: a head
       start for nonnegative matrix factorization", Pattern Recognition 41(4),
       2008. :doi:`10.1016/j.patcog.2007.09.010`
    """
    _, vectors = np.linalg.eigh(X.T @ X)
    right = vectors[:, ::-1][:, :n_components].T
    left = right @ X.T
    components = np.empty_like(right)
    for index, (u, v) in enumerate(zip(left, right, strict=True)):
        halves = np.maximum([v, -v], 0.0)
        lengths = np.linalg.norm(halves, axis=1)
        weights = lengths * np.linalg.norm(np.maximum([u, -u], 0.0), axis=1)
        # A vector outside the range of X weighs nothing: its longer half will do.
        heavier = int(np.argmax(weights if weights.any() else lengths))
        components[index] = halves[heavier] / lengths[heavier]
    return components
