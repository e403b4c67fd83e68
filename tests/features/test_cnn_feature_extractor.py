"""Tests of sklearn_microarch.features._cnn_feature_extractor."""

import functools
import pickle
import pickletools
import signal
import subprocess
import sys
import threading

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone

from sklearn_microarch import CNNFeatureExtractor, Patches, SliceImage
from sklearn_microarch.exceptions import (
    DeadUnitsWarning,
    NegativeFeaturesError,
    NoValidationWarning,
)
from sklearn_microarch.features import GapNet


def two_regions(rng):
    """Return patches of a smooth and of a rough region, and their names."""
    data = rng.normal(100, 4, size=(90, 160))
    data[:, 80:] += 12 * np.sign(np.sin(np.arange(80)))
    image = SliceImage(data.clip(0, 255).astype(np.uint8), pixel_size_um=1.0)
    rows, cols = rng.integers(12, 78, 120), rng.integers(12, 148, 120)
    cols = np.where(np.abs(cols - 80) < 12, cols + 24, cols)
    patches = Patches(image, np.column_stack([rows, cols]), 20)
    return patches, np.where(cols < 80, "smooth", "rough")


@pytest.fixture
def slice_and_labels(rng):
    return two_regions(rng)


def small_cnn():
    return CNNFeatureExtractor(
        max_epochs=8, batch_size=16, n_features=12, random_state=0
    )


@pytest.fixture
def cnn():
    return small_cnn()


@functools.cache
def fitted_once():
    """Return the pickled network after its training, which takes a second."""
    return pickle.dumps(small_cnn().fit(*two_regions(np.random.default_rng(0))))


@pytest.fixture
def fitted():
    """Return a network fitted on the patches of `slice_and_labels`, to be changed."""
    return pickle.loads(fitted_once())


def test_it_learns_and_gives_non_negative_features(fitted, slice_and_labels):
    patches, labels = slice_and_labels
    assert fitted.score(patches, labels) > 0.95
    features = fitted.transform(patches)
    assert features.shape == (120, 12)
    assert features.dtype == np.float32
    assert features.min() == 0
    assert fitted.get_feature_names_out()[0] == "cnnfeatureextractor0"


def test_probabilities_from_features_need_no_second_pass(fitted, slice_and_labels):
    patches, _ = slice_and_labels
    direct = fitted.predict_proba(patches)
    again = fitted.predict_proba_from_features(fitted.transform(patches))
    np.testing.assert_array_equal(direct, again)
    np.testing.assert_allclose(direct.sum(axis=1), 1, rtol=1e-6)
    with pytest.raises(ValueError, match=r"Z has shape \(2, 5\)"):
        fitted.predict_proba_from_features(np.ones((2, 5)))


def test_patches_and_their_array_give_equal_results(cnn, slice_and_labels):
    patches, labels = slice_and_labels
    cnn.set_params(validation=None)
    lazy = cnn.fit(patches, labels).transform(patches)
    array = clone(cnn).fit(np.asarray(patches), labels).transform(np.asarray(patches))
    np.testing.assert_array_equal(lazy, array)


@pytest.mark.parametrize("shape", [(6,), (6, 9), (9, 9), (2, 9, 9)])
@pytest.mark.parametrize("module", ["gap", "paper"])
# The published layers have no batch normalisation, which keeps units alive.
@pytest.mark.filterwarnings("ignore::sklearn_microarch.exceptions.DeadUnitsWarning")
def test_rows_of_any_shape_are_learned(rng, cnn, shape, module):
    labels = np.repeat([3, 8], 40)
    X = rng.normal(size=(80, *shape)) + 4 * (labels == 8).reshape(-1, *[1] * len(shape))
    lr = 0.003 if module == "gap" else 0.001
    cnn.set_params(module=module, max_epochs=20, lr=lr, n_features=24)
    assert cnn.fit(X, labels).score(X, labels) > 0.95
    assert cnn.transform(X).shape == (80, 24)
    assert cnn.patch_shape_ == shape


def test_the_published_layers_have_the_published_sizes():
    net = CNNFeatureExtractor("paper", max_epochs=1, lr=1e-5, random_state=0)
    X = np.random.default_rng(0).normal(size=(4, 128, 128))
    weights = net.fit(X, [0, 1, 0, 1]).weights_
    shapes = [w.shape for name, w in weights.items() if name.endswith("weight")]
    assert shapes == [
        (16, 1, 7, 7),
        (32, 16, 5, 5),
        (64, 32, 3, 3),
        (128, 64, 3, 3),
        (1024, 4608),
        (64, 1024),
        (2, 64),
    ]


