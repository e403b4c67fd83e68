"""From a trained network and its rows to what it takes for known."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features._evaluation import evaluate_features
from sklearn_microarch.features.networks._network_spec import NetworkSpec
from sklearn_microarch.features.novelty._held_out import held_out_folds
from sklearn_microarch.features.novelty._novelty_reference import (
    NoveltyReference,
    learn_reference,
)
from sklearn_microarch.features.training._region_net import RegionNet
from sklearn_microarch.features.training._row_dataset import RowDataset
from sklearn_microarch.features.training._split import balanced_subset
from sklearn_microarch.sampling import Patches

# Rows of each region that are looked at: enough for the covariance of 64 features.
MOST_ROWS = 500
MOST_JUDGED = 300


def fit_novelty(
    net: RegionNet,
    spec: NetworkSpec,
    train: RowDataset,
    valid: RowDataset | None,
    *,
    seed: int,
) -> tuple[NoveltyReference, str]:
    """Return what is known, and which rows say how far known tissue may be.

    Those are "validation" rows, which the network never saw; else training rows
    "held-out" from what is learned from; where none can be, "training" rows themselves.
    """

    def evaluate(X: Patches | NDArray) -> NDArray[np.float32]:
        return evaluate_features(net.module_, X, spec.n_features, device=net.device)

    rng = np.random.default_rng(seed)
    known, codes = _some(train, MOST_ROWS, rng)
    features = evaluate(known)
    fitted = np.arange(len(codes))
    if valid is not None:
        judged, judged_codes = _some(valid, MOST_JUDGED, rng)
        features = np.concatenate([features, evaluate(judged)])
        codes = np.concatenate([codes, judged_codes])
        folds, how = [(fitted, np.arange(len(fitted), len(codes)))], "validation"
    else:
        folds, how = held_out_folds(known, codes, seed=seed), "held-out"
    if not folds:
        folds, how = [(fitted, fitted)], "training"
    return learn_reference(features, codes, fitted, folds), how


def _some(
    data: RowDataset, most: int, rng: np.random.Generator
) -> tuple[Patches | NDArray, NDArray[np.int64]]:
    """Return some rows of each region and their codes, in order."""
    X = _take(data.X, data.rows)
    chosen = balanced_subset(data.codes, most, rng, X)
    return _take(X, chosen), data.codes[chosen]


def _take(X: Patches | NDArray, rows: NDArray[np.integer]) -> Patches | NDArray:
    return X.take(rows) if isinstance(X, Patches) else X[rows]
