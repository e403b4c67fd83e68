"""Tests of sklearn_microarch.sampling.regions._balanced_sampling."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_microarch.exceptions import FewPatchesWarning, MissingRegionsWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.regions._balanced_sampling import draw_balanced
from sklearn_microarch.sampling.regions._rim import Rim
from sklearn_microarch.sampling.regions._slice_regions import place_regions


def rule(**changes):
    defaults = {
        "n_patches_per_roi": 6,
        "min_purity": 0.0,
        "purity_window": 1.0,
        "border": "constant",
    }
    return SimpleNamespace(**defaults | changes)


def draw(rois, rule, names=None, unannotated_code=0, **more):
    images = [SliceImage(np.zeros(codes.shape)) for codes in rois]
    regions = place_regions(rois, images, names, unannotated_code=unannotated_code)
    return draw_balanced(regions, 3, rule, np.random.RandomState(0), **more)


def test_every_region_gives_as_many_positions_over_all_slices():
    rois = [np.repeat([[1] * 4 + [2] * 5], 7, axis=0), np.full((8, 6), 2)]
    positions, labels = draw(rois, rule())
    assert positions.dtype == np.int32
    assert np.bincount(labels).tolist() == [0, 6, 6]
    for (image, row, col), label in zip(positions, labels, strict=True):
        assert rois[image][row, col] == label


def test_a_small_region_gives_all_it_has_and_warns():
    rois = np.full((7, 9), 2)
    rois[3, 4] = 1
    with pytest.warns(FewPatchesWarning, match=r"the regions \['VP'\] offer fewer"):
        _, labels = draw([rois], rule(), {1: "VP", 2: "CTX"})
    assert np.bincount(labels).tolist() == [0, 1, 6]


def test_unannotated_codes_are_no_region():
    rois = np.repeat([[0, 9, -1]], 7, axis=0)
    _, labels = draw([rois], rule(), unannotated_code=9)
    assert set(labels.tolist()) == {0}
    with pytest.raises(ValueError, match="only the unannotated code 9"):
        draw([np.full((7, 9), 9)], rule(), unannotated_code=9)


def test_regions_are_drawn_evenly_from_specimens_and_from_the_slices_of_each():
    rois = [np.full((20, 30), 1), np.full((6, 7), 1), np.full((20, 20), 1)]
    rule_of_40 = rule(n_patches_per_roi=40)
    positions, _ = draw(rois, rule_of_40, specimens=["m1", "m1", "m2"])
    assert np.bincount(positions[:, 0]).tolist() == [10, 10, 20]
    assert len(np.unique(positions, axis=0)) == 40
    # Which specimen a slice is of is unknown: all of them give as many.
    positions, _ = draw(rois, rule(n_patches_per_roi=39))
    assert np.bincount(positions[:, 0]).tolist() == [13, 13, 13]


def test_a_specimen_with_few_positions_gives_all_and_the_others_fill_up():
    small = np.zeros((20, 30), dtype=int)
    small[5, 5:9] = 1
    rois = [np.full((20, 30), 1), small, np.full((20, 30), 1)]
    positions, _ = draw(rois, rule(n_patches_per_roi=40), specimens=list("abc"))
    assert np.bincount(positions[:, 0]).tolist() == [18, 4, 18]


def test_a_region_that_a_specimen_lacks_is_said_once():
    both = np.repeat([[1] * 4 + [2] * 5], 7, axis=0)
    rois = [both, np.full((8, 6), 2)]
    message = "'m2' of CTX"
    with pytest.warns(MissingRegionsWarning, match=message) as caught:
        _, labels = draw(rois, rule(), {1: "CTX", 2: "VP"}, specimens=["m1", "m2"])
    assert len(caught) == 1
    assert np.bincount(labels).tolist() == [0, 6, 6]


def test_a_region_that_lies_along_the_rim_is_an_error_that_names_what_would_do():
    codes = np.zeros((40, 60), dtype=int)
    codes[4:36, 4:40], codes[2, 10:50] = 1, 2
    tissue = np.zeros(codes.shape, dtype=bool)
    tissue[2:38, 2:58] = True
    rim = Rim([tissue], min_tissue=1.0, border="constant")
    with pytest.raises(ValueError, match=r"\['VP'\] offer no position") as error:
        draw([codes], rule(), {1: "CTX", 2: "VP"}, rim=rim)
    message = str(error.value)
    assert "purity_window=1, min_tissue=1 and min_purity=0" in message
    assert "VP: 40 pixels, largest inscribed diameter 1 px, 0 candidates" in message
    share = float(re.search(r"min_tissue <= ([\d.]+)", message)[1])
    found = Rim([tissue], min_tissue=share, border="constant")
    _, labels = draw([codes], rule(), rim=found)
    assert np.bincount(labels).tolist() == [0, 6, 6]
