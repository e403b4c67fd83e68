"""Components to start from: from singular vectors, or at random."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch._row_batches import map_batches, row_batches


def nndsvd_components(
    X: NDArray[np.floating], n_components: int
) -> NDArray[np.float64]:
    """Return the heavier non-negative halves of the leading right singular vectors.

    Unit rows (n_components, n_features), of non-negative `X` without an all-zero
    column.
    """
    # Boutsidis and Gallopoulos, "SVD based initialization", 2008,
    # doi:10.1016/j.patcog.2007.09.010. A singular pair u, v has both signs but for the
    # first; the heavier of its halves u+ v+^T and u- v-^T is kept. The vectors come
    # from X^T X, so that the cost is one pass over the rows.
    batches = row_batches(len(X))
    gram = np.zeros((X.shape[1], X.shape[1]))
    for product in map_batches(lambda rows: _gram_of(X[rows]), batches):
        gram += product
    _, vectors = np.linalg.eigh(gram)
    right = vectors[:, ::-1][:, :n_components].T
    sums = np.zeros((2, n_components))
    for product in map_batches(lambda rows: _halves_of(X[rows], right), batches):
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
    """Return unit components (n_components, n_features) without any zero entry."""
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
