"""Tests of sklearn_microarch.datasets.phantom._make_thalamocortical_phantom."""

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.datasets.phantom._make_thalamocortical_phantom import (
    PHANTOM_VERSION,
)
from sklearn_microarch.images import SliceImage

SMALL = (256, 1024)
CODE_OF = {"cortex": 1, "striatum": 2, "TRN": 3, "VP": 4, "ZI": 5, "IC": 6, "CC": 8}


@pytest.fixture(scope="module")
def phantom():
    return make_thalamocortical_phantom(shape=SMALL, random_state=0)


def pixels(phantom, number=0):
    return phantom.images[number].data.astype(np.float64)


def test_what_is_returned_has_the_documented_types_and_shapes(phantom):
    image = phantom.images[0]
    assert isinstance(image, SliceImage)
    assert (image.shape, image.dtype) == (SMALL, np.uint8)
    assert (image.name, image.specimen) == ("phantom_z000", "phantom-0")
    assert image.pixel_size_um == phantom.pixel_size_um == 1.17
    for name, dtype in [
        ("rois", np.uint8),
        ("layers", np.uint8),
        ("barrels", np.uint16),
        ("structures", np.uint8),
    ]:
        (labels,) = phantom[name]
        assert (labels.shape, labels.dtype) == (SMALL, dtype)
    assert phantom.z_um.tolist() == [0.0]
    assert "phantom-0" in phantom.DESCR
    assert "256 x 1024" in phantom.DESCR


