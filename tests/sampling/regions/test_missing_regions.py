"""Tests of sklearn_microarch.sampling.regions._missing_regions."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import MissingRegionsWarning
from sklearn_microarch.sampling.regions._missing_regions import (
    warn_of_missing_regions,
)

# Two regions in three slices.
OFFERS = np.array([[5, 0, 7], [0, 4, 0]])
TITLES = ["CTX", "VP"]


def test_all_that_specimens_lack_is_said_in_one_warning():
    message = r"patch of a region: 'm1' of VP; 'm2' of CTX\. All of it is taken"
    with pytest.warns(MissingRegionsWarning, match=message) as caught:
        warn_of_missing_regions(OFFERS, TITLES, ["m1", "m2", "m1"])
    assert len(caught) == 1


@pytest.mark.parametrize(
    "specimens", [["m1"] * 3, [None, None, None], ["m1", None, "m1"]]
)
def test_slices_of_one_specimen_or_of_unknown_ones_may_lack_regions(specimens):
    warn_of_missing_regions(OFFERS, TITLES, specimens)


def test_a_region_in_another_slice_of_the_specimen_is_not_missing():
    warn_of_missing_regions(np.array([[5, 0, 7, 0]] * 2), TITLES, list("aabb"))
