"""Tests of sklearn_microarch.sampling.regions._balanced_sampling."""

from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_microarch.exceptions import FewPatchesWarning
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling.regions._balanced_sampling import draw_balanced
from sklearn_microarch.sampling.regions._slice_regions import place_regions


def rule(**changes):
    defaults = {
        "n_patches_per_roi": 6,
        "min_purity": 0.0,
        "purity_window": 1.0,
        "border": "constant",
    }
    return SimpleNamespace(**defaults | changes)


def draw(rois, rule, names=None, unannotated_code=0):
    images = [SliceImage(np.zeros(codes.shape)) for codes in rois]
    regions = place_regions(rois, images, names, unannotated_code=unannotated_code)
    return draw_balanced(regions, 3, rule, np.random.RandomState(0))


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
