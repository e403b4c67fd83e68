"""Tests of sklearn_microarch.sampling.regions._rim."""

import numpy as np

from sklearn_microarch.sampling._purity import centres_off_the_rim
from sklearn_microarch.sampling.regions._rim import Rim


def test_regions_are_kept_off_the_rim_but_for_those_that_are_no_tissue(rng):
    tissue = np.zeros((40, 60), dtype=bool)
    tissue[10:30, 10:50] = True
    other = rng.random((30, 20)) < 0.9
    rim = Rim([tissue, other], min_tissue=0.9, border="drop", exempt=[7])
    centres = np.ones((40, 60), dtype=bool)
    for size, share in ((8, None), (8, 0.5), (12, None), (8, None)):
        for index, mask in ((0, tissue), (1, other)):
            expected = centres_off_the_rim(
                mask, patch_size=size, min_tissue=share or 0.9, border="drop"
            )
            whole = np.ones(mask.shape, dtype=bool)
            found = rim.keep_off(whole, 3, index, size, share)
            np.testing.assert_array_equal(found, expected)
    assert rim.keep_off(centres, 7, 0, 8) is centres
