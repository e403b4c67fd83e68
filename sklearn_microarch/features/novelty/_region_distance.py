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
    n_axes, n_regions, _ = reference.axes.shape
    out = np.empty(len(features), dtype=np.float32)
    # Always as many rows: products of another height add up in another order. And in
    # the same place: to be given it anew takes longer than the products.
    host = np.zeros((size, len(reference.seen)), dtype=np.float32)
    with exact_arithmetic(device, torch.float32), one_thread():
        seen, axes, weights, rest = (
            torch.tensor(array, device=device)
            for array in (
                reference.seen,
                reference.axes.reshape(n_axes, -1),
                reference.weights,
                reference.rest,
            )
        )
        origin, places = (
            torch.tensor(-array.ravel(), device=device)
            for array in (reference.origin, reference.places)
        )
        shown = torch.empty((size, seen.shape[1]), device=device)
        moved = torch.empty((size, len(places)), device=device)
        # weights |s - c|^2 for all regions: |s|^2 weights + s @ towards + constant.
        towards = -2 * (weights[:, None] * rest).T
        constant = weights * rest.square().sum(dim=1)
        for start in range(0, len(features), size):
            part = features[start : start + size]
            host[: len(part)] = part
            torch.addmm(origin, torch.from_numpy(host).to(device), seen, out=shown)
            torch.addmm(places, shown[:, :n_axes], axes, out=moved)
            lengths = torch.linalg.vector_norm(moved.view(size, n_regions, -1), dim=2)
            beyond = shown[:, n_axes:]
            squares = torch.addmm(constant, beyond, towards).add_(lengths.square_())
            squares.addcmul_(beyond.square().sum(dim=1, keepdim=True), weights)
            found = squares.amin(dim=1)[: len(part)].clamp_min_(0).sqrt_()
            out[start : start + size] = found.cpu().numpy()
    return out
