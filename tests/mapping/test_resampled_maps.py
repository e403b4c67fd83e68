"""Maps of a slice that is brought to the model's pixel size, however they are made."""

import functools
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from mapping.slices import assert_equal_maps, piece
from pipelines import fitted_pipeline

from sklearn_microarch import map_slice


def finer(factor):
    """Return the piece as if its pixels were smaller."""
    image = piece()
    return image.replace(pixel_size_um=image.pixel_size_um / factor)


@functools.cache
def usual(factor):
    return map_slice(fitted_pipeline(), finer(factor), stride=8)


def test_a_pipeline_that_was_pickled_makes_the_same_maps():
    pipe = pickle.loads(pickle.dumps(fitted_pipeline()))
    assert_equal_maps(map_slice(pipe, finer(1.3), stride=8), usual(1.3))


@pytest.mark.parametrize("memory_limit", ["60MB", "1GB"])
def test_maps_of_little_memory_are_the_same(memory_limit, tmp_path):
    image = finer(1.3)
    np.save(tmp_path / "slice.npy", image.data)
    lazy = image.replace(data=np.load(tmp_path / "slice.npy", mmap_mode="r"))
    pipe = fitted_pipeline()
    maps = map_slice(pipe, lazy, stride=8, memory_limit=memory_limit)
    assert_equal_maps(maps, usual(1.3))


def test_slices_mapped_at_once_have_the_same_maps():
    factors = [1.3, 0.9, 1.3, 0.9]
    expected = [usual(factor) for factor in factors]
    pipe = fitted_pipeline()
    with ThreadPoolExecutor(2) as pool:
        maps = pool.map(lambda f: map_slice(pipe, finer(f), stride=8), factors)
        for found, right in zip(maps, expected, strict=True):
            assert_equal_maps(found, right)
