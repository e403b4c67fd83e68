"""Take the statistics of batch normalisation from patches as they were scanned."""

import numpy as np
import torch
from torch.nn.modules.batchnorm import _BatchNorm

from sklearn_microarch.features.networks._augmentation import cover_sides
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.training._row_dataset import RowDataset

# Rows that statistics are averages of, at most, and how many at a time.
MOST_ROWS, BATCH = 4096, 128


def settle_statistics(
    module: RegionModule, train: RowDataset, device: str, *, seed: int
) -> None:
    """Replace the running averages of a trained network by those of training rows.

    Running averages are of the last few batches, a third of which was imaged anew.
    Averages of many rows as they were scanned tell regions apart better on tissue the
    network has not seen (S. Ioffe and C. Szegedy, "Batch normalization", ICML, 2015,
    take them from the training set as a whole). Sides are covered as in training, for
    covers are what makes most of the variance.
    """
    norms: list[_BatchNorm] = [
        layer
        for layer in module.modules()
        if isinstance(layer, _BatchNorm) and layer.track_running_stats
    ]
    rows = np.random.default_rng(seed).permutation(len(train))[:MOST_ROWS]
    # As many rows in each batch: a small one would count as much as the others.
    batches = [rows] if len(rows) < BATCH else _whole_batches(rows)
    if not norms or len(rows) < 2:
        return
    module.to(device).eval()
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.reset_running_stats()
        # None averages over all batches alike.
        layer.momentum = None
        layer.train()
    with torch.no_grad():
        for batch in batches:
            images, _ = train.__getitems__(batch.tolist())
            seen = module.prepare(images.to(device))
            module.body.features(cover_sides(seen) if module.augment else seen)
    for layer, momentum in zip(norms, momenta, strict=True):
        layer.momentum = momentum
    module.eval()


def _whole_batches(rows: np.ndarray) -> list[np.ndarray]:
    return np.split(rows[: len(rows) // BATCH * BATCH], len(rows) // BATCH)
