"""Sums over the cells that two planes have, from which they are compared."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass
class PairedSums:
    """What is gathered of two planes, band after band; the first axis is the plane."""

    n_factors: int
    n_cells: int = 0
    # Of shape (2, n_factors).
    total: NDArray[np.float64] = field(init=False)
    squares: NDArray[np.float64] = field(init=False)
    # Cells that are of cluster a on the one plane and of b on the other.
    together: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.total = np.zeros((2, self.n_factors))
        self.squares = np.zeros((2, self.n_factors))

    def add_factors(self, one: NDArray, other: NDArray) -> None:
        """Add loadings (n_cells, n_factors) of the same cells on both planes."""
        for at, loadings in enumerate((one, other)):
            values = loadings.astype(np.float64)
            self.total[at] += values.sum(axis=0)
            self.squares[at] += (values**2).sum(axis=0)

    def add_clusters(self, one: NDArray, other: NDArray) -> None:
        """Add clusters (n_cells,) of the same cells on both planes."""
        pairs, counts = np.unique(
            np.stack([one, other], axis=1), axis=0, return_counts=True
        )
        for (a, b), count in zip(pairs.tolist(), counts.tolist(), strict=True):
            self.together[a, b] = self.together.get((a, b), 0) + count

    def means(self) -> NDArray[np.float64]:
        """Return the mean (2, n_factors) of each factor; NaN without cells."""
        return self.total / (self.n_cells or np.nan)

    def spread(self) -> NDArray[np.float64]:
        """Return the standard deviation (n_factors,) over cells, within the planes."""
        variances = self.squares / (self.n_cells or np.nan) - self.means() ** 2
        pooled: NDArray[np.float64] = np.sqrt(np.maximum(variances, 0).mean(axis=0))
        return pooled

    def shares(self, cluster: int) -> tuple[float, float]:
        """Return the share of cells that are of a cluster, on each of the planes."""
        one = sum(n for (a, _), n in self.together.items() if a == cluster)
        other = sum(n for (_, b), n in self.together.items() if b == cluster)
        return one / (self.n_cells or np.nan), other / (self.n_cells or np.nan)

    def kept_share(self) -> float:
        """Return the share of cells that keep their cluster; NaN without clusters."""
        if not self.together:
            return np.nan
        return sum(n for (a, b), n in self.together.items() if a == b) / self.n_cells

    def kappa(self) -> float:
        """Return Cohen's kappa; NaN where all cells are of one cluster on both."""
        clusters = {cluster for pair in self.together for cluster in pair}
        by_chance = sum(np.prod(self.shares(cluster)) for cluster in clusters)
        if not self.together or by_chance == 1:
            return np.nan
        return float((self.kept_share() - by_chance) / (1 - by_chance))
