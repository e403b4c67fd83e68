"""Tests of sklearn_microarch.mapping.reading._stored_map: reads as the array would."""

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import basic_indices

from sklearn_microarch.mapping.reading._stored_map import StoredMap

SHAPE = (7, 9)
KINDS = {"channels": 3, "one channel": 1, "plane as channel": 1, "labels": None}


def stored_and_array(kind):
    """Return a map on disk (in a zarr array in memory) and what it should read as."""
    rng = np.random.default_rng(0)
    if kind == "labels":
        labels = rng.integers(0, 4, SHAPE, dtype="uint16")
        stored = zarr.array(labels, chunks=(4, 4))
        return StoredMap(stored, several=False, shift=-1), labels.astype(np.int64) - 1
    planes = rng.random((KINDS[kind], *SHAPE), dtype="float32")
    planes[:, 2:4, 5] = np.nan
    on_disk = planes[0] if kind == "plane as channel" else planes
    stored = zarr.array(on_disk, chunks=(1, 4, 4)[-on_disk.ndim :])
    return StoredMap(stored, several=True), np.moveaxis(planes, 0, -1)


@pytest.mark.parametrize("kind", KINDS)
def test_shape_type_and_values_are_those_of_the_array(kind):
    stored, expected = stored_and_array(kind)
    assert (stored.shape, stored.ndim, stored.size, len(stored), stored.dtype) == (
        *(expected.shape, expected.ndim, expected.size, len(expected), expected.dtype),
    )
    np.testing.assert_array_equal(np.asarray(stored), expected)
    assert np.asarray(stored, dtype=np.float64).dtype == np.float64
    with pytest.raises(ValueError, match="copy"):
        np.array(stored, copy=False)
    assert str(expected.shape) in repr(stored)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_basic_index_reads_what_numpy_would(kind, data):
    stored, expected = stored_and_array(kind)
    key = data.draw(basic_indices(expected.shape, allow_newaxis=True))
    found = stored[key]
    np.testing.assert_array_equal(found, expected[key])
    assert np.shape(found) == expected[key].shape
    assert found.dtype == expected.dtype


def test_masks_and_index_arrays_read_what_numpy_would():
    stored, expected = stored_and_array("channels")
    mask = expected[..., 0] > 0.5
    for key in (
        mask,
        (mask, 1),
        (np.array([3, 0]), np.array([1, 8])),
        [2, 2],
        (slice(None), [0, 4], 2),
        True,
    ):
        np.testing.assert_array_equal(stored[key], expected[key])


@pytest.mark.parametrize("key", [7, -8, (0, 9), (0, 0, 3), (0, 0, 0, 0), "a", 1.0])
def test_what_is_no_index_is_refused_as_by_numpy(key):
    stored, expected = stored_and_array("channels")
    with pytest.raises(IndexError):
        expected[key]
    with pytest.raises(IndexError):
        stored[key]


def test_arithmetic_reads_the_whole():
    stored, expected = stored_and_array("labels")
    np.testing.assert_array_equal(stored >= 1, expected >= 1)
    np.testing.assert_array_equal(2 * stored + stored, 3 * expected)
    assert np.add.reduce(stored, axis=None) == expected.sum()
    factors, values = stored_and_array("channels")
    np.testing.assert_array_equal(np.isnan(factors), np.isnan(values))
    assert np.nanmax(factors) == np.nanmax(values)


def test_only_the_channels_asked_for_are_read():
    class Recorder:
        shape, ndim, dtype = (3, *SHAPE), 3, np.dtype(np.float32)

        def __getitem__(self, key):
            self.key = key
            return np.zeros(self.shape, dtype=self.dtype)[key]

    array = Recorder()
    StoredMap(array, several=True)[2:4, -1, 1]
    assert array.key == (slice(1, 2), slice(2, 4, 1), slice(8, 9))
