"""What is planted in a phantom is there, of the stated size, and nowhere else."""

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch.datasets import make_thalamocortical_phantom

SHAPE = (256, 1024)
CODE_OF = {"cortex": 1, "striatum": 2, "TRN": 3, "VP": 4, "ZI": 5, "IC": 6, "CC": 8}
AXON = 3


def make(**changes):
    return make_thalamocortical_phantom(shape=SHAPE, random_state=0, **changes)


@pytest.fixture(scope="module")
def usual():
    return make()


def region(phantom, name):
    return phantom.rois[0] == CODE_OF[name]


def reached(mask):
    """Return where blur, fringes and the fringe of a vessel carry a difference."""
    return ndimage.binary_dilation(mask, iterations=30)


def assert_same_elsewhere(phantom, usual, mask):
    """Assert that nothing but pixels in and next to a mask differs, and some do."""
    changed = phantom.images[0].data != usual.images[0].data
    assert changed[mask].mean() > 0.01
    assert not changed[~reached(mask)].any()
    for name in ("rois", "layers", "barrels"):
        np.testing.assert_array_equal(phantom[name][0], usual[name][0])
    assert not (phantom.structures[0] != usual.structures[0])[~reached(mask)].any()


@pytest.mark.parametrize("name", ["VP", "striatum", "TRN", "IC", "CC"])
@pytest.mark.parametrize("factor", [0.7, 1.3])
def test_a_factor_of_axons_changes_their_area_there_and_nothing_else(
    usual, name, factor
):
    if name in {"IC", "CC"}:
        factor = min(factor, 0.4)
    phantom, inside = make(axons={name: factor}), region(usual, name)
    before, after = (one.structures[0][inside] == AXON for one in (usual, phantom))
    assert after.mean() / before.mean() == pytest.approx(factor, abs=0.05)
    # What is left is a subset, and what is added a superset.
    fewer, more = (after, before) if factor < 1 else (before, after)
    assert (fewer & ~more).mean() < 0.002
    assert_same_elsewhere(phantom, usual, inside)
    # Cells and vessels are those that were there.
    kinds = [
        np.where(one.structures[0] == AXON, 0, one.structures[0])
        for one in (usual, phantom)
    ]
    np.testing.assert_array_equal(*kinds)


def test_lost_axons_of_white_matter_leave_darker_tissue(usual):
    phantom, inside = make(axons={"WM": 0.5}), region(usual, "CC")
    lost = inside & (usual.structures[0] == AXON) & (phantom.structures[0] == 0)
    image, before = (one.images[0].data.astype(float) for one in (phantom, usual))
    assert (image - before)[lost].mean() < -10
    assert phantom.factors["axons"]["CC"] == phantom.factors["axons"]["IC"] == 0.5


def test_no_axons_leave_none(usual):
    phantom = make(axons={"striatum": 0, "VP": 0, "IC": 0})
    for name in ("striatum", "VP", "IC"):
        assert (phantom.structures[0][region(usual, name)] == AXON).mean() < 0.003


def test_a_factor_of_cells_changes_those_of_one_layer_and_nothing_else(usual):
    L4 = usual.layers[0] == 3
    fewer, more = (make(cells={"L4": factor}) for factor in (0.4, 1.8))
    for phantom in (fewer, more):
        assert_same_elsewhere(phantom, usual, L4)
    area = [(one.structures[0][L4] == 2).mean() for one in (fewer, usual, more)]
    assert area[0] < 0.7 * area[1] < 0.45 * area[2]


def test_a_factor_of_cell_size_changes_the_area_of_cells_there(usual):
    phantom, VP = make(cell_size={"VP": 1.3}), region(usual, "VP")
    assert_same_elsewhere(phantom, usual, VP)
    # Cells are longer, wider, and cut in more sections.
    areas = [(one.structures[0][VP] == 2).mean() for one in (phantom, usual)]
    assert areas[0] / areas[1] == pytest.approx(1.3**3, rel=0.25)


def test_factors_hold_for_layers_that_do_not_show(usual):
    bare = make(layers=False, barrels=False)
    planted = make(layers=False, barrels=False, cells={"L4": 0.3})
    assert_same_elsewhere(planted, bare, usual.layers[0] == 3)


