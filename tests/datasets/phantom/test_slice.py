"""Tests of sklearn_microarch.datasets.phantom._slice: what a rendered slice shows."""

import numpy as np
import pytest
from scipy import ndimage

from sklearn_microarch.datasets import make_thalamocortical_phantom

SMALL = (256, 1024)
CODE_OF = {"cortex": 1, "striatum": 2, "TRN": 3, "VP": 4, "ZI": 5, "IC": 6, "CC": 8}


@pytest.fixture(scope="module")
def large():
    """Return a frame large enough to count cells in: half of life size."""
    return make_thalamocortical_phantom(shape=(700, 2800), random_state=1)


@pytest.fixture(scope="module")
def phantom():
    return make_thalamocortical_phantom(shape=SMALL, random_state=0)


def pixels(phantom, number=0):
    return phantom.images[number].data.astype(np.float64)


def correlation(first, second):
    return np.corrcoef(first.ravel(), second.ravel())[0, 1]


def test_grey_levels_overlap_between_regions_yet_follow_the_real_order():
    easy = make_thalamocortical_phantom(difficulty="easy", random_state=1)
    image, rois = pixels(easy), easy.rois[0]
    values = {name: image[rois == code] for name, code in CODE_OF.items()}
    means = {name: value.mean() for name, value in values.items()}
    # Real section: 114, 125, 139, 134, 161, 148.
    expected = {"cortex": 114, "striatum": 122, "VP": 138, "ZI": 134, "IC": 160}
    for name, mean in expected.items():
        assert means[name] == pytest.approx(mean, abs=9)
    assert np.percentile(values["cortex"], 90) > np.percentile(values["IC"], 10)


def test_levels_of_difficulty_share_all_structure_and_draw_grey_levels_together(large):
    def spread(phantom):
        image, rois = pixels(phantom), phantom.rois[0]
        return np.std([image[rois == code].mean() for code in CODE_OF.values()])

    easy, hard = (
        make_thalamocortical_phantom(difficulty=level, random_state=1)
        for level in ("easy", "hard")
    )
    for name in ("rois", "layers", "barrels", "structures"):
        np.testing.assert_array_equal(easy[name][0], hard[name][0])
        np.testing.assert_array_equal(easy[name][0], large[name][0])
    assert spread(hard) < spread(large) < spread(easy)


def test_structures_are_where_the_image_shows_them(large):
    image, inside = pixels(large), large.rois[0] == CODE_OF["striatum"]
    plain, vessel, cell, axon = (
        np.median(image[inside & (large.structures[0] == code)]) for code in range(4)
    )
    assert vessel < 30 < cell < 80 < plain < 130 < axon


def test_cells_keep_their_size_when_the_frame_or_the_pixel_changes():
    def typical_area_um2(shape, pixel_size_um):
        phantom = make_thalamocortical_phantom(
            shape=shape, pixel_size_um=pixel_size_um, random_state=0
        )
        ZI = phantom.rois[0] == CODE_OF["ZI"]
        labels, n = ndimage.label((phantom.structures[0] == 2) & ZI)
        sizes = np.bincount(labels.ravel(), minlength=n + 1)[1:]
        return np.median(sizes) * pixel_size_um**2

    reference = typical_area_um2((400, 1600), 1.0)
    assert typical_area_um2((400, 1600), 2.0) == pytest.approx(reference, rel=0.35)
    assert typical_area_um2((800, 3200), 1.0) == pytest.approx(reference, rel=0.35)


def cells_per_pixel(phantom, mask):
    _, n_cells = ndimage.label((phantom.structures[0] == 2) & mask)
    return n_cells / mask.sum()


