"""Components to start from: from singular vectors, or at random."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch._row_batches import map_batches, row_batches


def nndsvd_components(
    X: NDArray[np.floating], n_components: int
) -> NDArray[np.float64]:
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
    blocks = row_batches(len(X))
    gram = np.zeros((X.shape[1], X.shape[1]))
    for product in map_batches(lambda rows: _gram_of(X[rows]), blocks):
        gram += product
    _, vectors = np.linalg.eigh(gram)
    right = vectors[:, ::-1][:, :n_components].T
    sums = np.zeros((2, n_components))
    for product in map_batches(lambda rows: _halves_of(X[rows], right), blocks):
        sums += product
    components = np.empty_like(right)
    for index, (squares, v) in enumerate(zip(sums.T, right, strict=True)):
        halves = np.maximum([v, -v], 0.0)
        lengths = np.linalg.norm(halves, axis=1)
        weights = lengths * np.sqrt(squares)
        # A vector outside the range of X weighs nothing: its longer half will do.
        heavier = int(np.argmax(weights if weights.any() else lengths))
        components[index] = halves[heavier] / lengths[heavier]
    return components


def random_components(
    shape: tuple[int, ...], generator: RandomState
) -> NDArray[np.float64]:
    """Return components without any zero entry.

    Parameters
    ----------
    shape : (int, int)
        Numbers of components and features.
    generator : RandomState
        Draws the entries.

    Returns
    -------
    components : ndarray of shape (n_components, n_features)
        Rows of unit L2 norm.
    """
    # Never zero, so that no entry of a start is lost to a later update.
    drawn = 1.0 - generator.uniform(size=shape)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def _gram_of(X: NDArray[np.floating]) -> NDArray[np.float64]:
    rows = X.astype(np.float64)
    return rows.T @ rows


def _halves_of(
    X: NDArray[np.floating], right: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the squared lengths of both halves of each left singular vector."""
    left = right @ X.T
    return np.array(
        [(np.maximum(side, 0.0) ** 2).sum(axis=1) for side in (left, -left)]
    )
