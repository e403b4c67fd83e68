"""Tests of sklearn_microarch.features.training._callbacks: what is shown."""

import sys

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


def show_as(monkeypatch, *, terminal):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)


def test_on_a_terminal_a_bar_shows_the_share_of_held_out_patches_told_right(
    cnn, data, capfd, monkeypatch
):
    X, y = data
    show_as(monkeypatch, terminal=True)
    cnn.set_params(verbose=1, validation=(X[:20], y[:20])).fit(X[20:], y[20:])
    shown = capfd.readouterr().err
    assert f"held-out patches right {cnn.validation_score_:.0%}" in shown
    assert "9/9" in shown
    assert "loss" not in shown


def test_in_a_log_each_epoch_has_a_line_and_no_loss(cnn, data, capfd, monkeypatch):
    X, y = data
    show_as(monkeypatch, terminal=False)
    cnn.set_params(verbose=1, validation=(X[:20], y[:20])).fit(X[20:], y[20:])
    shown = capfd.readouterr().err
    assert shown.splitlines() == [
        f"training: epoch {row['epoch']} of 3, held-out patches right "
        f"{row['valid_balanced_accuracy']:.0%}"
        for row in cnn.history_
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_without_held_out_patches_it_is_that_of_the_training_patches(
    cnn, data, capfd, monkeypatch, terminal
):
    show_as(monkeypatch, terminal=terminal)
    cnn.set_params(verbose=1).fit(*data)
    shown = capfd.readouterr().err
    assert "training patches right " in shown
    assert "held-out" not in shown
