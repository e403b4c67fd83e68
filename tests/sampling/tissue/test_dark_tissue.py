"""Tests of sklearn_microarch.sampling.tissue._dark_tissue."""

import pytest

from sklearn_microarch.exceptions import TissueWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.tissue._dark_tissue import warn_of_dark_tissue
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey


def test_dark_tissue_is_told_and_bright_tissue_is_not(rng):
    data = rng.normal(10, 2, (150, 200))
    data[30:120, 40:160] = rng.normal(120, 12, (90, 120))
    warn_of_dark_tissue("otsu", [SmoothedGrey(SliceImage(data, 2.5))], None)
    with pytest.warns(TissueWarning, match="tissue='otsu' .* tissue is darker"):
        warn_of_dark_tissue("otsu", [SmoothedGrey(SliceImage(250 - data, 2.5))], None)
