"""Tests of sklearn_microarch.spatial._overlap."""

import numpy as np
import pytest

from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial._overlap import overlap_pixels, overlap_volume


@pytest.mark.parametrize("border", ["constant", "reflect"])
def test_pixels_are_counted_once_however_many_patches_show_them(rng, border):
    image = np.arange(30 * 40).reshape(30, 40) + 1
    centres = np.column_stack([rng.integers(0, 30, 14), rng.integers(0, 40, 14)])
    patches = Patches(image, centres, 7, border=border)
    ours, theirs = patches[:6], patches[6:]
    shown, shared = overlap_pixels(ours, theirs)
    ours, theirs = (set(np.unique(np.asarray(p))) - {0} for p in (ours, theirs))
    assert shown == len(ours)
    assert shared == len(ours & theirs)
    assert 0 < shared < shown


def test_volume_is_that_of_cubes(rng):
    specimens = ["a", "a", "b", "a"]
    images = [
        SliceImage(np.zeros((24, 30)), pixel_size_um=2.0, specimen=specimen)
        for specimen in specimens
    ]
    z_um = np.array([10.0, 14.0, 12.0, 40.0])
    size = 6
    centres = np.column_stack(
        [rng.integers(0, 4, 20), rng.integers(3, 21, 20), rng.integers(3, 27, 20)]
    )
    patches = Patches(images, centres, size)
    ours, theirs = patches[:9], patches[9:]

    def voxels(some):
        """Return the voxels of 1 um depth that cubes fill."""
        return {
            (specimens[at], z, row + i, col + j)
            for at, row, col in some.positions.tolist()
            for z in range(int(z_um[at]) - size, int(z_um[at]) + size)
            for i in range(-size // 2, size // 2)
            for j in range(-size // 2, size // 2)
        }

    shown, shared = overlap_volume(ours, theirs, z_um, 2.0)
    assert shown == pytest.approx(4 * len(voxels(ours)))
    assert shared == pytest.approx(4 * len(voxels(ours) & voxels(theirs)))
    assert 0 < shared < shown


def test_what_lies_apart_shares_nothing():
    images = [SliceImage(np.zeros((24, 30)), pixel_size_um=1.0) for _ in range(2)]
    patches = Patches(images, [[0, 9, 9], [1, 9, 9]], 6)
    assert overlap_pixels(patches[:1], patches[1:]) == (36, 0)
    heights = np.array([0.0, 6.0])
    assert overlap_volume(patches[:1], patches[1:], heights, 1.0) == (216, 0)
    heights = np.array([0.0, 4.0])
    assert overlap_volume(patches[:1], patches[1:], heights, 1.0) == (216, 72)
