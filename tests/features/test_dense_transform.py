"""Tests of CNNFeatureExtractor with patches evaluated together."""

import pickle
import warnings

import numpy as np
import pytest
from networks import Chain
from pipelines import fitted_pipeline, phantom, training_patches
from sklearn.base import clone
from torch import nn

from sklearn_microarch import CNNFeatureExtractor, Patches, SliceImage
from sklearn_microarch.exceptions import DenseEvaluationError, DenseEvaluationWarning
from sklearn_microarch.features import _sharing


def copied(**changes):
    network = pickle.loads(pickle.dumps(fitted_pipeline()["features"]))
    return network.set_params(**changes)


def close(found, expected):
    return np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max()


def dense_patches(n_rows=60, n_cols=150, **where):
    rows, cols = np.mgrid[100 : 100 + n_rows, 400 : 400 + n_cols]
    positions = np.column_stack([rows.ravel(), cols.ravel()])
    return Patches(phantom().images[0], positions, 24, **where)


def test_patches_together_have_the_features_they_have_alone():
    patches = dense_patches()
    together, alone = copied(), copied(dense=False)
    expected = alone.transform(patches)
    found = together.transform(patches)
    assert close(found, expected)
    assert not np.array_equal(found, expected)  # it was another computation
    assert close(
        together.predict_proba(patches),
        alone.predict_proba_from_features(expected),
    )
    np.testing.assert_array_equal(
        together.predict_proba(patches),
        together.predict_proba_from_features(found),
    )
    assert (together.predict(patches) == alone.predict(patches)).mean() > 0.999


def test_rows_come_back_in_the_order_asked_for_also_from_several_slices():
    slices = [phantom().images[0], phantom().images[1]]
    rng = np.random.default_rng(0)
    block = np.mgrid[0:2, 100:160, 500:600].reshape(3, -1).T
    lonely = np.column_stack(
        [rng.integers(0, 2, 30), rng.integers(20, 230, 30), rng.integers(20, 300, 30)]
    )
    positions = rng.permutation(np.concatenate([block, lonely]))
    patches = Patches(slices, positions, 24)
    found = copied().transform(patches)
    some = rng.permutation(len(patches))[:300]
    assert close(found[some], copied(dense=False).transform(patches.take(some)))


@pytest.mark.parametrize("border", ["constant", "reflect"])
def test_patches_over_the_border_too(border):
    image = phantom().images[0]
    positions = np.argwhere(np.ones((40, 90)))
    patches = Patches(image, positions, 24, border=border)
    found = copied(dense=True).transform(patches)
    some = np.arange(0, len(patches), 17)
    assert close(found[some], copied(dense=False).transform(patches.take(some)))


def test_few_patches_are_evaluated_one_by_one():
    patches = dense_patches().take(np.arange(0, 9000, 400))
    np.testing.assert_array_equal(
        copied().transform(patches), copied(dense=False).transform(patches)
    )


def test_a_copied_block_of_patches_gives_the_same_as_the_lazy_one():
    patches = dense_patches(30, 30)
    # Arrays are taken as exposed like the slices of the fit, which only these are.
    network = copied(dense=True)
    network._normalizer = None
    assert close(network.transform(np.asarray(patches)), network.transform(patches))


def test_with_a_step_what_else_is_asked_for_changes_no_bit():
    patches, network = dense_patches(), copied()
    everything = np.empty((len(patches), 16), dtype=np.float32)
    for rows, features in network.iter_transform(patches, step=1):
        everything[rows] = features
    some = np.random.default_rng(0).permutation(len(patches))[:5]
    for rows, features in network.iter_transform(patches.take(some), step=1):
        np.testing.assert_array_equal(features, everything[some[rows]])


def test_every_row_is_yielded_once():
    rng = np.random.default_rng(0)
    patches = dense_patches().take(rng.integers(0, 9000, 9500))
    network = copied(dense=True)
    pieces = list(network.iter_transform(patches))
    rows = np.concatenate([rows for rows, _ in pieces])
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(patches)))
    features = np.concatenate([features for _, features in pieces])
    np.testing.assert_array_equal(network.transform(patches)[rows], features)


def test_lower_precision_is_near_and_has_to_be_asked_for():
    patches = dense_patches(40, 40)
    exact = copied().transform(patches)
    for dense in (True, False):
        rough = copied(precision="bfloat16", dense=dense).transform(patches)
        deviation = np.abs(rough - exact).max() / exact.max()
        assert 1e-5 < deviation < 0.05
        assert rough.dtype == np.float32


