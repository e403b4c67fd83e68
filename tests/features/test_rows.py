"""Tests of sklearn_microarch.features._rows."""

import numpy as np
import pytest

from sklearn_microarch.features._rows import grey_statistics, image_shape, read_batch
from sklearn_microarch.sampling import Patches


@pytest.mark.parametrize(
    "row_shape, expected",
    [((7,), (1, 1, 7)), ((5, 7), (1, 5, 7)), ((3, 5, 7), (3, 5, 7))],
)
def test_rows_become_images_with_a_channel_axis(row_shape, expected):
    assert image_shape(row_shape) == expected


def test_batches_are_float_copies_of_the_rows(rng):
    image = rng.integers(0, 60000, (30, 40)).astype(np.uint16)
    patches = Patches(image, [[9, 9], [20, 30], [15, 8]], 6)
    batch = read_batch(patches, np.array([2, 0]))
    assert batch.shape == (2, 1, 6, 6)
    np.testing.assert_array_equal(
        batch[:, 0].numpy(), np.asarray(patches)[[2, 0]].astype(np.float32)
    )


@pytest.mark.parametrize("shape", [(9,), (6, 7), (3, 6, 7)])
@pytest.mark.parametrize("origin", [0.0, 1e5])
def test_statistics_equal_those_of_all_pixels(rng, shape, origin):
    X = (origin + rng.normal(3, 5, (700, *shape))).astype(np.float32)
    rows = rng.permutation(700)[:600]
    mean, std = grey_statistics(X, rows)
    channels = X[rows].reshape(600, *image_shape(shape)).astype(float)
    np.testing.assert_allclose(mean, channels.mean(axis=(0, 2, 3)), rtol=1e-6)
    np.testing.assert_allclose(std, channels.std(axis=(0, 2, 3)), rtol=1e-4)


def test_a_constant_channel_is_not_divided_by_zero():
    mean, std = grey_statistics(np.full((5, 4, 4), 7.0), np.arange(5))
    assert mean.tolist() == [7.0]
    assert std.tolist() == [1.0]
