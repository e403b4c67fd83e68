"""Tests of sklearn_microarch.sampling._region_material."""

import numpy as np

from sklearn_microarch.sampling._region_material import (
    count_apart,
    report_region_material,
)


def test_patches_that_share_no_pixel_are_counted():
    candidates = np.ones((7, 9), dtype=bool)
    assert count_apart(candidates, 1) == 63
    # Rows 0, 3, 6 and columns 0, 3, 6.
    assert count_apart(candidates, 3) == 9
    assert count_apart(candidates, 10) == 1
    assert count_apart(np.zeros((7, 9), dtype=bool), 3) == 0


def test_a_region_is_summed_over_slices_and_its_largest_circle_taken():
    wide, thin = np.zeros((20, 30), dtype=bool), np.zeros((15, 12), dtype=bool)
    wide[5:14, 5:25] = True
    thin[:, 4] = True
    report = report_region_material("VP", [wide, thin], [wide, thin], patch_size=9)
    assert report.n_pixels == report.n_candidates == 180 + 15
    assert report.diameter_px == 9
    assert report.n_independent == 3 + 2
    assert str(report).startswith("VP: 195 pixels, largest inscribed diameter 9 px")


def test_a_region_that_fills_the_slice_ends_at_its_edge():
    full = np.ones((5, 8), dtype=bool)
    assert report_region_material(1, [full], [full], patch_size=2).diameter_px == 5
