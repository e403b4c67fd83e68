"""Distance of features to the nearest region, for many rows."""

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.features._arithmetic import exact_arithmetic, one_thread
from sklearn_microarch.features.novelty._novelty_reference import NoveltyReference

# What a batch becomes stays in a processor's cache; a GPU wants more.
BATCH_SIZE = {"cpu": 1024, "cuda": 16384}


def region_distance(
    features: NDArray[np.floating], reference: NoveltyReference, *, device: str
) -> NDArray[np.float32]:
    """Return the novelty (n,) of features (n, n_features)."""
    size = BATCH_SIZE.get(torch.device(device).type, BATCH_SIZE["cpu"])
    n_features, n_axes = reference.main.shape
    n_regions = len(reference.places)
    out = np.empty(len(features), dtype=np.float32)
    # Always as many rows: products of another height add up in another order. And in
    # the same place: to be given it anew takes longer than the products.
    host = np.zeros((size, n_features), dtype=np.float32)
    with exact_arithmetic(device, torch.float32), one_thread():
        main = torch.tensor(reference.main, device=device)
        axes = torch.tensor(reference.axes, device=device).view(n_axes, -1)
        origin = -torch.tensor(reference.places, device=device).view(-1)
        seen = torch.empty((size, n_axes), device=device)
        moved = torch.empty((size, len(origin)), device=device)
        for start in range(0, len(features), size):
            part = features[start : start + size]
            host[: len(part)] = part
            torch.mm(torch.from_numpy(host).to(device), main, out=seen)
            torch.addmm(origin, seen, axes, out=moved)
            lengths = torch.linalg.vector_norm(moved.view(size, n_regions, -1), dim=2)
            found = lengths.amin(dim=1)[: len(part)]
            out[start : start + size] = found.cpu().numpy()
    return out
