"""Tests of large vessels as a nuisance, from the picture to the verdict."""

import numpy as np
import pytest
from numpy.random import RandomState
from scipy import ndimage
from trust.grids import network, noise, soft

from sklearn_microarch import SliceImage
from sklearn_microarch.sampling import Patches
from sklearn_microarch.trust._gather_figures import gather_figures
from sklearn_microarch.trust._judge_map import judge_map
from sklearn_microarch.trust._lay_cells import lay_cells
from sklearn_microarch.trust.nuisances._predictors import VESSELS, nuisance_predictors
from sklearn_microarch.trust.nuisances._vessels import vessel_blobs, vessels_around

SHAPE, PATCH, STEP, PIXEL_UM = (330, 600), 40, 8, 2.0
PLACES = np.column_stack(
    [
        np.tile([70, 160, 250], 9),
        np.repeat([60, 120, 180, 240, 300, 360, 420, 480, 540], 3),
    ]
)


def discs(places, width, shape=SHAPE):
    """Return where discs ``width`` pixels wide are, in the middle of pixels."""
    rows, cols = np.indices(shape)
    found = np.zeros(shape, dtype=bool)
    for row, col in places:
        found |= (rows - row) ** 2 + (cols - col) ** 2 <= (width / 2) ** 2
    return found


def picture(marked, grey, seed=0):
    """Return tissue of three regions of unlike brightness, with marks of one grey."""
    tissue = 120 + 15 * np.random.default_rng(seed).normal(size=marked.shape)
    tissue[:, marked.shape[1] // 2 :] += 30
    return np.where(marked, grey, tissue)


def cells_of(pixels, *, pixel_size_um=PIXEL_UM):
    at = np.argwhere(np.ones(SHAPE)[20:310:STEP, 20:580:STEP]) * STEP + 24
    at = at[(at < np.array(SHAPE) - 20).all(axis=1)]
    centres = np.column_stack([np.zeros(len(at), dtype=int), at])
    rois = np.zeros(SHAPE, dtype=int)
    rois[40:300, 40:300], rois[40:300, 300:560] = 1, 2
    rois[100:200, 180:420] = 3
    patches = Patches([SliceImage(pixels, pixel_size_um)], centres, PATCH)
    return lay_cells(patches, rois, STEP, unannotated_code=0), centres


def halos(centres, places):
    """Return which patches (n,) show one of the places: squares, one patch wide."""
    away = centres[:, None, 1:] - places
    return ((away <= PATCH // 2) & (away > -PATCH // 2)).all(axis=2).any(axis=1)


@pytest.mark.parametrize("grey", [5, 300])
def test_halos_around_large_vessels_are_explained_by_them(grey):
    # One in three, here and there, so that they are no lines.
    places = PLACES[RandomState(3).permutation(len(PLACES))[:9]]
    marked = discs(places, 40 / PIXEL_UM)
    for pixels, named in (
        (picture(marked, grey), True),
        (picture(np.zeros(SHAPE, dtype=bool), grey), False),
    ):
        cells, centres = cells_of(pixels)
        shown = 1.0 * halos(centres, places) + 0.1 * noise(cells, 2, 1)
        networks = [network(shown[:, None], seed) for seed in range(3)]
        found = gather_figures(cells, networks[0], networks[1:], 19, RandomState(0))
        assert (VESSELS in found.evidence[0].both) == named
        verdict, _ = judge_map(found.evidence[0])
        assert (verdict == f"explained by {VESSELS}") == named


def test_a_region_between_vessels_is_not_explained_by_them():
    cells, _ = cells_of(picture(discs(PLACES, 40 / PIXEL_UM), 5))
    marked = soft(cells, cells.codes == 2)
    shown = marked * (1 + 0.4 * noise(cells, cells.patch, 2)) + 0.1 * noise(cells, 2, 3)
    networks = [network(shown[:, None], seed) for seed in range(3)]
    found = gather_figures(cells, networks[0], networks[1:], 99, RandomState(0))
    assert found.evidence[0].left_by(VESSELS) < 0.1
    assert judge_map(found.evidence[0])[0] != f"explained by {VESSELS}"


def test_the_share_is_that_of_a_patch_in_vessels():
    marked = discs([(160, 300)], 20)
    centres = np.argwhere(np.ones(SHAPE)[20:310:4, 20:580:4]) * 4 + 20
    dark, bright = vessels_around(picture(marked, 5), centres, PATCH, PIXEL_UM).T
    seen = [
        marked[row - 20 : row + 20, col - 20 : col + 20].mean()
        for row, col in centres.tolist()
    ]
    assert dark == pytest.approx(seen, abs=0.02)
    assert max(seen) > 0.15
    assert not bright.any()


@pytest.mark.parametrize(
    ("width_um", "counts"),
    [(8, False), (12, False), (24, True), (60, True), (90, False)],
)
@pytest.mark.parametrize("pixel_um", [0.5, 1.0, 2.5])
def test_only_what_is_as_wide_as_a_vessel_counts(width_um, counts, pixel_um):
    shape = tuple(round(um / pixel_um) for um in (300, 400))
    where = [(shape[0] // 2, shape[1] // 2)]
    blobs = vessel_blobs(discs(where, width_um / pixel_um, shape), pixel_um)
    assert blobs.any() == counts


def test_long_vessels_count_whole_and_what_reaches_the_border_does_not():
    extreme = np.zeros((80, 200), dtype=bool)
    extreme[20:32, 30:150] = True
    extreme[60:72, :50] = True
    extreme[50:54, 80:190] = True
    found = vessel_blobs(extreme, 2.0)
    assert found[20:32, 30:150].all()
    assert found.sum() == 12 * 120


def test_without_a_pixel_size_widths_are_shares_of_a_patch():
    # A patch of 40 pixels is taken for 150 um, so that a pixel is 3.75 um.
    centres = np.argwhere(np.ones(SHAPE)[20:310:8, 20:580:8]) * 8 + 20
    for width, counts in ((3, False), (10, True), (26, False)):
        pixels = picture(discs([(160, 300)], width), 5)
        shares = vessels_around(pixels, centres, PATCH, None)
        assert shares.any() == counts


def test_tracts_and_tissue_of_one_grey_are_no_vessels():
    rows, cols = np.indices(SHAPE)
    centres = np.argwhere(np.ones(SHAPE)[20:310:8, 20:580:8]) * 8 + 20
    tracts = picture((rows + cols) % 130 < 18, 190)
    assert not vessels_around(tracts, centres, PATCH, PIXEL_UM).any()
    flat = np.where(discs(PLACES, 20), 5, 120)
    assert not vessels_around(flat, centres, PATCH, PIXEL_UM).any()
    unknown = np.full(SHAPE, np.nan)
    assert not vessels_around(unknown, centres, PATCH, PIXEL_UM).any()


def test_a_slice_without_vessels_has_no_such_nuisance():
    cells, _ = cells_of(picture(np.zeros(SHAPE, dtype=bool), 5))
    assert VESSELS not in nuisance_predictors(cells)
    # Nor one whose vessels lie beside the annotation.
    cells, _ = cells_of(picture(discs([(165, 570)], 10), 5))
    cells.vessels[cells.annotated] = 0.0
    assert VESSELS not in nuisance_predictors(cells)
    marked = ndimage.binary_dilation(discs([(165, 300)], 18))
    assert VESSELS in nuisance_predictors(cells_of(picture(marked, 5))[0])
