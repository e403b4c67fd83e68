"""Tests of maps for which memory runs out, and of slices that stay in their file."""

import numpy as np
import pytest
import torch
import zarr
from mapping.slices import assert_equal_maps, in_memory, piece, without_network
from pipelines import fitted_pipeline

from sklearn_microarch import SliceImage, map_slice
from sklearn_microarch.features import _evaluator
from sklearn_microarch.features.dense import DenseNetwork
from sklearn_microarch.images.lazy import _block_cache
from sklearn_microarch.images.lazy._block_cache import BlockCache
from sklearn_microarch.mapping import _memory, _steps

OUT = torch.OutOfMemoryError("CUDA out of memory.")


def too_large(function, n_rows, *, most, log):
    """Return a function that runs out of memory where it is given many rows."""

    def limited(*args, **kwargs):
        n = n_rows(*args)
        if n > most:
            log.append(n)
            raise OUT if len(log) % 2 else MemoryError
        return function(*args, **kwargs)

    return limited


@pytest.mark.parametrize("stride, most", [(7, 100), (20, 37)])
def test_pieces_that_are_too_large_for_memory_give_equal_maps(
    monkeypatch, stride, most
):
    expected = map_slice(fitted_pipeline(), piece(), stride=stride)
    log = []
    limited = too_large(
        _steps._from_features, lambda *args: len(args[2]), most=most, log=log
    )
    monkeypatch.setattr(_steps, "_from_features", limited)
    limited = too_large(
        _evaluator.evaluate_features, lambda *args: len(args[1]), most=most, log=log
    )
    monkeypatch.setattr(_evaluator, "evaluate_features", limited)
    evaluate = DenseNetwork.evaluate

    def in_bands(self, read, wanted, origin, *, step):
        if len(wanted) > 100:
            log.append(len(wanted))
            raise MemoryError
        return evaluate(self, read, wanted, origin, step=step)

    monkeypatch.setattr(DenseNetwork, "evaluate", in_bands)
    found = map_slice(fitted_pipeline(), piece(), stride=stride)
    assert log
    assert_equal_maps(found, expected)


def test_other_steps_are_tried_in_smaller_pieces_too(monkeypatch):
    expected = map_slice(without_network(), piece(), stride=7)
    log = []
    limited = too_large(_steps._apply, lambda *args: len(args[1]), most=30, log=log)
    monkeypatch.setattr(_steps, "_apply", limited)
    assert_equal_maps(map_slice(without_network(), piece(), stride=7), expected)
    assert log


@pytest.mark.parametrize("border", ["drop", "reflect", "constant"])
@pytest.mark.parametrize("stride", [3, 20])
def test_a_slice_that_stays_in_its_file_gives_equal_maps(
    monkeypatch, tmp_path, border, stride
):
    monkeypatch.setattr(_memory, "SOON_LOADED", 1000)
    pipe = fitted_pipeline()
    monkeypatch.setattr(pipe[0], "border", border)
    expected = map_slice(pipe, piece(), stride=stride)
    lazy = piece().replace(data=zarr.array(piece().data, chunks=(64, 100)))
    found = map_slice(pipe, lazy, stride=stride)
    assert found.image.data is lazy.data
    assert_equal_maps(found, expected)
    assert found.record == expected.record
    in_file = map_slice(pipe, lazy, stride=stride, out=tmp_path / "a.zarr")
    assert_equal_maps(in_file, expected)
    in_tiff = map_slice(pipe, lazy, stride=stride, out=tmp_path / "tiff")
    assert_equal_maps(in_tiff, expected)


def test_a_resampled_slice_that_stays_in_its_file_gives_equal_maps(monkeypatch):
    finer = piece().replace(pixel_size_um=0.9)
    expected = map_slice(fitted_pipeline(), finer, stride=5)
    monkeypatch.setattr(_memory, "SOON_LOADED", 1000)
    lazy = finer.replace(data=zarr.array(finer.data, chunks=(64, 100)))
    assert_equal_maps(map_slice(fitted_pipeline(), lazy, stride=5), expected)


def test_what_is_needed_does_not_grow_with_a_slice_in_its_file():
    class Unread:
        ndim, dtype = 2, np.dtype(np.uint8)

        def __init__(self, edge):
            self.shape = (edge, edge)

        def __getitem__(self, key):
            raise AssertionError("nothing may be read")

        def __array__(self, dtype=None, copy=None):
            raise AssertionError("nothing may be read")

    needed = [
        _memory.memory_of_slice(SliceImage(Unread(edge)), [object()], 64)
        for edge in (20_000, 40_000)
    ]
    assert needed[1] < 0.6e9
    with pytest.raises(ValueError, match="memory_limit=20 MB is too small"):
        map_slice(
            fitted_pipeline(),
            SliceImage(Unread(40_000), piece().pixel_size_um),
            stride=64,
            memory_limit="20MB",
        )


def test_blocks_that_are_kept_are_read_once(rng, monkeypatch):
    monkeypatch.setattr(_block_cache, "EDGE", 30)
    pixels = rng.integers(0, 255, (2, 90, 130), dtype=np.uint8)

    class Counted:
        shape, ndim, dtype, chunks = pixels.shape, 3, pixels.dtype, (1, 30, 40)
        n_read = 0

        def __getitem__(self, key):
            self.n_read += 1
            return pixels[key]

        def __array__(self, dtype=None, copy=None):
            return pixels

    source = Counted()
    cache = BlockCache(source)
    assert cache.edges == (30, 40)
    for _ in range(3):
        for rows, cols in ((slice(0, 35), slice(10, 130)), (slice(7, 9), slice(60))):
            found = cache[..., rows, cols]
            np.testing.assert_array_equal(found, pixels[..., rows, cols])
    assert source.n_read == 8
    assert cache[..., 5:5, 3:9].shape == (2, 0, 6)
    np.testing.assert_array_equal(cache[0], pixels[0])
    np.testing.assert_array_equal(np.asarray(cache), pixels)


def test_the_maps_in_memory_are_those_of_a_lazy_slice():
    lazy = piece().replace(data=zarr.array(piece().data, chunks=(64, 100)))
    assert_equal_maps(map_slice(fitted_pipeline(), lazy, stride=3), in_memory())