def test_one_is_as_usual_to_the_pixel(usual):
    same = make(
        cells={"cortex": 1.0, "L4": 1.0},
        cell_size={"VP": 1},
        axons={"WM": 1.0},
        layer_thickness={"L4": 1.0},
        variation=0.0,
        streaks=1.0,
        cupping=0.0,
        uneven_layers=0.0,
    )
    for name in ("rois", "layers", "barrels", "structures"):
        np.testing.assert_array_equal(same[name][0], usual[name][0])
    np.testing.assert_array_equal(same.images[0].data, usual.images[0].data)


def test_layers_of_another_thickness_move_borders_in_the_cortex_alone(usual):
    phantom = make(layer_thickness={"L4": 2.0})
    thickness = [(one.layers[0] == 3).sum() for one in (phantom, usual)]
    # Twice of 0.14, where all together are 1.14.
    assert thickness[0] / thickness[1] == pytest.approx(2 / 1.14, rel=0.07)
    np.testing.assert_array_equal(phantom.rois[0], usual.rois[0])
    cortex = region(usual, "cortex")
    changed = phantom.images[0].data != usual.images[0].data
    assert not changed[~reached(cortex)].any()


def test_cells_follow_the_layers_where_these_are_moved(usual):
    phantom = make(layer_thickness={"L1": 4.0})
    # Few cells lie in L1, many in L2/3, which was here before.
    moved = (phantom.layers[0] == 1) & (usual.layers[0] == 2)
    cells = [(one.structures[0][moved] == 2).mean() for one in (phantom, usual)]
    assert cells[0] < 0.6 * cells[1]


def test_uneven_layers_make_depth_a_poor_guide_to_the_layer(usual):
    def thickness(phantom):
        cortex = region(usual, "cortex")
        rows = np.flatnonzero(cortex.sum(axis=1) > 0.9 * cortex.sum(axis=1).max())
        share = (phantom.layers[0][rows] == 3).sum(axis=1) / cortex[rows].sum(axis=1)
        return ndimage.gaussian_filter1d(share, 6)

    uneven = make(uneven_layers=0.3)
    relative = thickness(uneven) / thickness(usual)
    assert np.ptp(relative) > 0.25
    np.testing.assert_array_equal(uneven.rois[0], usual.rois[0])
    assert (uneven.layers[0] != usual.layers[0])[region(usual, "cortex")].mean() > 0.05


def test_animals_differ_from_each_other_in_their_factors_and_repeat_theirs():
    first, again, other = (
        make_thalamocortical_phantom(shape=(96, 384), variation=1.0, random_state=seed)
        for seed in (0, 0, 1)
    )
    assert first.factors == again.factors
    np.testing.assert_array_equal(first.images[0].data, again.images[0].data)
    names = first.factors["cells"]
    assert all(first.factors["cells"][k] != other.factors["cells"][k] for k in names)
    assert "variation: 1.0" in first.DESCR


def test_variation_leaves_anatomy_and_what_is_planted_on_it_alone(usual):
    natural, planted = make(variation=1.0), make(variation=1.0, cells={"VP": 0.5})
    np.testing.assert_array_equal(natural.rois[0], usual.rois[0])
    assert_same_elsewhere(planted, natural, region(usual, "VP"))


def test_streaks_scale_and_vanish(usual):
    none, strong = (
        make(streaks=streaks).images[0].data.astype(float) for streaks in (0, 4)
    )
    image, cortex = usual.images[0].data.astype(float), region(usual, "cortex")
    weak, wide = (image - none)[cortex], (strong - none)[cortex]
    assert wide.std() == pytest.approx(4 * weak.std(), rel=0.15)
    assert np.corrcoef(weak, wide)[0, 1] > 0.85


def test_cupping_leaves_all_structure_where_it_is(usual):
    cupped = make(cupping=0.4)
    np.testing.assert_array_equal(cupped.structures[0], usual.structures[0])
    inside = (usual.rois[0] > 0) & (usual.images[0].data < 180)
    image, before = (one.images[0].data[inside] for one in (cupped, usual))
    assert np.corrcoef(image, before)[0, 1] > 0.9
    assert (image != before).mean() > 0.5
