"""What a network's last layer reads, and other last layers in its place."""

import copy
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_microarch import CNNFeatureExtractor, Patches
from sklearn_microarch.features.networks._descriptors import patch_descriptors

BATCH = 256
# Statistics that vary less are constant: a scale with one window has no deviation.
LEAST_SPREAD = 1e-6


def read_averages(network: CNNFeatureExtractor, patches: Patches) -> NDArray:
    """Return what the last layer of "gap" is given: averages (n, 128), not negative."""
    eps = network.net_.module_.body.hidden[1].eps
    width = network.weights_["body.hidden.0.weight"].shape[1]
    opened = copy.deepcopy(network)
    n_read = network.net_.module_.body.n_region_features
    opened._spec = replace(
        network._spec, n_features=width, module_params={"n_region_features": n_read}
    )
    opened._n_features_out = width
    opened._evaluators = {}
    opened.weights_ = network.weights_ | {
        "body.hidden.0.weight": np.eye(width, dtype=np.float32),
        "body.hidden.1.running_mean": np.zeros(width, np.float32),
        "body.hidden.1.running_var": np.full(width, 1 - eps, np.float32),
        "body.hidden.1.weight": np.ones(width, np.float32),
        "body.hidden.1.bias": np.zeros(width, np.float32),
    }
    return opened.transform(patches)


def describe(patches: Patches, mean: float, std: float) -> NDArray:
    """Return the statistics (n, q) of patches that networks learn to describe."""
    found = []
    for first in range(0, len(patches), BATCH):
        grey = np.asarray(patches.take(slice(first, first + BATCH)), dtype=np.float32)
        grey = torch.from_numpy((grey - mean) / std)
        found.append(patch_descriptors(grey[:, None]).numpy())
    return np.nan_to_num(np.concatenate(found))


def named_features(
    averages: NDArray, rows: NDArray, described: NDArray, labels: NDArray
) -> NDArray[np.float32]:
    """Return features (n, 2 q + c) that mean the same in every network.

    One for each statistic that is above its mean, one for each below, and one for each
    region: what a linear layer, learned from the training rows (averages, statistics,
    labels), reads from the averages (n, 128); then ReLU.
    """
    targets = np.column_stack([described, labels[:, None] == np.unique(labels)])
    varied = targets.std(axis=0) > LEAST_SPREAD
    targets = StandardScaler().fit_transform(targets[:, varied])
    layer = make_pipeline(StandardScaler(), Ridge(1.0)).fit(rows, targets)
    n_described = int(varied[: described.shape[1]].sum())
    return above_and_below(layer.predict(averages), n_described)


def above_and_below(values: NDArray, n_signed: int) -> NDArray[np.float32]:
    """Return values that are positive, and the first ones where negative, else 0."""
    both = np.hstack([values, -values[:, :n_signed]])
    return np.maximum(both, 0.0).astype(np.float32)
