"""Tests of depth maps, read at the centres of patches."""

import numpy as np
import pytest

from sklearn_microarch import RoiMap
from sklearn_microarch.anatomy import laminar_depth
from sklearn_microarch.sampling import Patches
from sklearn_microarch.trust.depth._depth_at import depth_at

SHAPE = (60, 80)


def patches(n_images=1):
    images = [np.zeros(SHAPE, dtype=np.uint8)] * n_images
    places = np.array([[n, row, 40] for n in range(n_images) for row in (5, 27, 49)])
    return Patches(images, places, 8)


def codes():
    found = np.zeros(SHAPE, dtype=int)
    found[5:50, 10:70], found[50:55, 10:70] = 1, 2
    return found


def test_depth_is_read_at_centres_from_either_kind():
    depth = laminar_depth(RoiMap(codes(), {1: "cortex", 2: "CC"}))
    found = depth_at(depth, patches())
    assert np.round(found, 1).tolist() == [0.0, 0.5, 1.0]
    assert depth_at(depth.depth, patches()).tolist() == found.tolist()
    two = depth_at([None, depth], patches(2))
    assert np.isnan(two[:3]).all()
    assert two[3:].tolist() == found.tolist()


@pytest.mark.parametrize(
    ("depth", "error", "words"),
    [
        (np.zeros((60, 79)), ValueError, r"\(60, 79\).*laminar_depth"),
        (np.zeros(60), ValueError, "2-D"),
        (np.full(SHAPE, np.inf), ValueError, "infinite"),
        (np.full(SHAPE, np.nan), ValueError, "NaN wherever"),
        (np.full(SHAPE, "deep"), TypeError, "real numbers"),
        ([np.zeros(SHAPE)] * 2, ValueError, "2 maps for 1 images"),
        ([None], ValueError, "NaN wherever"),
    ],
)
def test_depth_that_does_not_fit_is_refused(depth, error, words):
    with pytest.raises(error, match=words):
        depth_at(depth, patches())
