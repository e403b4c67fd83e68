"""Tests of sklearn_microarch.images._lazy_array: pixels stay in their file."""

import pickle
import subprocess
import sys

import dask.array
import joblib
import numpy as np
import pytest
import zarr

from sklearn_microarch.exceptions import NonFiniteImageError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images import _lazy_array as lazy_array
from sklearn_microarch.images._finite_pixels import check_finite_image
from sklearn_microarch.images._slice_image import as_slice_image

HOLD = {
    "zarr": lambda values: zarr.array(values, chunks=(*values.shape[:-2], 16, 32)),
    "dask": lambda values: dask.array.from_array(
        values, chunks=(*values.shape[:-2], 16, 32)
    ),
}


@pytest.fixture(params=HOLD)
def hold(request):
    """Return a function that puts an array where it is loaded on demand only."""
    return HOLD[request.param]


@pytest.mark.parametrize("shape", [(70, 90), (3, 70, 90)])
def test_a_lazy_array_stays_one_and_reads_as_the_array_does(hold, rng, shape):
    values = rng.integers(0, 256, shape, dtype=np.uint8)
    image = as_slice_image(hold(values))
    assert not isinstance(image.data, np.ndarray)
    assert (image.shape, image.dtype) == ((70, 90), np.uint8)
    assert image.n_channels == SliceImage(values).n_channels
    np.testing.assert_array_equal(np.asarray(image.data), values)
    part = image.read(slice(10, 40), slice(64, 500))
    assert isinstance(part, np.ndarray)
    np.testing.assert_array_equal(part, values[..., 10:40, 64:])


def test_only_the_part_that_is_read_is_loaded(grey):
    loaded = []

    def load(block, block_info=None):
        loaded.append(tuple(block_info[0]["chunk-location"]))
        return block

    data = dask.array.from_array(grey, chunks=(10, 10)).map_blocks(
        load, dtype=grey.dtype, meta=np.empty((0, 0), grey.dtype)
    )
    image = SliceImage(data).replace(name="z159")
    repr(image)
    check_finite_image(image)
    assert loaded == []
    image.read(slice(5, 12), slice(20, 30))
    assert sorted(loaded) == [(0, 2), (1, 2)]


def test_a_memory_map_and_an_array_in_memory_are_read_as_views(tmp_path, grey):
    np.save(tmp_path / "slice.npy", grey)
    mapped = np.load(tmp_path / "slice.npy", mmap_mode="r")
    for data in (grey, mapped):
        part = SliceImage(data).read(slice(2, 5), slice(None))
        assert np.shares_memory(part, data)
        np.testing.assert_array_equal(part, grey[2:5])


def test_rows_and_columns_are_slices(grey):
    with pytest.raises(TypeError, match="cols=7 must be a slice"):
        SliceImage(grey).read(slice(0, 2), 7)


def test_what_is_no_picture_is_refused_before_it_is_loaded(hold):
    with pytest.raises(TypeError, match="complex64"):
        SliceImage(hold(np.zeros((40, 50), "complex64")))
    with pytest.raises(ValueError, match="channels last"):
        SliceImage(hold(np.zeros((40, 50, 3))))


def test_a_dask_array_of_unknown_shape_is_told_how_to_learn_it(grey):
    rows = dask.array.from_array(grey, chunks=(10, 90))
    with pytest.raises(ValueError, match="compute_chunk_sizes"):
        SliceImage(rows[rows[:, 0] > 9])


@pytest.mark.parametrize("shape", [(70, 90), (3, 70, 90)])
def test_pixels_that_are_not_finite_are_found_block_by_block(
    hold, rng, shape, monkeypatch
):
    monkeypatch.setattr(lazy_array, "VALUES_PER_BLOCK", 40 * 40)
    values = rng.random(shape)
    check_finite_image(SliceImage(hold(values)))
    # Blocks come row by row: the first pixel is not in the first block that has one.
    values[..., 15, 80] = values[..., 20, 3] = np.nan
    values[-1, -1, ...] = np.inf
    with pytest.raises(NonFiniteImageError) as lazily:
        check_finite_image(SliceImage(hold(values), name="z1"))
    with pytest.raises(NonFiniteImageError) as at_once:
        check_finite_image(SliceImage(values, name="z1"))
    assert str(lazily.value) == str(at_once.value)
    assert "15, 80)" in str(lazily.value)


def test_a_block_is_made_of_whole_chunks(monkeypatch, grey):
    monkeypatch.setattr(lazy_array, "VALUES_PER_BLOCK", 40 * 40)
    blocks = list(lazy_array.read_blocks(zarr.array(grey, chunks=(16, 100))))
    assert [block for block, _ in blocks] == [
        (slice(0, 32), slice(0, 90)),
        (slice(32, 64), slice(0, 90)),
        (slice(64, 70), slice(0, 90)),
    ]
    np.testing.assert_array_equal(np.concatenate([part for _, part in blocks]), grey)


def test_blocks_cover_a_picture_row_by_row_and_end_at_its_edge():
    blocks = list(lazy_array.split_into_blocks((3, 5), (2, 3)))
    assert blocks == [
        (slice(0, 2), slice(0, 3)),
        (slice(0, 2), slice(3, 5)),
        (slice(2, 3), slice(0, 3)),
        (slice(2, 3), slice(3, 5)),
    ]


def test_what_was_loaded_is_neither_pickled_nor_hashed(grey):
    image = SliceImage(lazy_array.NativeOrder(grey), name="z1")
    before = joblib.hash(image), len(pickle.dumps(image))
    loaded = image.pixels
    assert (joblib.hash(image), len(pickle.dumps(image))) == before
    again = pickle.loads(pickle.dumps(image))
    assert again.name == "z1"
    np.testing.assert_array_equal(again.pixels, loaded)


def test_importing_the_library_imports_neither_zarr_nor_dask():
    code = (
        "import sys, sklearn_microarch, sklearn_microarch.images\n"
        "print([name for name in ('zarr', 'dask') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
