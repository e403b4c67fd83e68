"""Tests of sklearn_microarch.features.training._callbacks: what is shown."""

import numpy as np
import pytest

from sklearn_microarch import CNNFeatureExtractor


@pytest.fixture
def data(rng):
    y = np.arange(60) % 2
    return rng.normal(size=(60, 12, 12)) + 3 * y[:, None, None], y


@pytest.fixture
def cnn():
    return CNNFeatureExtractor(
        n_features=8, max_epochs=3, batch_size=16, random_state=0
    )


def test_nothing_is_shown_unless_asked_for(cnn, data, capfd):
    cnn.fit(*data).transform(data[0])
    assert capfd.readouterr() == ("", "")


def test_the_share_of_held_out_patches_told_right_is_shown_and_no_loss(
    cnn, data, capfd
):
    X, y = data
    cnn.set_params(verbose=1, validation=(X[:20], y[:20])).fit(X[20:], y[20:])
    shown = capfd.readouterr().err
    assert f"held-out patches right {cnn.validation_score_:.0%}" in shown
    assert "9/9" in shown
    assert "loss" not in shown


def test_without_held_out_patches_it_is_that_of_the_training_patches(cnn, data, capfd):
    cnn.set_params(verbose=1).fit(*data)
    shown = capfd.readouterr().err
    assert "training patches right " in shown
    assert "held-out" not in shown