def test_seeds_repeat_and_leave_the_global_state_alone(cnn, slice_and_labels):
    torch.manual_seed(7)
    np.random.seed(7)  # noqa: NPY002 - the global state is what is tested
    before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first = cnn.fit(*slice_and_labels)
    second = clone(cnn).fit(*slice_and_labels)
    other = clone(cnn).set_params(random_state=1).fit(*slice_and_labels)
    assert joblib.hash(first.weights_) == joblib.hash(second.weights_)
    assert joblib.hash(first.weights_) != joblib.hash(other.weights_)
    pickle.loads(pickle.dumps(first)).transform(slice_and_labels[0])
    assert torch.equal(torch.get_rng_state(), before[0])
    np.testing.assert_array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002


def test_pickles_hold_arrays_and_hash_alike(fitted, slice_and_labels):
    patches, _ = slice_and_labels
    before, features = joblib.hash(fitted), fitted.transform(patches)
    stored = pickle.dumps(fitted)
    for _ in range(2):
        loaded = pickle.loads(stored)
        assert joblib.hash(loaded) == before
        np.testing.assert_array_equal(loaded.transform(patches), features)
        assert joblib.hash(loaded) == before
        stored = pickle.dumps(loaded)
    words = {
        str(argument).split(".")[0]
        for opcode, argument, _ in pickletools.genops(stored)
        if "UNICODE" in opcode.name or opcode.name == "GLOBAL"
    }
    assert not words & {"torch", "skorch"}
    assert "numpy" in words


def test_a_model_loads_without_the_device_it_was_trained_on(fitted, slice_and_labels):
    loaded = pickle.loads(pickle.dumps(fitted)).set_params(device="cuda:7")
    with pytest.raises(ValueError, match="device='cuda:7' cannot be used"):
        loaded.transform(slice_and_labels[0])
    assert loaded.set_params(device="cpu").net_.device == "cpu"


def test_parameters_set_after_fit_do_not_break_loading(fitted, slice_and_labels):
    patches, _ = slice_and_labels
    features = fitted.transform(patches)
    changed = pickle.loads(
        pickle.dumps(fitted.set_params(n_features=5, module="paper"))
    )
    np.testing.assert_array_equal(changed.transform(patches), features)


def test_a_row_does_not_depend_on_its_batch(fitted, slice_and_labels):
    patches, _ = slice_and_labels
    features = fitted.transform(patches)
    for row in (0, 7, 119):
        np.testing.assert_array_equal(
            fitted.transform(patches[[row]])[0], features[row]
        )
    order = np.random.default_rng(1).permutation(120)
    np.testing.assert_array_equal(fitted.transform(patches[order]), features[order])
    probabilities = fitted.predict_proba(patches)
    np.testing.assert_array_equal(
        fitted.predict_proba(patches[order[:50]]), probabilities[order[:50]]
    )


def test_unannotated_rows_change_nothing(cnn, slice_and_labels, rng):
    patches, labels = slice_and_labels
    cnn.set_params(unannotated=-1, validation=None)
    alone = cnn.fit(patches, labels)
    rows = np.column_stack([rng.integers(12, 78, 30), rng.integers(12, 148, 30)])
    more = Patches(patches.images, np.vstack([patches.positions[:, 1:], rows]), 20)
    both = clone(cnn).fit(more, np.append(labels, [""] * 30))
    assert joblib.hash(alone.weights_) == joblib.hash(both.weights_)
    assert both.score(more, np.append(labels, [""] * 30)) == alone.score(
        patches, labels
    )
    with pytest.raises(ValueError, match="y has no annotated row"):
        both.score(more[-3:], ["", "", ""])


def test_many_rows_are_thinned_to_a_balanced_subset(cnn, slice_and_labels):
    patches, labels = slice_and_labels
    cnn.set_params(max_patches_per_class=10, validation=None, max_epochs=1)
    assert cnn.fit(patches, labels).n_training_rows_.tolist() == [10, 10]


def test_spatial_validation_is_recorded(fitted):
    assert len(fitted.history_) == fitted.max_epochs
    last = fitted.history_[-1]
    assert set(last) == {
        "epoch",
        "train_loss",
        "valid_loss",
        "valid_balanced_accuracy",
    }
    assert fitted.validation_score_ == last["valid_balanced_accuracy"] > 0.9
    assert fitted.n_training_rows_.sum() < 120


