"""Tests of sklearn_microarch.features.training._erase_imaging."""

import copy

import numpy as np
import pytest
import torch

from sklearn_microarch import CNNFeatureExtractor
from sklearn_microarch.features import GapNet, PaperNet
from sklearn_microarch.features.networks._imaging_changes import blurred, curved
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.training import _fit_network
from sklearn_microarch.features.training._erase_imaging import erase_imaging
from sklearn_microarch.features.training._row_dataset import RowDataset
from sklearn_microarch.features.training._settle_statistics import settle_statistics


def _textures(seed):
    """Return 400 patches of three textures, dark spots of several sizes."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, size=400)
    noise = torch.from_numpy(rng.normal(size=(400, 1, 24, 24)).astype(np.float32))
    smooth = noise
    patches = []
    for _ in range(3):
        smooth = blurred(smooth)
        found = smooth / smooth.std()
        patches.append(found - 0.3 * found.square())
    kinds = torch.from_numpy(codes)
    X = torch.where((kinds == 0)[:, None, None, None], patches[0], patches[1])
    X = torch.where((kinds == 2)[:, None, None, None], patches[2], X)
    return RowDataset(X[:, 0].numpy(), np.arange(400), codes.astype(np.int64))


@pytest.fixture(scope="module")
def rows():
    return _textures(0)


@pytest.fixture(scope="module")
def others():
    """Return patches of the same textures that nothing was learned from."""
    return _textures(1)


@pytest.fixture(scope="module")
def networks(rows):
    """Return a network as it was settled, and when imaging is erased."""
    torch.manual_seed(0)
    body = GapNet(1, (24, 24), 16, 3)
    plain = RegionModule(body, np.zeros(1), np.ones(1), augment=False)
    settle_statistics(plain, rows, "cpu", seed=0)
    erased = copy.deepcopy(plain)
    erase_imaging(erased, rows, "cpu", seed=0)
    return plain, erased


def _before_relu(module, images):
    with torch.no_grad():
        pooled = module.body.stack(images).mean(dim=(2, 3))
        return module.body.hidden[:2](pooled)


def _shift(module, rows, change):
    """Return how far features (16,) move in the class where they move most."""
    images, codes = rows.__getitems__(list(range(len(rows))))
    moved = _before_relu(module, change(images)) - _before_relu(module, images)
    means = torch.stack([moved[codes == code].mean(dim=0) for code in range(3)])
    return means.abs().amax(dim=0)


def test_another_curve_moves_regions_less_in_all_features(networks, others):
    for curvature in (-0.04, 0.02):
        before, after = (
            _shift(module, others, lambda x, bend=curvature: curved(x, bend))
            for module in networks
        )
        assert after.median() < 0.3 * before.median()
        assert after.max() < 0.3 * before.max()


def test_another_focus_moves_regions_less_where_the_head_does_not_read(
    networks, others
):
    before, after = (
        _shift(module, others, lambda x: x + 0.5 * (blurred(x) - x))
        for module in networks
    )
    read = networks[0].body.n_region_features
    assert after[read:].median() < 0.3 * before[read:].median()
    # Fineness is what the textures differ by, and is left to the head.
    assert after[:read].median() > 2 * after[read:].median()


def test_features_keep_their_mean_and_variance(networks, rows):
    images, _ = rows.__getitems__(list(range(len(rows))))
    before, after = (_before_relu(module, images) for module in networks)
    torch.testing.assert_close(after.mean(dim=0), before.mean(dim=0), atol=0.02, rtol=0)
    assert not torch.allclose(after, before, atol=0.1)
    ratio = after.std(dim=0) / before.std(dim=0)
    assert ((ratio < 1.01) & (ratio > 0.3)).all()
    assert ratio.median() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("n_rows", [1, 255])
def test_of_few_rows_nothing_is_learned(networks, rows, n_rows):
    module = copy.deepcopy(networks[0])
    few = RowDataset(rows.X, rows.rows[:n_rows], rows.codes[:n_rows])
    erase_imaging(module, few, "cpu", seed=0)
    for name, array in networks[0].to_arrays().items():
        np.testing.assert_array_equal(module.to_arrays()[name], array)


def test_other_networks_stay_as_they_are(rows):
    body = PaperNet(1, (24, 24), 16, 3)
    module = RegionModule(body, np.zeros(1), np.ones(1), augment=True)
    before = module.to_arrays()
    erase_imaging(module, rows, "cpu", seed=0)
    for name, array in before.items():
        np.testing.assert_array_equal(module.to_arrays()[name], array)


@pytest.mark.parametrize("augment", [True, False])
def test_only_what_shall_not_learn_the_scanner_forgets_it(monkeypatch, rows, augment):
    asked = []
    monkeypatch.setattr(
        _fit_network, "erase_imaging", lambda *args, **kwargs: asked.append(args)
    )
    cnn = CNNFeatureExtractor(
        n_features=8, max_epochs=1, augment=augment, validation=None, random_state=0
    )
    cnn.fit(rows.X[:60], rows.codes[:60])
    assert len(asked) == augment


def test_the_same_seed_forgets_the_same(networks, rows):
    again = copy.deepcopy(networks[0])
    erase_imaging(again, rows, "cpu", seed=0)
    for name, array in networks[1].to_arrays().items():
        np.testing.assert_array_equal(again.to_arrays()[name], array)
