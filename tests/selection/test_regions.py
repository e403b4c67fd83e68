"""Tests of sklearn_microarch.selection._regions."""

import numpy as np
import pytest

from sklearn_microarch.selection._regions import encode_regions


@pytest.mark.parametrize("longest_run", [1, 40])
@pytest.mark.parametrize(
    "names", [np.array(["ZI", "", "CTX"]), np.array([7, -1, 10**12])]
)
def test_codes_lead_back_to_the_labels(rng, names, longest_run):
    runs = rng.integers(1, longest_run + 1, size=200)
    labels = np.repeat(names[rng.integers(0, 3, size=200)], runs)
    codes, rois = encode_regions(labels, None)
    np.testing.assert_array_equal(rois, np.unique(labels))
    np.testing.assert_array_equal(rois[codes], labels)


@pytest.mark.parametrize("unannotated", [-1, ""])
def test_unannotated_samples_come_after_the_regions(unannotated):
    labels = ["", "VP", "VP", "", "CTX"] if unannotated == "" else [-1, 6, 6, -1, 4]
    codes, rois = encode_regions(labels, unannotated)
    assert codes.tolist() == [2, 1, 1, 2, 0]
    assert len(rois) == 2


def test_a_single_sample_is_a_region():
    codes, rois = encode_regions([3], -1)
    assert (codes.tolist(), rois.tolist()) == ([0], [3])


def test_more_regions_than_a_byte_can_number_are_kept_apart(rng):
    labels = rng.permutation(np.repeat(np.arange(256), 2))
    codes, rois = encode_regions(labels, None)
    np.testing.assert_array_equal(rois[codes], labels)
    codes, rois = encode_regions(labels, 0)
    np.testing.assert_array_equal(codes == len(rois), labels == 0)


def test_no_region_is_an_error():
    with pytest.raises(ValueError, match="only the unannotated label ''"):
        encode_regions(["", ""], "")
