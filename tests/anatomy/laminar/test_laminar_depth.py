"""Depth between pia and white matter, where geometry or the phantom tell it."""

import numpy as np
import pytest
from anatomy.laminar.rings import NAMES, box, ring
from numpy.testing import assert_allclose

from sklearn_microarch import RoiMap, SliceImage
from sklearn_microarch.anatomy import laminar_depth
from sklearn_microarch.datasets import make_thalamocortical_phantom


def test_depth_in_a_ring_is_the_share_of_the_radius():
    rois, radius = ring()
    found = laminar_depth(rois)
    known = np.isfinite(found.depth)
    assert known.sum() == found.counts()["has a depth"] > 0.99 * (rois.codes == 1).sum()
    assert np.abs(found.depth - (100 - radius) / 40)[known].max() < 0.03
    assert_allclose(found.thickness_um, 400, rtol=0.03)


def test_equal_volume_in_a_ring_is_the_share_of_the_area():
    rois, radius = ring()
    found = laminar_depth(rois, method="equal_volume")
    known = np.isfinite(found.depth)
    share = (100**2 - radius**2) / (100**2 - 60**2)
    errors = np.abs(found.depth - share)[known]
    assert np.median(errors) < 0.015
    assert errors.max() < 0.05
    # Half the length is more than half the area outside.
    middle = known & (np.abs(radius - 80) < 1)
    assert found.depth[middle].mean() > 0.54


def test_both_methods_coincide_where_nothing_bends():
    codes = box()
    laplace, volume = (
        laminar_depth(RoiMap(codes, NAMES), method=method).depth
        for method in ("laplace", "equal_volume")
    )
    assert_allclose(laplace, volume, atol=1e-3)
    rows = np.arange(5, 50)
    assert_allclose(laplace[rows, 40], (rows - 4.5) / 45, atol=1e-5)


def test_cut_edges_have_no_depth_and_say_why():
    found = laminar_depth(RoiMap(box(), NAMES), edge=0.2)
    assert np.isnan(found.depth[20, 11:18]).all()
    assert (found.status[20, 11:18] == 2).all()
    assert np.isfinite(found.depth[20, 25:55]).all()
    assert set(np.unique(found.borders["cut"][:, 1])) == {10.0, 69.0}
    assert set(np.unique(found.borders["pia"][:, 0])) == {5.0}


def test_the_edge_of_the_picture_is_no_pia():
    codes = box()[5:]
    with pytest.raises(ValueError, match="no pia next to it; draw it"):
        laminar_depth(RoiMap(codes, NAMES))


def test_another_region_is_a_wall():
    codes = box()
    codes[5:50, 70:] = 3
    found = laminar_depth(RoiMap(codes, NAMES))
    assert (found.status[20, 68:70] == 2).all()
    assert (found.status[20, 70:] == 0).all()


def test_a_drawn_line_says_where_the_pia_is():
    codes = box()
    # White matter on the left only: what faces away from it is the right side.
    codes[50:55], codes[5:50, 5:10] = 0, 2
    facing = laminar_depth(RoiMap(codes, NAMES))
    assert set(facing.borders["pia"][:, 1]) == {69.0}
    drawn = laminar_depth(RoiMap(codes, NAMES), pia=[(4, 12), (4, 69)], edge=0.0)
    # The line reaches round the corner by 15 % of the thickness.
    assert np.median(drawn.borders["pia"][:, 0]) == 5
    assert drawn.depth[6, 30] < 0.2 < drawn.depth[45, 15]


def test_strong_curvature_has_no_depth():
    rois, radius = ring(outer=60, inner=10)
    found = laminar_depth(rois)
    inner = (radius > 14) & (radius < 25)
    assert (found.status[inner] == 3).mean() > 0.9
    assert np.isfinite(laminar_depth(rois, max_curvature=1e6).depth[inner]).all()


def test_a_piece_without_white_matter_has_no_depth():
    codes = np.pad(box(), ((0, 0), (0, 40)))
    codes[10:40, 90:110] = 1
    found = laminar_depth(RoiMap(codes, NAMES))
    assert (found.status[10:40, 90:110] == 4).all()
    assert found.counts()["not between pia and white matter"] == 600


def test_depth_lies_on_the_pixels_of_a_slice_where_one_is_given():
    rois = RoiMap(box(), NAMES, pixel_size_um=20.0)
    image = SliceImage(np.zeros((120, 160)), pixel_size_um=10.0)
    found = laminar_depth(rois, image=image)
    assert found.shape == (120, 160)
    assert found.pixel_size_um == 10.0
    assert_allclose(found.thickness_um, 900, rtol=0.02)
    assert_allclose(found.depth[55, 80], 0.5, atol=0.03)


@pytest.mark.parametrize("seed", [11, 12])
def test_the_phantoms_depth_is_found_within_five_percent(seed):
    phantom = make_thalamocortical_phantom(shape=(256, 1024), random_state=seed)
    found = laminar_depth(RoiMap(phantom.rois[0], phantom.roi_names))
    known = np.isfinite(found.depth)
    assert known.sum() > 0.6 * (phantom.rois[0] == 1).sum()
    errors = np.abs(found.depth - phantom.depths[0])[known]
    assert np.median(errors) < 0.05


def test_bands_are_regions():
    found = laminar_depth(RoiMap(box(), NAMES, pixel_size_um=25))
    bands = found.bands([0.0, 0.25, 1.0])
    assert bands.region_names == ["0-25 %", "25-100 %"]
    assert sum(bands.areas().values()) == found.counts()["has a depth"]
    assert bands.codes[6, 40] == 1
    assert bands.codes[49, 40] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"region": "TRN"}, "TRN"),
        ({"white_matter": "striatum"}, "borders nowhere on white_matter='striatum'"),
        ({"method": "level_set"}, "level_set"),
        ({"edge": 0.9}, "edge"),
        ({"pia": [(1, 2, 3)]}, "rows and columns"),
        ({"pia": [(1, np.nan), (2, 2)]}, "not finite"),
        ({"pia": [(900, 900), (901, 901)]}, "nowhere near"),
        ({"pia": [(30, 38), (30, 42)]}, "draw it nearer"),
    ],
)
def test_wrong_arguments_are_named(arguments, words):
    codes = box()
    codes[0:2, 0:2] = 3
    with pytest.raises(ValueError, match=words):
        laminar_depth(RoiMap(codes, NAMES), **arguments)


def test_what_is_no_map_is_refused():
    with pytest.raises(TypeError, match="RoiMap"):
        laminar_depth(box())
    with pytest.raises(TypeError, match="SliceImage"):
        laminar_depth(RoiMap(box(), NAMES), image=np.zeros((3, 4)))
    with pytest.raises(ValueError, match="ascend"):
        laminar_depth(RoiMap(box(), NAMES)).bands([0.5, 0.2])
    with pytest.raises(ValueError, match="between 1 and 1000"):
        laminar_depth(RoiMap(box(), NAMES)).bands(0)