@pytest.mark.parametrize("shape", [(64, 256), (128, 512), (256, 1024)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_all_regions_layers_and_barrels_are_there_even_in_a_small_frame(shape, seed):
    phantom = make_thalamocortical_phantom(shape=shape, random_state=seed)
    assert np.unique(phantom.rois[0]).tolist() == [0, *phantom.roi_names]
    assert np.unique(phantom.layers[0]).tolist() == [0, *phantom.layer_names]
    assert np.unique(phantom.barrels[0]).tolist() == list(range(7))
    assert np.unique(phantom.structures[0]).tolist() == [0, 1, 2, 3]


def test_regions_lie_in_the_order_of_the_real_section(phantom):
    rois = phantom.rois[0]
    centre = {name: np.nonzero(rois == c)[1].mean() for name, c in CODE_OF.items()}
    order = ["ZI", "VP", "striatum", "CC", "cortex"]
    assert sorted(order, key=centre.get) == order
    rows = {name: np.nonzero(rois == c)[0].mean() for name, c in CODE_OF.items()}
    assert rows["IC"] < rows["TRN"] < rows["VP"]


def test_layers_fill_the_annotated_cortex_in_order_of_depth(phantom):
    layers, cortex = phantom.layers[0], phantom.rois[0] == CODE_OF["cortex"]
    np.testing.assert_array_equal(layers > 0, cortex)
    columns = [np.nonzero(layers == code)[1].mean() for code in phantom.layer_names]
    assert columns == sorted(columns, reverse=True)
    barrels = phantom.barrels[0]
    assert set(np.unique(layers[barrels > 0])) == {3}
    assert phantom.layer_names[3] == "L4"


def test_one_seed_gives_one_specimen():
    make = make_thalamocortical_phantom
    first = make(shape=(128, 512), random_state=3)
    again = make(shape=(128, 512), random_state=3)
    for name in ("rois", "layers", "barrels", "structures"):
        np.testing.assert_array_equal(first[name][0], again[name][0])
    np.testing.assert_array_equal(first.images[0].data, again.images[0].data)
    other = make(shape=(128, 512), random_state=4)
    assert (first.rois[0] != other.rois[0]).mean() > 0.01


def test_the_first_slice_does_not_depend_on_how_many_follow():
    one = make_thalamocortical_phantom(1, shape=(96, 384), random_state=5)
    three = make_thalamocortical_phantom(3, shape=(96, 384), random_state=5)
    np.testing.assert_array_equal(one.images[0].data, three.images[0].data)
    np.testing.assert_array_equal(one.rois[0], three.rois[0])
    assert [image.name[-3:] for image in three.images] == ["000", "001", "002"]
    np.testing.assert_allclose(three.z_um, [0.0, 1.17, 2.34])


def test_heights_may_be_listed_and_give_the_slices_that_steps_give():
    make = make_thalamocortical_phantom
    stepped = make(3, shape=(64, 256), z_step_um=30.0, random_state=5)
    listed = make(shape=(64, 256), z_um=[60.0, 0.0, 1000.0], random_state=5)
    np.testing.assert_array_equal(listed.images[0].data, stepped.images[2].data)
    np.testing.assert_array_equal(listed.rois[1], stepped.rois[0])
    assert listed.z_um.tolist() == [60.0, 0.0, 1000.0]
    assert "60, 0, 1000 um" in listed.DESCR


def test_the_result_names_the_version_and_the_difficulty():
    phantom = make_thalamocortical_phantom(
        shape=(64, 256), difficulty="hard", random_state=0
    )
    assert phantom.version == PHANTOM_VERSION
    assert f"version {PHANTOM_VERSION}" in phantom.DESCR
    assert "difficulty: hard" in phantom.DESCR


@pytest.mark.parametrize(
    "make_state", [np.random.default_rng, np.random.RandomState, lambda _: None]
)
def test_the_specimen_names_the_seed_that_gives_it_again(make_state):
    drawn = make_thalamocortical_phantom(shape=(64, 256), random_state=make_state(7))
    seed = int(drawn.images[0].specimen.removeprefix("phantom-"))
    again = make_thalamocortical_phantom(shape=(64, 256), random_state=seed)
    np.testing.assert_array_equal(drawn.images[0].data, again.images[0].data)


def test_the_global_generator_is_neither_read_nor_changed():
    results = []
    for seed in (0, 1):
        np.random.seed(seed)  # noqa: NPY002 - the global generator is the subject
        before = np.random.get_state()[1].copy()  # noqa: NPY002
        results.append(make_thalamocortical_phantom(shape=(64, 256), random_state=2))
        np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002
    np.testing.assert_array_equal(*(result.images[0].data for result in results))


def test_tissue_lies_on_black_and_annotation_stops_short_of_its_outline(phantom):
    image, rois = pixels(phantom), phantom.rois[0]
    tissue = ndimage.binary_fill_holes(ndimage.gaussian_filter(image, 3) > 60)
    assert 0.6 < tissue.mean() < 0.85
    beside = ~ndimage.binary_dilation(tissue, iterations=12)
    assert np.median(image[beside]) == 0
    assert np.median(image[rois > 0]) > 100
    depth = ndimage.distance_transform_edt(tissue)
    assert np.percentile(depth[rois > 0], 1) > 3


def test_six_classes_merge_white_matter_and_drop_the_reticular_nucleus(phantom):
    merged = make_thalamocortical_phantom(shape=SMALL, six_class=True, random_state=0)
    full, six = phantom.rois[0], merged.rois[0]
    assert merged.roi_names[6] == "WM"
    assert np.unique(six).tolist() == [0, *sorted(merged.roi_names)]
    assert len(merged.roi_names) == 6
    np.testing.assert_array_equal(six == 6, (full == 6) | (full == 8))
    assert not six[full == 3].any()
    np.testing.assert_array_equal(merged.images[0].data, phantom.images[0].data)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"n_slices": 0}, ValueError, "n_slices=0 must be at least 1"),
        ({"n_slices": 1.5}, TypeError, r"n_slices=1.5 must be an int"),
        ({"n_slices": True}, TypeError, "n_slices=True must be an int"),
        ({"shape": 256}, TypeError, "shape=256 must be a pair"),
        ({"shape": (64, 256, 3)}, TypeError, "must be a pair"),
        ({"shape": (32, 128)}, ValueError, r"shape\[0\]=32 must be at least 64"),
        ({"shape": (256, 256)}, ValueError, r"for example \(256, 1024\)"),
        ({"pixel_size_um": "1"}, TypeError, "pixel_size_um='1' must be a number"),
        ({"pixel_size_um": 20}, ValueError, "must lie between 0.3 and 5"),
        ({"pixel_size_um": float("nan")}, ValueError, "pixel_size_um=nan"),
        ({"z_step_um": 0}, ValueError, "z_step_um=0 must lie between"),
        ({"z_um": "deep"}, TypeError, "z_um='deep' must be a list of heights"),
        ({"z_um": []}, ValueError, r"z_um=\[\] must be a list of at least one"),
        ({"z_um": [0, float("nan")]}, ValueError, "z_um holds nan"),
        ({"z_um": [0, 1], "z_step_um": 1}, ValueError, "z_um lists 2 heights"),
        ({"z_um": [0, 1], "n_slices": 3}, ValueError, "leave n_slices=3"),
        ({"difficulty": "extreme"}, ValueError, "must be one of 'easy', 'medium'"),
        ({"shading": -0.1}, ValueError, "shading=-0.1 must lie between 0 and 1"),
        ({"noise": -1}, ValueError, "noise=-1 must lie between 0 and 50"),
        ({"layers": "no"}, TypeError, "layers='no' must be True or False"),
        ({"n_slices": 10**27}, ValueError, "n_slices=1000.* must be at most 10000"),
        ({"shape": (10**9, 4 * 10**9)}, ValueError, r"shape\[0\]=.*at most 32768"),
        ({"pixel_size_um": 10**400}, ValueError, "pixel_size_um=1000"),
        ({"noise": float("nan")}, ValueError, "noise=nan"),
        ({"z_um": [10**400]}, TypeError, "z_um=.*list of heights"),
        ({"z_um": ["1"]}, TypeError, "z_um=.*list of heights"),
        ({"z_um": [True]}, TypeError, "z_um=.*list of heights"),
        ({"z_um": np.array([1 + 2j])}, TypeError, "z_um=.*list of heights"),
        ({"z_um": np.array(["2020"], "M8[Y]")}, TypeError, "z_um=.*list of heights"),
        ({"z_um": [[0], [1, 2]]}, TypeError, "z_um=.*list of heights"),
        ({"z_um": np.ma.masked_less([1.0, 2.0], 2)}, TypeError, "z_um is a masked"),
        ({"streaks": -1}, ValueError, "streaks=-1 must lie between 0 and 20"),
        ({"cupping": 1.5}, ValueError, "cupping=1.5 must lie between 0 and 1"),
        ({"variation": "much"}, TypeError, "variation='much' must be a number"),
        ({"uneven_layers": 1}, ValueError, "uneven_layers=1 must lie between 0 and"),
        ({"cells": 0.5}, TypeError, "cells=0.5 must map names to factors"),
        ({"cells": {"L7": 1}}, ValueError, "cells names 'L7'; it may name 'cortex',"),
        ({"cells": {"L4": 3}}, ValueError, "cells: 'L4'=3 must lie between 0 and 2"),
        ({"cells": {"L4": None}}, TypeError, "cells: 'L4'=None must be a number"),
        ({"cells": {"cortex": 2, "L4": 1.5}}, ValueError, "'cortex' times 'L4'=3"),
        ({"cell_size": {"VP": 0}}, ValueError, "cell_size: 'VP'=0 must lie between"),
        ({"axons": {"cortex": 0.7}}, ValueError, "axons names 'cortex'.*'striatum'"),
        (
            {"axons": {"IC": 1.2}},
            ValueError,
            "axons: 'IC'=1.2 must lie between 0 and 1",
        ),
        ({"axons": {"VP": float("nan")}}, ValueError, "axons: 'VP'=nan must lie"),
        ({"layer_thickness": {"cortex": 2}}, ValueError, "layer_thickness names 'cort"),
        ({"layer_thickness": {"L4": 0}}, ValueError, "'L4'=0 must lie between 0.25"),
        ({"random_state": -1}, ValueError, "random_state=-1 must be at least 0"),
        ({"random_state": 10**400}, ValueError, "random_state=1000.* at most"),
        ({"random_state": True}, TypeError, "random_state=True must be an int"),
        ({"random_state": np.random}, TypeError, "random_state=.* must be an int"),
        ({"random_state": "a"}, TypeError, "random_state='a' must be an int"),
    ],
)
def test_bad_arguments_are_named_with_their_limits(arguments, error, message):
    with pytest.raises(error, match=message):
        make_thalamocortical_phantom(**{"shape": (64, 256), **arguments})