def test_the_fit_compares_both_ways_and_keeps_the_deviation():
    deviation = fitted_pipeline()["features"].dense_deviation_
    assert 0 <= deviation < 1e-5
    rng = np.random.default_rng(0)
    flat = CNNFeatureExtractor(max_epochs=1, random_state=0)
    assert np.isnan(flat.fit(rng.normal(size=(20, 30)), [0, 1] * 10).dense_deviation_)


def test_a_deviation_after_training_switches_sharing_off(monkeypatch):
    network = clone(fitted_pipeline()["features"]).set_params(max_epochs=1)
    monkeypatch.setattr(_sharing, "TOLERANCE", -1.0)
    with pytest.warns(DenseEvaluationWarning, match="differed by .* one by one"):
        network.fit(*training_patches())
    patches = dense_patches()
    expected = pickle.loads(pickle.dumps(network)).set_params(dense=False)
    with pytest.warns(DenseEvaluationWarning, match="differed by"):
        found = network.transform(patches)
    np.testing.assert_array_equal(found, expected.transform(patches))


def test_padded_layers_are_evaluated_one_by_one_with_a_warning_that_names_them():
    patches, labels = training_patches()
    network = CNNFeatureExtractor(
        "paper", lr=1e-4, max_epochs=1, random_state=0, unannotated=-1
    ).fit(patches, labels)
    assert np.isnan(network.dense_deviation_)
    many = dense_patches(30, 90)
    message = "stack.0 .*pads each patch"
    with pytest.warns(DenseEvaluationWarning, match=message) as caught:
        found = network.transform(many)
    assert caught[0].filename == __file__  # through scikit-learn's wrapper
    with pytest.warns(DenseEvaluationWarning, match=message) as caught:
        network.predict(many)
    assert caught[0].filename == __file__  # from within another method
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = network.set_params(dense=False).transform(many)
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(DenseEvaluationError, match=r"dense=True.*stack.0.*padding"):
        network.set_params(dense=True).fit(patches, labels)
    unpadded = network.set_params(module_params={"padded": False})
    assert unpadded.fit(patches, labels).dense_deviation_ < 1e-5


def own_network(n_channels, patch_shape, n_features, n_classes):
    size = (patch_shape[0] - 4) // 2
    layers = [
        nn.Conv2d(n_channels, 6, 5),
        nn.ELU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(6 * size**2, n_features),
        nn.ReLU(inplace=True),
    ]
    return Chain(layers, n_features, n_classes)


def test_a_users_own_chain_of_layers_is_shared_too():
    network = CNNFeatureExtractor(
        own_network, n_features=8, max_epochs=1, random_state=0, unannotated=-1
    ).fit(*training_patches())
    assert network.dense_deviation_ < 1e-5
    patches = dense_patches()
    found = network.transform(patches)
    some = np.arange(0, len(patches), 37)
    alone = network.set_params(dense=False).transform(patches.take(some))
    assert close(found[some], alone)


def test_channels_and_other_grey_levels():
    rng = np.random.default_rng(0)
    pixels = rng.normal(1000, 300, (2, 80, 120)).astype(np.float32)
    pixels[:, :, 60:] *= 2
    grid = np.argwhere(np.ones((50, 90))) + 15
    patches = Patches([SliceImage(pixels)], grid, 24)
    labels = (grid[:, 1] > 60).astype(int)
    network = CNNFeatureExtractor(
        max_epochs=1, max_patches_per_class=60, random_state=0, validation=None
    ).fit(patches, labels)
    some = np.arange(0, len(patches), 41)
    found = network.transform(patches)
    alone = network.set_params(dense=False).transform(patches.take(some))
    assert close(found[some], alone)


def test_a_step_the_patches_are_not_on_is_an_error():
    network, patches = copied(), dense_patches(30, 30)
    with pytest.raises(ValueError, match="step=2, but patches lie 1 rows and 1 col"):
        list(network.iter_transform(patches, step=2))
    with pytest.raises(ValueError, match="step=0 must be at least 1"):
        network.iter_transform(patches, step=0)


def test_dense_true_is_an_error_also_after_the_fit():
    network = CNNFeatureExtractor(
        "paper", lr=1e-4, max_epochs=1, random_state=0, unannotated=-1
    ).fit(*training_patches())
    with pytest.raises(DenseEvaluationError, match=r"dense=True.*stack.0.*padding"):
        network.set_params(dense=True).transform(dense_patches(5, 5))


def test_the_network_is_read_once_and_left_out_of_pickles():
    network = copied()
    network.transform(dense_patches(5, 5))
    held = network._evaluator()
    assert network._evaluator() is held
    assert network.set_params(dense=False)._evaluator() is not held
    assert "_evaluators" not in network.__getstate__()


def test_no_features_have_no_probabilities():
    network = copied()
    found = network.predict_proba_from_features(np.empty((0, 16), dtype=np.float32))
    assert found.shape == (0, len(network.classes_))
