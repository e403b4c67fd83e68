"""Tests of sklearn_microarch.selection._activity."""

import numpy as np
import pytest

from sklearn_microarch.selection._activity import pack_activity


def pack(loadings, threshold=0.0):
    return pack_activity(loadings, threshold, name="X", whom="the caller")


def unpack(activity):
    bits = np.unpackbits(activity.packed, axis=0, bitorder="little")
    return bits[: activity.n_factors].T.astype(bool)


@pytest.mark.parametrize("n_factors", [1, 7, 8, 9, 15, 16, 17, 40])
@pytest.mark.parametrize("n_samples", [1, 3, 8192, 20_001])
def test_a_bit_is_set_where_a_factor_is_active(rng, n_factors, n_samples):
    loadings = rng.gamma(1.0, size=(n_samples, n_factors)).astype(np.float32)
    loadings *= rng.uniform(size=loadings.shape) > 0.5
    for threshold in (0.0, 0.7):
        activity = pack(loadings, threshold)
        np.testing.assert_array_equal(unpack(activity), loadings > threshold)
        spare = np.uint8(0xFF << (n_factors - 1) % 8 + 1 & 0xFF)
        assert not (activity.packed[-1] & spare).any()


@pytest.mark.parametrize(
    "change",
    [
        lambda X: X.astype(np.float16),
        lambda X: X.astype(np.int8),
        lambda X: X > 0,
        np.asfortranarray,
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    ],
)
def test_layout_and_dtype_do_not_matter(rng, change):
    loadings = rng.integers(0, 2, size=(9000, 5)).astype(np.float64)
    np.testing.assert_array_equal(pack(change(loadings)).packed, pack(loadings).packed)


def test_a_read_only_memory_map_is_read(rng, tmp_path):
    loadings = rng.integers(0, 2, size=(900, 5)).astype(np.float32)
    np.save(tmp_path / "loadings.npy", loadings)
    mapped = np.load(tmp_path / "loadings.npy", mmap_mode="r")
    np.testing.assert_array_equal(pack(mapped).packed, pack(loadings).packed)


@pytest.mark.parametrize("row", [0, 8191, 8192, 8999])
@pytest.mark.parametrize(
    "value, words",
    [
        (np.nan, "Input X contains NaN"),
        (np.inf, "Input X contains infinity"),
        (-1e-30, "Negative values in data passed to the caller"),
    ],
)
def test_a_bad_loading_is_found_in_every_batch(row, value, words):
    loadings = np.ones((9000, 3))
    loadings[row, 1] = value
    with pytest.raises(ValueError, match=words):
        pack(loadings)


def test_activity_elsewhere_is_silenced(rng):
    loadings, samples = rng.uniform(size=(50, 11)), rng.uniform(size=50) > 0.5
    silenced = unpack(pack(loadings, 0.4).only_at(samples))
    np.testing.assert_array_equal(silenced, (loadings > 0.4) & samples[:, np.newaxis])
