"""Tests of sklearn_microarch.sampling.tissue._one_grey_level."""

import warnings

import numpy as np
import pytest

from sklearn_microarch import PatchSampler, SliceImage
from sklearn_microarch.exceptions import TissueWarning
from sklearn_microarch.sampling.tissue._one_grey_level import shows_one_grey_level


class Lazy:
    """A lazy array that counts the parts that are read of it."""

    chunks = (1024, 1024)

    def __init__(self, values):
        self.values, self.n_read = values, 0
        self.shape, self.ndim, self.dtype = values.shape, values.ndim, values.dtype

    def __getitem__(self, key):
        self.n_read += 1
        return self.values[key]

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("it is never read at once")


@pytest.fixture
def codes():
    found = np.zeros((60, 90), dtype=int)
    found[:, :45], found[:, 45:] = 1, 2
    return found


def flat(**about):
    return SliceImage(np.full((60, 90), 90, dtype=np.uint8), 2.0, **about)


@pytest.mark.parametrize("tissue", ["auto", None])
def test_sample_warns_of_a_constant_slice_by_its_name(rng, codes, tissue):
    grey = rng.integers(60, 140, codes.shape).astype(np.uint8)
    real = SliceImage(grey, 2.0, name="z8")
    sampler = PatchSampler(8, n_patches_per_roi=40, tissue=tissue, random_state=0)
    with pytest.warns(TissueWarning) as caught:
        sampler.sample([real, flat(name="z7")], [codes, codes])
    assert len(caught) == 1
    assert "image 'z7' shows one grey level throughout" in str(caught[0].message)


def test_channels_that_differ_but_show_nothing_are_one_grey_level():
    data = np.broadcast_to(np.array([1, 2, 3])[:, None, None], (3, 20, 30))
    assert shows_one_grey_level(SliceImage(data.astype(np.uint8)))


def test_a_sparse_but_real_slice_is_sampled_without_a_word(rng, codes):
    sparse = np.zeros(codes.shape, dtype=np.uint8)
    sparse[rng.integers(0, 60, 40), rng.integers(0, 90, 40)] = 200
    sampler = PatchSampler(8, n_patches_per_roi=40, tissue=None, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sampler.sample(SliceImage(sparse, 2.0, name="dots"), codes)


def test_one_pixel_in_the_last_corner_is_enough_and_reading_ends_where_it_may():
    blank = np.zeros((3000, 4100), dtype=np.uint8)
    assert shows_one_grey_level(SliceImage(Lazy(blank)))
    blank[-1, -1] = 1
    assert not shows_one_grey_level(SliceImage(Lazy(blank)))
    blank[5, 5] = 1
    lazy = Lazy(blank)
    assert not shows_one_grey_level(SliceImage(lazy))
    assert lazy.n_read == 1


def test_the_error_of_a_slice_without_tissue_names_it(rng, codes):
    grey = np.zeros(codes.shape)
    grey[8:52, 8:82] = rng.normal(120, 4, (44, 74))
    sampler = PatchSampler(8).fit(SliceImage(grey, 2.0, name="z8"))
    blank = SliceImage(np.zeros(codes.shape), 2.0, name="z7")
    with (
        pytest.warns(TissueWarning, match="'z7': nothing is taken"),
        pytest.raises(ValueError, match=r"can be cut of image 'z7': .* 0 to 0"),
    ):
        sampler.transform(blank)
