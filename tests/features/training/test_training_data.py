"""Tests of sklearn_microarch.features.training._training_data, through fit."""

import numpy as np
import pytest

from sklearn_microarch import CNNFeatureExtractor, Patches, SliceImage


@pytest.fixture
def cnn():
    return CNNFeatureExtractor(
        n_features=8, max_epochs=1, batch_size=16, random_state=0, validation=None
    )


@pytest.fixture
def patches(rng):
    data = rng.integers(0, 60_000, (40, 90)).astype(np.uint16)
    places = np.column_stack([rng.integers(8, 32, 40), rng.integers(8, 82, 40)])
    return Patches(SliceImage(data), places, 12)


def test_either_byte_order_is_the_same_dtype(cnn, patches):
    y = np.arange(40) % 2
    expected = cnn.fit(patches, y).transform(patches)
    array = np.asarray(patches)
    swapped = array.astype(array.dtype.newbyteorder("S"))
    assert swapped.dtype != array.dtype
    np.testing.assert_array_equal(cnn.transform(swapped), expected)
    lazy = Patches(
        SliceImage(patches.images[0].data.astype(swapped.dtype)),
        patches.positions,
        12,
    )
    np.testing.assert_array_equal(cnn.transform(lazy), expected)
    labels = y.astype(np.dtype(np.int64).newbyteorder("S"))
    cnn.set_params(validation=(swapped[:9], labels[:9]))
    again = cnn.fit(swapped, labels)
    assert again.patch_dtype_ == array.dtype
    assert again.patch_dtype_.isnative
    np.testing.assert_array_equal(again.transform(patches), expected)
    np.testing.assert_array_equal(again.predict(swapped), cnn.predict(array))
    cnn.weights_ = {
        name: value.astype(value.dtype.newbyteorder("S"))
        for name, value in cnn.weights_.items()
    }
    # As loaded on another machine: the net is built of the weights.
    del cnn._net
    np.testing.assert_array_equal(cnn.transform(array), expected)


def test_another_range_of_grey_levels_is_still_refused(cnn, patches):
    array = np.asarray(patches)
    cnn.fit(array, np.arange(40) % 2)
    with pytest.raises(TypeError, match=r"dtype uint8.*dtype uint16.*another range"):
        cnn.transform((array >> 8).astype(np.uint8))


def test_channels_last_are_refused_with_the_way_out(cnn, rng):
    X, y = rng.normal(size=(40, 32, 32, 3)), np.arange(40) % 2
    with pytest.raises(ValueError, match=r"\(40, 32, 32, 3\).*np.moveaxis\(X, -1, 1\)"):
        cnn.fit(X, y)
    first = np.moveaxis(X, -1, 1)
    assert cnn.set_params(max_epochs=4).fit(first, y).patch_shape_ == (3, 32, 32)
    with pytest.raises(ValueError, match=r"of shape \(32, 32, 3\).*\(3, 32, 32\)"):
        cnn.transform(X)


@pytest.mark.parametrize("kind", [float, int, str])
def test_labels_that_look_continuous_are_warned_of_as_scikit_learn_does(cnn, rng, kind):
    message = "number of unique classes is greater than 50%.*40 regions in 40"
    with pytest.warns(UserWarning, match=message) as caught:
        cnn.fit(rng.normal(size=(40, 6)), np.arange(40).astype(kind))
    assert caught[0].filename == __file__


def test_half_as_many_regions_as_rows_are_no_warning(cnn, rng):
    y = np.append(np.arange(40) // 2, np.full(5, -1))
    cnn.set_params(unannotated=-1).fit(rng.normal(size=(45, 6)), y)
    assert len(cnn.classes_) == 20
