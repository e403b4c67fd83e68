"""What is measured of rows that took no part in the fit, number by number."""

from collections.abc import Sequence

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.decomposition import NMFEmbedder
from sklearn_microarch.decomposition._bi_cross_validation import predict_hidden
from sklearn_microarch.model_selection.settings._folds import BlockedRows
from sklearn_microarch.selection import CoverageLeakageSelector

_N_COLUMN_FOLDS, _MAX_ITER, _TOL = 3, 200, 1e-5


def hidden_errors(
    X: NDArray[np.float64], k: int, tissue: BlockedRows, rng: RandomState
) -> NDArray[np.float64]:
    """Return the squared error (n,) of each row, all its features predicted once.

    Rows of a fold, and a third of the features, are hidden from the fit together; of a
    hidden row, its other features say how much of each component it holds.
    """
    errors = np.zeros(len(X))
    columns = np.array_split(rng.permutation(X.shape[1]), _N_COLUMN_FOLDS)
    for train, test in tissue.folds:
        for hidden in columns:
            found = fit_factors(np.delete(X[train], hidden, axis=1), k, rng)
            components = found.components_.astype(np.float64)
            made = predict_hidden(X[train], X[test], hidden, components)
            errors[test] += np.square(X[test][:, hidden] - made).sum(axis=1)
    return errors


def most_components(X: NDArray, tissue: BlockedRows) -> int:
    """Return how many components can be learned where rows and features are hidden."""
    n_rows = min(len(train) for train, _ in tissue.folds)
    return min(n_rows, X.shape[1] - -(-X.shape[1] // _N_COLUMN_FOLDS))


def fit_factors(X: NDArray[np.floating], k: int, rng: RandomState) -> NMFEmbedder:
    """Learn components, with fewer starts than a model in the end."""
    seed = int(rng.randint(2**31 - 1))
    embedder = NMFEmbedder(k, n_init=2, max_iter=_MAX_ITER, tol=_TOL, random_state=seed)
    return embedder.fit(X)


def mark_regions(
    X: NDArray[np.floating],
    codes: NDArray[np.int64],  # (n,), of regions from 0, -1 for none
    tissue: BlockedRows,
    *,
    k: int,
    lams: Sequence[float],
    rng: RandomState,
) -> NDArray[np.bool_]:
    """Return whether the factor of each region is active at each held-out row.

    Of shape (n_lams, n, n_regions); factors are matched, and the loading above which
    they are active is chosen, on the other folds.
    """
    n_regions = int(codes.max()) + 1
    active = np.zeros((len(lams), len(X), n_regions), dtype=bool)
    for train, test in tissue.folds:
        embedder = fit_factors(X[train], k, rng)
        loadings, held_out = embedder.transform(X[train]), embedder.transform(X[test])
        for at, lam in enumerate(lams):
            selector = CoverageLeakageSelector(
                lam=lam, normalize=True, unannotated=-1
            ).fit(loadings, codes[train])
            marked = selector.transform(held_out) > selector.iou_thresholds_
            active[at][np.ix_(test, selector.matched_rois_)] = marked
    return active


def held_out_densities(
    loadings: NDArray[np.floating],
    n_clusters: int,
    tissue: BlockedRows,
    rng: RandomState,
) -> NDArray[np.float64]:
    """Return how likely each row (n,) is under clusters fitted to the other folds."""
    found = np.empty(len(loadings))
    for train, test in tissue.folds:
        found[test] = fit_clusters(loadings[train], n_clusters, rng).score_samples(
            loadings[test]
        )
    return found


def fit_clusters(
    loadings: NDArray[np.floating], n_clusters: int, rng: RandomState
) -> GMMClusterer:
    """Fit clusters."""
    seed = int(rng.randint(2**31 - 1))
    return GMMClusterer(n_clusters, random_state=seed).fit(loadings)
