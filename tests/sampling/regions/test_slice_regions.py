"""Tests of sklearn_microarch.sampling.regions._slice_regions."""

import numpy as np
import pytest

from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.exceptions import RegionNamesWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.regions._slice_regions import place_regions

IMAGE = SliceImage(np.zeros((2, 3)))
CODES = np.array([[0, 4, 9], [0, 4, 4]])
EACH = np.array([[0, 0, 0], [0, 0, 1], [0, 0, 2]])


def test_codes_are_called_by_their_number_or_by_a_mapping():
    regions = place_regions(CODES, [IMAGE])
    assert regions.codes == [4, 9]
    assert regions.labels_at(EACH).tolist() == [-1, 4, 9]
    named = place_regions(CODES, [IMAGE], {4: "CTX", 9: "VP", 1: "spare"})
    assert named.labels_at(EACH).tolist() == ["", "CTX", "VP"]
    assert named.title(9) == "VP"
    with pytest.raises(ValueError, match=r"no entry for the ROI codes \[9\]"):
        place_regions(CODES, [IMAGE], {4: "CTX"}).labels_at(EACH)


def test_a_sequence_names_the_codes_that_occur():
    with pytest.warns(RegionNamesWarning, match="4 is CTX, 9 is VP"):
        regions = place_regions(CODES, [IMAGE], ["CTX", "VP"])
    assert regions.labels_at(EACH).tolist() == ["", "CTX", "VP"]
    with pytest.raises(ValueError, match=r"3 names .*2 regions, of codes \[4, 9\]"):
        place_regions(CODES, [IMAGE], ["", "CTX", "VP"])


@pytest.mark.parametrize("names", [5, "CTX", {"CTX"}, np.array(3), object()])
def test_names_are_a_mapping_or_a_sequence(names):
    with pytest.raises(TypeError, match=r"names=.* must be a mapping"):
        place_regions(CODES, [IMAGE], names)


def test_regions_of_one_name_are_one_in_all_slices():
    first = RoiMap(CODES, {4: "CTX", 9: "VP"})
    second = RoiMap(CODES, {4: "VP", 0: "CC"}, unannotated_code=9)
    regions = place_regions([first, second], [IMAGE, IMAGE])
    assert [regions.title(code) for code in regions.codes] == ["CC", "CTX", "VP"]
    both = np.concatenate([EACH, np.add(EACH, [1, 0, 0])])
    expected = ["", "CTX", "VP", "CC", "VP", ""]
    assert regions.labels_at(both).tolist() == expected