def test_layers_differ_in_cell_density_and_the_switch_removes_that(large):
    def spread(phantom):
        layers = phantom.layers[0]
        density = [cells_per_pixel(phantom, layers == code) for code in (1, 2, 3, 5)]
        return max(density) / min(density)

    flat = make_thalamocortical_phantom(
        shape=(700, 2800), layers=False, barrels=False, random_state=1
    )
    assert spread(large) > 2
    assert spread(flat) < 1.5
    # Everything else is as it was: anatomy, and the image beside the cortex.
    for name in ("rois", "layers", "barrels"):
        np.testing.assert_array_equal(flat[name][0], large[name][0])
    elsewhere = (large.rois[0] > 0) & (large.rois[0] != CODE_OF["cortex"])
    changed = flat.images[0].data != large.images[0].data
    assert changed[elsewhere].mean() < 0.01
    assert changed[large.layers[0] > 0].mean() > 0.2


def test_shading_brightens_the_rims_and_can_be_switched_off():
    def rim_over_middle(shading):
        phantom = make_thalamocortical_phantom(
            shape=SMALL, shading=shading, random_state=0
        )
        image, cortex = pixels(phantom), phantom.rois[0] == CODE_OF["cortex"]
        rows = np.nonzero(cortex.any(axis=1))[0]

        def grey(first, last):
            window = rows[int(first * len(rows)) : int(last * len(rows))]
            return np.median(image[window][cortex[window]])

        return 0.5 * (grey(0.06, 0.16) + grey(0.84, 0.94)) / grey(0.42, 0.58)

    # Rows at about 0.8 of the half height, where a parabola has 0.64 of its depth.
    assert rim_over_middle(0.4) - rim_over_middle(0.0) == pytest.approx(0.25, abs=0.07)
    assert rim_over_middle(0.0) == pytest.approx(1.0, abs=0.06)


def test_noise_is_added_in_the_stated_amount_and_can_be_switched_off():
    clean, noisy = (
        make_thalamocortical_phantom(shape=SMALL, noise=noise, random_state=0)
        for noise in (0.0, 6.0)
    )
    inside = clean.rois[0] > 0
    difference = (pixels(noisy) - pixels(clean))[inside & (pixels(clean) > 40)]
    assert difference.std() == pytest.approx(6.0, rel=0.1)


def test_pixels_are_not_white_noise(phantom):
    """Blur and grain of finite size: neighbours agree, distant pixels do not."""
    image, cortex = pixels(phantom), phantom.rois[0] == CODE_OF["cortex"]
    rows, cols = np.nonzero(cortex)
    patch = image[
        np.median(rows).astype(int) - 60 :, np.median(cols).astype(int) - 60 :
    ]
    patch = patch[:120, :120]
    patch = patch - ndimage.gaussian_filter(patch, 15)
    assert correlation(patch[:, 1:], patch[:, :-1]) > 0.7
    assert abs(correlation(patch[:, 20:], patch[:, :-20])) < 0.2


def test_slices_drift_slowly_along_z():
    steps = [0.5, 2.0, 8.0, 150.0]
    similarity, moved = [], []
    for step in steps:
        pair = make_thalamocortical_phantom(
            2, shape=SMALL, z_step_um=step, shading=0, random_state=0
        )
        both = (pair.rois[0] > 0) & (pair.rois[1] > 0)
        similarity.append(correlation(pixels(pair, 0)[both], pixels(pair, 1)[both]))
        moved.append((pair.rois[0] != pair.rois[1]).mean())
    assert similarity == sorted(similarity, reverse=True)
    assert similarity[0] > 0.9
    assert similarity[2] < 0.6
    assert moved == sorted(moved)
    assert 0 < moved[0] < 0.004
    assert 0.02 < moved[-1] < 0.15


def test_cells_persist_over_a_few_micrometres_only():
    phantom = make_thalamocortical_phantom(
        3, shape=SMALL, z_step_um=1.0, random_state=0
    )
    far = make_thalamocortical_phantom(2, shape=SMALL, z_step_um=40.0, random_state=0)

    def kept(first, second):
        cells = first == 2
        return (second[cells] == 2).mean()

    assert kept(*phantom.structures[:2]) > 0.7
    assert kept(phantom.structures[0], phantom.structures[2]) > 0.5
    assert kept(*far.structures) < 0.15