def test_validation_rows_can_be_given(cnn, slice_and_labels):
    patches, labels = slice_and_labels
    wrong = np.where(labels[:30] == "rough", "smooth", "rough")
    cnn.set_params(validation=(patches[:30], wrong))
    assert cnn.fit(patches[30:], labels[30:]).validation_score_ < 0.1
    assert cnn.n_training_rows_.sum() == 90
    cnn.set_params(validation=(patches[:30], ["other"] * 30))
    with pytest.raises(ValueError, match="no row of a region that is trained on"):
        cnn.fit(patches, labels)
    cnn.set_params(validation=(patches[:30],))
    with pytest.raises(ValueError, match=r"must be \(patches, y\)"):
        cnn.fit(patches, labels)


class LinearFeatures(GapNet):
    """A network whose features can be negative, as in the published code."""

    def features(self, x):
        return self.stack(x).mean(dim=(2, 3)) - 1


class NoHead(torch.nn.Module):
    """A network that does not follow the protocol."""

    def __init__(self, *_):
        super().__init__()


class Diverging(GapNet):
    """A network whose loss is not a number."""

    def head(self, z):
        return super().head(z) * float("nan")


class Dead(GapNet):
    """A network with three quarters of its features always zero."""

    def features(self, x):
        found = super().features(x)
        return found * (torch.arange(found.shape[1]) % 4 == 0)


def test_a_network_of_ones_own_can_be_used(cnn, slice_and_labels):
    class Small(torch.nn.Module):
        def __init__(self, n_channels, patch_shape, n_features, n_classes, width=4):
            super().__init__()
            n_pixels = patch_shape[0] * patch_shape[1]
            self.first = torch.nn.Linear(n_channels * n_pixels, width)
            self.second = torch.nn.Linear(width, n_features)
            self.third = torch.nn.Linear(n_features, n_classes)

        def features(self, x):
            return self.second(self.first(x.flatten(1)).relu()).relu()

        def head(self, z):
            return self.third(z)

    cnn.set_params(module=Small, module_params={"width": 9})
    cnn.fit(*slice_and_labels)
    assert cnn.weights_["body.first.weight"].shape == (9, 400)


class WrongWidth(GapNet):
    """A network with one class too few."""

    def head(self, z):
        return super().head(z)[:, 1:]


class Signed(torch.nn.Module):
    """The mean grey level as features: negative for dark patches only."""

    def __init__(self, *sizes):
        super().__init__()
        _, _, n_features, n_classes = sizes
        self.classify = torch.nn.Linear(n_features, n_classes)
        self.n_features = n_features

    def features(self, x):
        return x.mean(dim=(1, 2, 3))[:, None].expand(-1, self.n_features)

    def head(self, z):
        return self.classify(z)


def test_negative_features_of_a_later_region_are_found(cnn, rng):
    X = np.abs(rng.normal(size=(1400, 4, 4)))
    X[700:] *= -1
    cnn.set_params(module=Signed, normalization=None, max_epochs=1)
    with pytest.raises(NegativeFeaturesError, match="ReLU"):
        cnn.fit(X, np.repeat([1, 2], 700))


@pytest.mark.parametrize(
    "module, error, message",
    [
        (WrongWidth, TypeError, r"\(2, 1\)\).*they must be"),
        (GapNet(1, (20, 20), 12, 2), TypeError, "pass a class or a function"),
        (lambda *sizes, **params: 1 / 0, TypeError, "cannot be built"),
        (LinearFeatures, NegativeFeaturesError, "ReLU"),
        (NoHead, TypeError, "without features and head"),
        (Diverging, ValueError, "training diverged.*lower lr"),
    ],
)
def test_unfit_networks_are_refused(cnn, slice_and_labels, module, error, message):
    cnn.set_params(module=module, n_features=128 if module is LinearFeatures else 12)
    with pytest.raises(error, match=message):
        cnn.fit(*slice_and_labels)


def test_dead_units_are_counted_and_warned_of(cnn, slice_and_labels, fitted):
    assert fitted.dead_units_ <= 0.2
    with pytest.warns(
        DeadUnitsWarning, match="% of the 12 features are zero"
    ) as caught:
        clone(cnn).set_params(module=Dead).fit(*slice_and_labels)
    assert caught[0].filename == __file__


def test_an_interruption_is_raised_and_the_earlier_fit_stays(fitted, slice_and_labels):
    before = joblib.hash(fitted)

    class Interrupted(GapNet):
        def head(self, _):
            raise KeyboardInterrupt

    fitted.set_params(module=Interrupted)
    with pytest.raises(KeyboardInterrupt):
        fitted.fit(*slice_and_labels)
    assert joblib.hash(fitted.set_params(module="gap")) == before


