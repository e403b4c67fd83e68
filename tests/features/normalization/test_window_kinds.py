"""Windows show what the labelled rows in their middle are of."""

import numpy as np
from features.normalization.tissues import make_slice

from sklearn_microarch import PatchSampler
from sklearn_microarch.features.normalization._exposure_model import ANY_KIND
from sklearn_microarch.features.normalization._window_kinds import window_kinds
from sklearn_microarch.images import measure_grey_levels


def _rows(image, codes, stride=8):
    sampler = PatchSampler(64, tissue=None, random_state=0).fit([image])
    patches = sampler.cut(image, stride=stride)
    known = np.flatnonzero(patches.labels(codes) > 0)
    return patches, known, patches.labels(codes)[known] - 1


def test_a_window_has_the_region_in_its_middle():
    image, codes = make_slice(0)
    patches, rows, kinds = _rows(image, codes)
    levels = measure_grey_levels(image)
    found = window_kinds(patches, 0, rows, kinds, levels)
    at = ((levels.places + 1) / 2 * image.shape).astype(int)
    expected = codes[at[:, 0], at[:, 1]].astype(int) - 1
    assert len(found) == len(levels) > 100
    assert np.mean(found == expected) > 0.95


def test_a_window_without_labelled_rows_may_show_any_kind():
    image, codes = make_slice(0)
    codes[:, 512:] = 0
    patches, rows, kinds = _rows(image, codes)
    levels = measure_grey_levels(image)
    found = window_kinds(patches, 0, rows, kinds, levels)
    col = (levels.places[:, 1] + 1) / 2 * image.shape[1]
    assert (found[col > 560] == ANY_KIND).all()
    assert set(found[col < 480]) <= {0, ANY_KIND}
    assert (found[col < 480] == 0).mean() > 0.8


def test_of_another_picture_nothing_is_known():
    image, codes = make_slice(0)
    patches, rows, kinds = _rows(image, codes)
    other = measure_grey_levels(make_slice(1)[0].replace(crop=(5, 0)))
    assert (window_kinds(patches, 0, rows, kinds, other) == ANY_KIND).all()
