"""Compare dense features with those of single patches, before they are trusted."""

from collections.abc import Callable

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.features.dense import DenseNetwork, evaluate_rows
from sklearn_microarch.sampling import Patches

N_COMPARED = 16


def largest_deviation(
    network: DenseNetwork,
    patches: NDArray,
    evaluate: Callable[[Patches], NDArray[np.float32]],
    seed: int,
) -> float:
    """Return how far dense features are from those of ``evaluate``, patch by patch.

    Four ``patches``, (4, [n_channels,] size, size), are joined to an image of twice
    their size, of which patches drawn by ``seed`` are compared. Largest difference,
    relative to the largest feature.
    """
    a, b, c, d = patches
    image = np.concatenate(
        [np.concatenate([a, b], axis=-1), np.concatenate([c, d], axis=-1)], axis=-2
    )
    size = patches.shape[-1]
    draw = RandomState(seed)
    corners = draw.randint(size + 1, size=(N_COMPARED, 2))
    # The four patches themselves, at the image's corners, are among them.
    corners[:4] = [[0, 0], [0, size], [size, 0], [size, size]]
    compared = Patches(image, corners + size // 2, size)
    expected = evaluate(compared)
    found = np.empty_like(expected)
    for rows, features in evaluate_rows(
        network, compared, 0, np.arange(N_COMPARED), (1, 1)
    ):
        found[rows] = features
    largest = float(np.abs(expected).max())
    return float(np.abs(found - expected).max()) / (largest or 1.0)
