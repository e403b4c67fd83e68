"""Tests of sklearn_microarch.features.training._settle_statistics."""

import numpy as np
import pytest
import torch

from sklearn_microarch.features import GapNet
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.training._row_dataset import RowDataset
from sklearn_microarch.features.training._settle_statistics import settle_statistics


def _settled(X, augment=False):
    torch.manual_seed(0)
    module = RegionModule(
        GapNet(1, (24, 24), 16, 3), np.zeros(1), np.ones(1), augment=augment
    )
    rows = RowDataset(X, np.arange(len(X)), np.zeros(len(X), dtype=np.int64))
    norm = next(m for m in module.modules() if isinstance(m, torch.nn.BatchNorm2d))
    norm.running_mean.fill_(1e6)
    settle_statistics(module, rows, "cpu", seed=0)
    return module, norm


def test_statistics_are_averages_over_the_training_rows(rng):
    X = rng.normal(size=(256, 24, 24)).astype(np.float32)
    module, norm = _settled(X)
    with torch.no_grad():
        found = module.body.stack[0](torch.from_numpy(X)[:, None])
    np.testing.assert_allclose(
        norm.running_mean, found.mean(dim=(0, 2, 3)), rtol=1e-3, atol=1e-5
    )
    assert norm.momentum == pytest.approx(0.1)
    assert not any(part.training for part in module.modules())


def test_covers_belong_to_the_statistics_as_they_do_to_training(rng):
    X = rng.normal(size=(256, 24, 24)).astype(np.float32)
    plain, covered = _settled(X)[1], _settled(X, augment=True)[1]
    assert (covered.running_var > plain.running_var).all()


def test_one_row_leaves_statistics_as_they_are(rng):
    norm = _settled(rng.normal(size=(1, 24, 24)).astype(np.float32))[1]
    assert (norm.running_mean == 1e6).all()
