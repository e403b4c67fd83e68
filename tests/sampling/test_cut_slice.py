"""Tests of sklearn_microarch.sampling._cut_slice."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import PixelSizeMismatchError
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.sampling._cut_slice import cut_slice


def test_another_pixel_size_is_cut_where_that_is_allowed(image):
    sampler = PatchSampler(8, tissue=None).fit(image)
    other = image.replace(pixel_size_um=2.0)
    options = {"mask": None, "stride": 9, "remedy": "Allow it."}
    with pytest.raises(PixelSizeMismatchError, match=r"1\.71 times .* Allow it\.$"):
        cut_slice(sampler, other, any_pixel_size=False, **options)
    found = cut_slice(sampler, other, any_pixel_size=True, **options)
    assert found.images[0].pixel_size_um == 1.17
    np.testing.assert_array_equal(
        found.positions, sampler.cut(image, stride=9).positions
    )
