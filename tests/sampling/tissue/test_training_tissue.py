"""Tests of sklearn_microarch.sampling.tissue._training_tissue."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import TissueWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.regions._slice_regions import place_regions
from sklearn_microarch.sampling.tissue._training_tissue import find_training_tissue

NAMES = {1: "CTX", 2: "glass"}


def image_of(rng):
    data = rng.normal(10, 2, (150, 200))
    data[30:120, 40:160] = rng.normal(120, 12, (90, 120))
    return SliceImage(data, 2.5)


def regions_of(image, *, with_glass):
    codes = np.zeros(image.shape, int)
    codes[50:100, 60:140] = 1
    if with_glass:
        codes[2:12, 5:150] = 2
    return place_regions(codes, [image], NAMES)


def find(image, tissue, *, with_glass=True, is_quiet=True):
    regions = regions_of(image, with_glass=with_glass)
    return find_training_tissue(
        [image], regions, tissue, holes_filled=True, is_quiet=is_quiet
    )


@pytest.mark.parametrize("tissue", ["auto", "otsu", "otsu-each"])
def test_regions_off_the_tissue_are_named(rng, tissue):
    image = image_of(rng)
    with pytest.warns(TissueWarning, match=rf"{tissue}' does not .*: glass \(0%\)\."):
        found = find(image, tissue)
    assert found.off_tissue == [2]
    assert found.masks[0][31:119, 41:159].mean() > 0.99
    assert not found.masks[0][:20].any()
    assert find(image, tissue, with_glass=False).shares == {1: 1.0}


@pytest.mark.parametrize("as_function", [False, True])
def test_a_mask_and_a_function_count_as_they_say(rng, as_function):
    image = image_of(rng)
    mask = image.data > 60
    tissue = (lambda image: image.data > 60) if as_function else mask
    with pytest.warns(TissueWarning, match=r"that tissue does not .*: glass"):
        found = find(image, tissue)
    np.testing.assert_array_equal(found.masks[0], mask)


def test_without_tissue_or_with_a_mask_of_other_slices_there_is_none(rng):
    image = image_of(rng)
    mask = image.data > 60
    assert find(image, None) is None
    assert find(image, mask[1:]) is None
    with pytest.raises(ValueError, match=r"tissue has shape \(149, 200\)"):
        find(image, mask[1:], is_quiet=False)