INTERRUPT_ME = """
import numpy as np
from sklearn_microarch import CNNFeatureExtractor
X = np.random.default_rng(0).normal(size=(200, 64, 64))
cnn = CNNFeatureExtractor(max_epochs=100000, verbose=0)
print("ready", flush=True)
try:
    cnn.fit(X, np.arange(200) % 2)
except KeyboardInterrupt:
    print("raised", [name for name in vars(cnn) if name.endswith("_")])
"""


def test_ctrl_c_ends_the_training_with_nothing_half_fitted():
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPT_ME], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline().strip() == "ready"
    timer = threading.Timer(2.0, process.send_signal, [signal.SIGINT])
    timer.start()
    output, _ = process.communicate(timeout=60)
    assert output.strip() == "raised []"


@pytest.mark.parametrize(
    "change, error, message",
    [
        (lambda p, y: (p, ["one"] * 120), ValueError, r"only one class, \['one'\]"),
        (
            lambda p, y: (p, [""] * 120),
            ValueError,
            "no annotated row.*unannotated label -1",
        ),
        (lambda p, y: (p, y[1:]), ValueError, "inconsistent numbers of samples"),
        (lambda p, y: (p, [1] + ["a"] * 119), TypeError, "y mixes"),
        (lambda p, y: (p, np.linspace(0, 1, 120)), ValueError, "Unknown label type"),
        (lambda p, y: (p.images[0], y), TypeError, "PatchSampler"),
        (lambda p, y: (p[:0], y[:0]), ValueError, "0 sample"),
        (lambda p, y: (np.ones((120, 2, 2, 3, 3)), y), ValueError, "5 dimensions"),
        (lambda p, y: (np.full((120, 9, 9), np.nan), y), ValueError, "NaN"),
    ],
)
def test_bad_training_data_is_named(cnn, slice_and_labels, change, error, message):
    cnn.set_params(unannotated=-1)
    with pytest.raises(error, match=message):
        cnn.fit(*change(*slice_and_labels))
    assert not [name for name in vars(cnn) if name.endswith("_")]


def test_other_patches_than_in_fit_are_refused(fitted, slice_and_labels):
    patches, _ = slice_and_labels
    smaller = Patches(patches.images, patches.positions, 18)
    with pytest.raises(ValueError, match=r"shape \(18, 18\).*shape \(20, 20\)"):
        fitted.transform(smaller)
    floats = [im.replace(data=im.data / 255) for im in patches.images]
    with pytest.raises(TypeError, match=r"dtype float64.*dtype uint8"):
        fitted.transform(Patches(floats, patches.positions, 20))
    with pytest.raises(TypeError, match="rows of patches, not images"):
        fitted.transform(patches.images[0])


def test_scores_need_as_many_labels_as_rows(fitted, slice_and_labels):
    patches, labels = slice_and_labels
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        fitted.score(patches, labels[:5])


def test_columns_of_mixed_names_leave_nothing_fitted(cnn, rng):
    table = pd.DataFrame(rng.normal(size=(40, 2)), columns=["a", 6])
    with pytest.raises(TypeError, match="string"):
        cnn.fit(table, np.repeat([0, 1], 20))
    assert not [name for name in vars(cnn) if name.endswith("_")]


def test_columns_are_forgotten_when_refitted_on_patches(cnn, rng, slice_and_labels):
    cnn.fit(rng.normal(size=(40, 5)), np.repeat([0, 1], 20))
    assert cnn.n_features_in_ == 5
    assert not hasattr(cnn.fit(*slice_and_labels), "n_features_in_")


def test_a_failed_refit_leaves_the_earlier_fit_whole(cnn, rng):
    X, labels = rng.normal(size=(40, 5)), np.repeat(["a", "b"], 20)
    before = joblib.hash(cnn.fit(X, labels))
    for bad, y in ((X[:, :3], ["a"] * 40), (X[:, :3], labels[1:])):
        with pytest.raises(ValueError, match=r"y holds|inconsistent"):
            cnn.fit(bad, y)
        assert cnn.n_features_in_ == 5
        assert joblib.hash(cnn) == before


def test_import_of_the_library_does_not_load_torch():
    code = "import sys, sklearn_microarch; print('torch' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"


@pytest.mark.parametrize("n_regions", [2, 3])
def test_logits_are_those_of_the_probabilities(rng, cnn, n_regions):
    X, y = rng.normal(size=(60, 20, 20)), np.arange(60) % n_regions
    logits = cnn.fit(X, y).decision_function(X)
    if n_regions == 2:
        assert logits.shape == (60,)
        logits = np.column_stack([np.zeros(60), logits])
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, cnn.predict_proba(X), rtol=1e-5)


