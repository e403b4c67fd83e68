"""Evaluate a trained network on rows of patches, batch by batch."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from tqdm import tqdm

from sklearn_microarch.features._arithmetic import exact_arithmetic, one_thread
from sklearn_microarch.features._rows import read_batch
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.sampling import Patches

# On a CPU, larger batches leave the cache, and their layers are given back to the
# system and fetched again: half the speed. A GPU wants them large.
BATCH_SIZE = {"cpu": 16, "cuda": 512}
HEAD_BATCH_SIZE = 8192


def batch_size(device: str) -> int:
    """Return how many rows pass a network together on a device."""
    return BATCH_SIZE.get(torch.device(device).type, BATCH_SIZE["cpu"])


def evaluate_features(
    module: RegionModule,
    X: Patches | NDArray,
    n_features: int,
    *,
    device: str,
    dtype: torch.dtype = torch.float32,
    progress: bool = False,
) -> NDArray[np.float32]:
    """Return the features (n, n_features) of all rows, each evaluated by itself.

    The module is on its device, in evaluation mode.
    """
    size = batch_size(device)
    out = np.empty((len(X), n_features), dtype=np.float32)
    bar = tqdm(total=len(X), desc="features", unit="patch", disable=not progress)
    with exact_arithmetic(device, dtype), bar:
        for start in range(0, len(X), size):
            rows = np.arange(start, min(start + size, len(X)))
            batch = _padded(read_batch(X, rows), size).to(device)
            features = module.features(batch)[: len(rows)]
            out[rows] = features.float().cpu().numpy()
            bar.update(len(rows))
    return out


def _padded(batch: torch.Tensor, size: int) -> torch.Tensor:
    """Fill a batch up to its full size, so that its last bits do not depend on it.

    Matrix products of another height add up in another order.
    """
    missing = size - len(batch)
    return (
        batch
        if not missing
        else torch.cat([batch, batch[-1:].expand(missing, *batch.shape[1:])])
    )


def class_logits(
    module: RegionModule, features: NDArray[np.float32], *, device: str
) -> NDArray[np.float32]:
    """Return the region logits, shape (n, n_classes), from features."""
    values = torch.from_numpy(np.array(features, dtype=np.float32, order="C"))
    if not len(values):
        n_classes = module.head(values.to(device)).shape[1]
        return np.empty((0, n_classes), dtype=np.float32)
    parts = []
    with exact_arithmetic(device, torch.float32), one_thread():
        for batch in values.split(HEAD_BATCH_SIZE):
            logits = module.head(_padded(batch, HEAD_BATCH_SIZE).to(device))
            parts.append(logits[: len(batch)].float().cpu().numpy())
    return np.concatenate(parts)


def class_probabilities(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the class probabilities, shape (n, n_classes), from logits."""
    # In float64, so that rows add up to one also in a long sum.
    return softmax(logits.astype(np.float64), axis=1).astype(np.float32)
