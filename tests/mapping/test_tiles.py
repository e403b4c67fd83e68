"""Tests of sklearn_microarch.mapping.sinks._tiles: a cache of tiles equals an array."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_microarch.mapping.sinks._tiles import TileCache


class CountingArray:
    """An array on disk, as far as the cache can tell, that counts its transfers."""

    def __init__(self, shape, dtype):
        self.values = np.full(shape, 99, dtype=dtype)  # what nobody may read
        self.shape, self.dtype = shape, self.values.dtype
        self.n_read = self.n_written = 0

    def __getitem__(self, key):
        self.n_read += 1
        return self.values[key]

    def __setitem__(self, key, values):
        assert self.values[key].shape == values.shape
        self.n_written += 1
        self.values[key] = values


@settings(max_examples=60, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    n_channels=st.sampled_from([None, 1, 3]),
    tile=st.integers(1, 8),
    capacity=st.integers(1, 5),
    batches=st.lists(st.integers(1, 60), max_size=6),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_order_of_writing_with_few_tiles_equals_an_array(
    *, shape, n_channels, tile, capacity, batches, seed
):
    rng = np.random.default_rng(seed)
    leading = () if n_channels is None else (n_channels,)
    array = CountingArray((*leading, *shape), np.float32 if leading else np.uint16)
    fill = np.nan if leading else 0
    cache = TileCache(array, tile, fill, capacity)
    expected = np.full(array.shape, fill, dtype=array.dtype)
    touched = np.zeros(shape, dtype=bool)
    for size in batches:
        pixels = rng.permutation(shape[0] * shape[1])[:size]
        rows, cols = np.unravel_index(pixels, shape)
        values = rng.integers(0, 1000, (len(pixels), *leading)).astype(array.dtype)
        cache.write(rows, cols, values)
        expected[..., rows, cols] = values.T
        touched[rows // tile * tile, cols // tile * tile] = True
    cache.flush()
    # Tiles that nobody wrote to are left to whoever made the array.
    for row in range(0, shape[0], tile):
        for col in range(0, shape[1], tile):
            part = (..., slice(row, row + tile), slice(col, col + tile))
            wanted = expected[part] if touched[row, col] else 99
            np.testing.assert_array_equal(array.values[part], wanted)


def test_tiles_that_fit_are_written_once_and_never_read():
    array = CountingArray((2, 8, 12), np.float32)
    cache = TileCache(array, 4, np.nan, capacity=6)
    rows, cols = np.indices((8, 12)).reshape(2, -1)
    for start in range(0, 96, 10):
        part = slice(start, start + 10)
        cache.write(rows[part], cols[part], np.ones((len(rows[part]), 2)))
    assert array.n_written == 0
    cache.flush()
    assert (array.n_written, array.n_read) == (6, 0)
    assert (array.values == 1).all()


def test_no_pixels_are_no_work():
    array = CountingArray((5, 5), np.uint16)
    cache = TileCache(array, 4, 0, capacity=1)
    none = np.zeros(0, dtype=np.intp)
    cache.write(none, none, np.zeros(0))
    cache.flush()
    assert array.n_written == 0


@pytest.mark.parametrize("n_channels", [1, 2])
def test_values_have_one_column_for_each_channel(n_channels):
    array = CountingArray((n_channels, 3, 3), np.float32)
    cache = TileCache(array, 4, np.nan, capacity=1)
    at = np.array([0, 2]), np.array([1, 1])
    with pytest.raises(ValueError, match="shape mismatch"):
        cache.write(*at, np.zeros((2, n_channels + 2)))