def test_weights_of_another_version_of_the_network_are_an_error(
    fitted, slice_and_labels
):
    loaded = pickle.loads(pickle.dumps(fitted))
    loaded.weights_["body.classify.weight"] = np.zeros((2, 12), dtype=np.float32)
    with pytest.raises(ValueError, match="do not fit module='gap' as this version"):
        loaded.transform(slice_and_labels[0])


def test_where_no_strip_can_be_set_apart_it_is_said_once(cnn, rng):
    places = rng.integers(10, 30, (40, 2))
    patches = Patches(rng.normal(size=(40, 40)), places, 20)
    y = np.arange(40) % 2
    # A single step of training is left as it may be.
    cnn.set_params(max_epochs=1, augment=False, normalization="train")
    with pytest.warns(
        NoValidationWarning, match=r"validation=\(patches, y\)"
    ) as caught:
        cnn.fit(patches, y)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert np.isnan(cnn.validation_score_)
    # Neither asked for, nor possible for arrays: no warning.
    cnn.set_params(validation=None).fit(patches, y)
    cnn.set_params(validation="spatial").fit(np.asarray(patches), y)


@pytest.mark.parametrize(
    "name", ["max_epochs", "batch_size", "n_features", "lr", "description_weight"]
)
@pytest.mark.parametrize("value", [10**27, 10**400, float("nan"), float("inf"), True])
def test_numbers_too_large_to_train_with_are_named(cnn, rng, name, value):
    if name in ("lr", "description_weight") and value == 10**27:
        value = -1
    with pytest.raises(ValueError, match=f"'{name}' parameter of CNNFeatureExtractor"):
        cnn.set_params(**{name: value}).fit(rng.normal(size=(40, 5)), np.arange(40) % 2)


@pytest.mark.parametrize(
    "name, value",
    [
        ("precision", "float16"),
        ("dense", "never"),
        ("device", None),
        ("memory", 5),
        ("verbose", "loud"),
    ],
)
def test_parameters_that_are_read_after_fit_are_checked_there(
    fitted, slice_and_labels, name, value
):
    patches, labels = slice_and_labels
    fitted.set_params(**{name: value})
    Z = np.zeros((2, 12))
    for read in (
        lambda: fitted.transform(patches),
        lambda: fitted.iter_transform(patches),
        lambda: fitted.predict(patches),
        lambda: fitted.decision_function(patches),
        lambda: fitted.score(patches, labels),
        lambda: fitted.predict_proba_from_features(Z),
        lambda: fitted.dense_memory((100, 100)),
    ):
        with pytest.raises(ValueError, match=f"'{name}' parameter of CNNFeature"):
            read()


def test_numpy_booleans_are_booleans(fitted, slice_and_labels):
    patches, _ = slice_and_labels
    alone = fitted.set_params(dense=False).transform(patches)
    np.testing.assert_array_equal(
        fitted.set_params(dense=np.False_).transform(patches), alone
    )
    together = fitted.set_params(dense=True).transform(patches)
    np.testing.assert_array_equal(
        fitted.set_params(dense=np.True_).transform(patches), together
    )
    assert not np.array_equal(alone, together)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda cnn, X: cnn.predict_proba_from_features(
                torch.ones(3, 12, requires_grad=True)
            ),
            TypeError,
            "Z=.*requires grad",
        ),
        (
            lambda cnn, X: cnn.predict_proba_from_features([["a"] * 12]),
            TypeError,
            "Z has dtype",
        ),
        (
            lambda cnn, X: cnn.score(
                X, ["rough"] * 120, torch.ones(120).requires_grad_()
            ),
            TypeError,
            "sample_weight=.*requires grad",
        ),
        (
            lambda cnn, X: cnn.score(X, torch.ones(120).requires_grad_()),
            TypeError,
            "y=.*requires grad",
        ),
        (lambda cnn, X: cnn.iter_transform(X, step=1.5), TypeError, "step=1.5"),
        (
            lambda cnn, X: cnn.iter_transform(X, max_memory=10**400),
            ValueError,
            "max_memory=",
        ),
        (
            lambda cnn, X: cnn.iter_transform(X, max_memory="1GB"),
            TypeError,
            "max_memory=",
        ),
        (lambda cnn, X: cnn.dense_memory((0, 5)), ValueError, "shape=0"),
        (lambda cnn, X: cnn.dense_memory((9, 9), step=10**27), ValueError, "step=1000"),
    ],
)
def test_other_wrong_arguments_are_named(
    fitted, slice_and_labels, call, error, message
):
    with pytest.raises(error, match=message):
        call(fitted, slice_and_labels[0])
