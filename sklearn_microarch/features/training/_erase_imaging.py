"""Take out of trained features what another curve of grey levels and focus move."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.features.networks._descriptors import SMALLEST
from sklearn_microarch.features.networks._gap_net import GapNet
from sklearn_microarch.features.networks._imaging_changes import (
    CURVATURE,
    blurred,
    curved,
)
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.training._imaging_directions import (
    forgetting,
    main_shifts,
    ridged_covariance,
    within_classes,
)
from sklearn_microarch.features.training._row_dataset import RowDataset

# Rows that are imaged anew, at most, over all regions; and how many at a time.
MOST_ROWS, BATCH = 1024, 128
# Covariances of units are not told from fewer rows for each of them.
FEWEST_ROWS_PER_UNIT = 2
# Of each alteration: two of the curve's are most of how regions move.
N_DIRECTIONS = 2
# A feature that is hardly more than imaging is not blown up to the scale of the others.
LEAST_VARIANCE_LEFT = 0.1


def erase_imaging(
    module: RegionModule, train: RowDataset, device: str, *, seed: int
) -> None:
    """Make features blind to how the curve of grey levels and the focus move regions.

    Training patches are imaged anew, and the directions found in which the means of
    regions move, among the averages that the hidden layer reads. The layer forgets
    them, and changes as little as it can otherwise. Networks other than `GapNet`, and
    those trained on few rows, stay as they are.
    """
    # What tells animals apart is a shift of all patches of a slice alike, in few
    # directions ("nuisance attribute projection": A. Solomonoff, W. M. Campbell and
    # I. Boardman, "Advances in channel compensation for SVM speaker recognition",
    # ICASSP, 2005). Two views that shall agree, in the loss, fight all that changes
    # single patches instead, and cost accuracy before the shift is halved. The
    # projection is oblique, so that features change least over the training rows
    # (N. Belrose et al., "LEACE: perfect linear concept erasure in closed form",
    # NeurIPS, 2023).
    body = module.body
    if not isinstance(body, GapNet) or min(train[0][0].shape[1:]) < SMALLEST:
        return
    layer: Any = body.hidden[0]
    rows = _rows_of_all_classes(train.codes, seed)
    if len(rows) < FEWEST_ROWS_PER_UNIT * layer.in_features:
        return
    codes = train.codes[rows]
    plain, dark, bright, soft = _pooled(module.to(device).eval(), train, rows, device)
    within = ridged_covariance(within_classes(plain, codes))
    total = ridged_covariance(plain - plain.mean(axis=0))
    curve = main_shifts((bright - dark) / 2, codes, within, N_DIRECTIONS)
    focus = main_shifts(soft - plain, codes, within, N_DIRECTIONS)
    # Fineness tells regions apart: what the head reads forgets the curve alone.
    before = layer.weight.detach().double().cpu().numpy()
    after = before @ forgetting(np.vstack([curve, focus]), total)
    read = slice(body.n_region_features)
    after[read] = before[read] @ forgetting(curve, total)
    _replace(body, plain, before, after)


def _rows_of_all_classes(codes: NDArray[np.int64], seed: int) -> NDArray[np.intp]:
    """Return places of rows, of each class its share of the most or all it has."""
    order = np.random.default_rng(seed).permutation(len(codes))
    kinds = np.unique(codes)
    share = max(MOST_ROWS // len(kinds), 1)
    chosen = [order[codes[order] == kind][:share] for kind in kinds]
    return np.sort(np.concatenate(chosen))


def _pooled(
    module: RegionModule, train: RowDataset, rows: NDArray[np.intp], device: str
) -> NDArray[np.float64]:
    """Return what the hidden layer reads (4, n, n_units): plain, curved twice, soft."""
    found: list[torch.Tensor] = []
    with torch.no_grad():
        for first in range(0, len(rows), BATCH):
            images, _ = train.__getitems__(rows[first : first + BATCH].tolist())
            x = module.prepare(images.to(device))
            views = (x, curved(x, -CURVATURE), curved(x, CURVATURE), blurred(x))
            pooled = [module.body.stack(view).mean(dim=(2, 3)) for view in views]
            found.append(torch.stack(pooled))
    return torch.cat(found, dim=1).double().cpu().numpy()


def _replace(
    body: GapNet,
    units: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
) -> None:
    """Give the hidden layer other weights; features keep their mean and variance."""
    layer: Any = body.hidden[0]
    norm: Any = body.hidden[1]
    was, now = units @ before.T, units @ after.T
    varied = was.var(axis=0)
    left = np.divide(now.var(axis=0), varied, out=np.ones(len(after)), where=varied > 0)
    left = np.clip(left, LEAST_VARIANCE_LEFT, None)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(after))
        norm.running_mean.add_(
            torch.from_numpy((now - was).mean(axis=0)).to(norm.running_mean)
        )
        norm.running_var.mul_(torch.from_numpy(left).to(norm.running_var))
