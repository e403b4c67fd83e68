"""Tests of sklearn_microarch.spatial._count_independent."""

import numpy as np

from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import count_independent


def test_independent_patches_share_no_pixel(rng):
    images = [np.zeros((60, 80)), np.zeros((30, 40))]
    grid = np.array([[0, r, c] for r in range(5, 55, 10) for c in range(5, 75, 10)])
    assert count_independent(Patches(images, grid, 10)) == len(grid)
    assert count_independent(Patches(images, grid, 11, border="reflect")) < len(grid)
    both = Patches(images, [[0, 9, 9], [0, 10, 11], [1, 9, 9], [0, 9, 20]], 10)
    assert count_independent(both) == 3
    assert count_independent(both[:0]) == 0
