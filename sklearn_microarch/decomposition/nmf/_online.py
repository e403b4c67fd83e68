"""Components that move with every batch of rows, by sums over all rows so far."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.decomposition.nmf._embedding import Embedding
from sklearn_microarch.decomposition.nmf._passes import RowPasses, update_components


def continue_embedding(
    embedding: Embedding, X: NDArray[np.floating], *, device: str = "cpu"
) -> Embedding:
    """Add a batch of rows to what an embedding knows, and update it.

    The error of the new one is that of the loadings each row had in its turn, on the
    components as they are now; zero where rounding leaves no digits of it.
    """
    # Mairal, Bach, Ponce and Sapiro, "Online learning for matrix factorization and
    # sparse coding", 2010.
    before = embedding.components.astype(np.float64)
    passes = RowPasses(X, unit=embedding.unit, device=device)
    statistics = embedding.statistics + passes.gather(before)
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
