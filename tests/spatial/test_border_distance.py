"""Tests of sklearn_microarch.spatial._border_distance."""

import numpy as np
import pytest

from sklearn_microarch import Patches, SliceImage
from sklearn_microarch.spatial import border_distance, border_distance_at


@pytest.fixture
def slices(rng):
    """Return patches of two slices of unequal size, and their region maps."""
    shapes = [(40, 50), (60, 30)]
    maps = []
    for height, width in shapes:
        codes = np.zeros((height, width), dtype=np.uint8)
        codes[3:-3, 3:-3] = 1
        codes[3:-3, width // 2 :] = 2
        maps.append(codes)
    where = [
        [index, row, col]
        for index, (height, width) in enumerate(shapes)
        for row in range(5, height - 5, 7)
        for col in range(5, width - 5, 4)
    ]
    where = rng.permutation(where)
    return Patches([np.zeros(shape) for shape in shapes], where, 8), maps


def test_each_patch_gets_the_distance_at_its_centre(slices):
    patches, maps = slices
    distance = border_distance_at(patches, maps)
    for found, (index, row, col) in zip(distance, patches.positions, strict=True):
        assert found == border_distance(maps[index])[row, col]


def test_one_slice_needs_no_list(slices):
    patches, maps = slices
    first = patches.take(patches.positions[:, 0] == 0)
    alone = Patches(first.images[0], first.positions[:, 1:], 8)
    expected = border_distance_at(patches, maps)[patches.positions[:, 0] == 0]
    for rois in (maps[0], [maps[0]], maps[0].tolist()):
        np.testing.assert_array_equal(border_distance_at(alone, rois), expected)


def test_another_code_can_be_unannotated(slices):
    patches, maps = slices
    distance = border_distance_at(patches, maps, unannotated_code=2)
    labels = patches.labels(maps)
    assert (distance[labels == 2] == 0).all()
    assert (distance[labels == 1] > 0).all()


def test_maps_that_do_not_fit_are_named(slices):
    patches, maps = slices
    with pytest.raises(ValueError, match="rois holds 1 maps for 2 images"):
        border_distance_at(patches, maps[0])
    with pytest.raises(ValueError, match=r"rois has shape \(60, 30\)"):
        border_distance_at(patches, maps[::-1])


def test_each_region_is_trimmed_also_against_its_neighbours(rng):
    rois = np.zeros((40, 50), dtype=int)
    rois[5:35, 4:25] = 1
    rois[5:35, 25:46] = 2
    distance = border_distance(rois)
    assert (distance > 0).sum() == (rois > 0).sum()
    for row, col in rng.integers(0, 40, (60, 2)):
        if rois[row, col]:
            other = np.argwhere(rois != rois[row, col])
            nearest = np.hypot(*(other - (row, col)).T).min()
            assert distance[row, col] == pytest.approx(nearest)
    assert np.isinf(border_distance(np.ones((3, 3), int))).all()


def not_a_map():
    codes = np.zeros((9, 9))
    holed, none, dicts = codes.copy(), codes.astype(object), codes.astype(object)
    holed[0, 0], none[0, 0], dicts[0, 0] = np.nan, None, {}
    return {
        "NaN": holed,
        "None": none,
        "dict": dicts,
        "complex": codes + 1j,
        "dates": codes.astype("datetime64[s]"),
        "bytes": np.full((9, 9), b"x"),
        "empty": codes[:0].astype(int),
        "a stack": np.ones((2, 3, 4), dtype=int),
        "fractions": codes + 0.5,
        "masked": np.ma.masked_equal(codes.astype(int), 0),
        "an image": SliceImage(np.ones((9, 9))),
    }


@pytest.mark.parametrize("rois", not_a_map().values(), ids=not_a_map())
def test_what_is_no_map_of_regions_is_refused(rois):
    with pytest.raises((TypeError, ValueError), match="rois"):
        border_distance(rois)
    patches = Patches(np.zeros((9, 9)), [[4, 4]], 3)
    with pytest.raises((TypeError, ValueError), match="rois"):
        border_distance_at(patches, rois)


def test_a_code_that_is_no_integer_is_refused():
    for code in (None, 0.0, 10**30, "0"):
        with pytest.raises((TypeError, ValueError), match="unannotated_code"):
            border_distance(np.ones((3, 3), int), unannotated_code=code)
