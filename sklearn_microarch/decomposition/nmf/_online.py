"""Components that move with every block of rows, by sums over all rows so far."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nmf._embedding import Embedding
from sklearn_microarch.decomposition.nmf._passes import take_pass, update_components


def continue_embedding(
    embedding: Embedding, X: NDArray[np.floating], *, device: str = "cpu"
) -> Embedding:
    """Add a block of rows to what an embedding knows, and update it.

    Parameters
    ----------
    embedding : Embedding
        Of the rows before. Not modified.
    X : ndarray of shape (n_samples, n_features), floating
        Finite, non-negative.
    device : str, default="cpu"
        Where the rows are solved for their loadings, as for `make_loading_solver`.

    Returns
    -------
    embedding : Embedding
        Of all rows, with components of the same dtype as before. Its error is
        that of the loadings each row had in its turn, on the components as they
        are now; zero where rounding leaves no digits of it.

    References
    ----------
    .. [1] J. Mairal, F. Bach, J. Ponce and G. Sapiro, "Online learning for
       matrix factorization and sparse coding", Journal of Machine Learning
       Research 11, 2010.
    """
    before = embedding.components.astype(np.float64)
    statistics = embedding.statistics + take_pass(
        X, before, unit=embedding.unit, device=device
    )
    components, statistics = update_components(before, statistics)
    order = np.argsort(-statistics.energies, kind="stable")
    components, statistics = components[order], statistics.reordered(order)
    objective = statistics.objective(components)
    return replace(
        embedding,
        components=components.astype(embedding.components.dtype),
        error=embedding.unit * float(np.sqrt(np.nan_to_num(objective))),
        statistics=statistics,
    )
