"""Evaluate a trained network on rows of patches, batch by batch."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from tqdm import tqdm

from sklearn_microarch.features._rows import read_batch
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.sampling import Patches

# On a CPU, larger batches leave the cache, and their layers are given back to the
# system and fetched again: half the speed. A GPU wants them large.
BATCH_SIZE = {"cpu": 16, "cuda": 512}
HEAD_BATCH_SIZE = 8192


@contextmanager
def exact_arithmetic(device: str, dtype: torch.dtype) -> Iterator[None]:
    """Compute without gradients, in one precision, for as long as the context lasts.

    Parameters
    ----------
    device : str
    dtype : {torch.float32, torch.bfloat16}
        On a GPU, float32 products are not rounded to TF32, which torch does by
        default in convolutions and may be told to do in other products.
    """
    kind = torch.device(device).type
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode())
        if kind == "cuda":
            stack.callback(
                torch.set_float32_matmul_precision,
                torch.get_float32_matmul_precision(),
            )
            torch.set_float32_matmul_precision("highest")
            stack.enter_context(
                torch.backends.cudnn.flags(
                    enabled=True, benchmark=False, deterministic=True, allow_tf32=False
                )
            )
        if dtype != torch.float32:
            stack.enter_context(torch.autocast(kind, dtype=dtype))
        yield


def evaluate_features(
    module: RegionModule,
    X: Patches | NDArray,
    n_features: int,
    *,
    device: str,
    dtype: torch.dtype = torch.float32,
    progress: bool = False,
) -> NDArray[np.float32]:
    """Return the last hidden layer for every row, each evaluated by itself.

    Parameters
    ----------
    module : RegionModule
        On ``device``, in evaluation mode.
    X : Patches or ndarray
    n_features : int
    device : str
    dtype : torch.dtype, default=torch.float32
        To compute with.
    progress : bool, default=False

    Returns
    -------
    features : ndarray of shape (n, n_features), dtype float32
    """
    size = BATCH_SIZE.get(torch.device(device).type, BATCH_SIZE["cpu"])
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


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute small things without its threads.

    They would wait for each other longer than they compute, above all while the
    network is evaluated beside.
    """
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)
