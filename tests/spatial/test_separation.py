"""Tests of sklearn_microarch.spatial._separation."""

import numpy as np
import pytest

from sklearn_microarch.exceptions import PixelSizeMismatchError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import (
    count_independent,
    shares_pixels,
    spatial_strips,
    strip_holdout,
)
from sklearn_microarch.spatial._separation import separation_of
from sklearn_microarch.spatial._spatial_strips import random_strip


def slices(specimens, pixel_size_um=2.0):
    """Return patches of 10 px, one at the same place of each slice."""
    images = [
        SliceImage(np.zeros((40, 60)), pixel_size_um=pixel_size_um, specimen=specimen)
        for specimen in specimens
    ]
    return Patches(images, [[at, 20, 30] for at in range(len(images))], 10)


def test_slices_closer_than_a_patch_are_near():
    patches = slices([None] * 4)
    # A patch is 20 um: cubes of slices 20 um apart only touch.
    near = separation_of(patches, z_um=[0, 19, 39, 60]).near
    assert near.tolist() == [
        [True, True, False, False],
        [True, True, False, False],
        [False, False, True, False],
        [False, False, False, True],
    ]
    wider = separation_of(patches, z_um=[0, 19, 39, 60], buffer=1)
    assert wider.near[1, 2]
    assert not wider.near[2, 0]
    assert wider.stacks.tolist() == [0, 0, 0, 0]


def test_slices_of_unknown_height_are_near_within_a_specimen():
    patches = slices(["a", None, "b", "a", None])
    assert separation_of(patches).stacks.tolist() == [0, 1, 2, 0, 1]
    assert separation_of(patches, z_um=[0, 0, 0, 99, 3]).stacks.tolist() == [
        0,
        1,
        2,
        3,
        1,
    ]


@pytest.mark.parametrize(
    "buffer_um, pixels", [(0, 0), (0.1, 1), (2, 1), (2.1, 2), (14.0, 7)]
)
def test_lengths_are_rounded_up_to_pixels(buffer_um, pixels):
    assert separation_of(slices(["a"]), buffer_um=buffer_um).buffer == pixels
    assert separation_of(slices(["a"], 0.7), buffer_um=0.7 * 3).buffer == 3


def test_a_place_in_a_near_slice_counts_as_shared():
    patches = slices(["a", "a", "b"])
    separation = separation_of(patches)
    assert not shares_pixels(patches[1:], patches[:1]).any()
    shared = shares_pixels(patches[1:], patches[:1], separation=separation)
    assert shared.tolist() == [True, False]
    assert count_independent(patches) == 3
    assert count_independent(patches, separation=separation) == 2


def test_near_slices_of_other_shapes_are_compared_at_their_coordinates():
    images = [np.zeros((30, 90)), np.zeros((60, 40))]
    patches = Patches(images, [[0, 20, 80], [1, 50, 30], [1, 20, 30], [0, 9, 30]], 10)
    shared = shares_pixels(
        patches, patches[:1], separation=separation_of(patches, buffer=40)
    )
    # Row 2 lies 50 px to the left: a patch and 40 px between them.
    assert shared.tolist() == [True, False, False, False]
    shared = shares_pixels(
        patches, patches[:1], separation=separation_of(patches, buffer=41)
    )
    assert shared.tolist() == [True, True, True, True]


@pytest.fixture
def two_slices(rng):
    """Return patches over two slices with two regions, at different places."""
    images = [SliceImage(np.zeros((80, 120)), pixel_size_um=1.0) for _ in range(2)]
    centres = np.column_stack(
        [
            np.repeat([0, 1], 500),
            rng.integers(6, 74, 1000),
            rng.integers(6, 114, 1000),
        ]
    )
    patches = Patches(images, centres, 12)
    return patches, np.where(patches.positions[:, 2] < 50, "CTX", "VP")


def test_near_slices_are_cut_at_the_same_coordinates(two_slices):
    patches, labels = two_slices
    together = separation_of(patches, z_um=[0, 5])
    strips = spatial_strips(patches, labels, 3, separation=together)
    # The strip a row is in depends on its coordinate only: the bounds agree.
    for region in ("CTX", "VP"):
        for axis in (1, 2):
            bounds = [
                [
                    np.ptp(patches.positions[inside][:, axis])
                    for strip in range(3)
                    if (inside := (labels == region) & (strips == strip) & here).any()
                ]
                for here in (patches.positions[:, 0] == 0, patches.positions[:, 0] == 1)
            ]
            np.testing.assert_allclose(bounds[0], bounds[1], atol=8)
    drawn = random_strip(
        patches, labels, 0.3, np.random.RandomState(0), separation=together
    )
    for region in ("CTX", "VP"):
        inside = drawn & (labels == region)
        whole = np.ptp(patches.positions[labels == region], axis=0)
        # Over both slices, the strip is narrow along one axis.
        assert (np.ptp(patches.positions[inside], axis=0) / whole)[1:].min() < 0.4
        assert 0.25 < inside.sum() / (labels == region).sum() < 0.35


def test_a_held_out_strip_is_apart_from_near_slices_too(two_slices):
    patches, labels = two_slices
    train, held_out = strip_holdout(patches, labels, share=0.2)
    near = separation_of(patches)
    assert len(held_out)
    assert not shares_pixels(patches[train], patches[held_out], separation=near).any()
    wide = separation_of(patches, buffer=10)
    fewer, held_out = strip_holdout(
        patches, labels, share=0.2, min_kept=0, separation=wide
    )
    assert not shares_pixels(patches[fewer], patches[held_out], separation=wide).any()
    assert len(fewer) < len(train)


def test_bad_lengths_and_heights_are_named():
    patches = slices(["a", "a"])
    unknown = slices(["a", "a"], pixel_size_um=None)
    with pytest.raises(TypeError, match=r"buffer=2\.5 must be an integer of pixels"):
        separation_of(patches, buffer=2.5)
    with pytest.raises(ValueError, match="buffer=-1 must be at least 0"):
        separation_of(patches, buffer=-1)
    with pytest.raises(ValueError, match="buffer_um=nan must be finite"):
        separation_of(patches, buffer_um=np.nan)
    with pytest.raises(TypeError, match="buffer_um='9' must be a number"):
        separation_of(patches, buffer_um="9")
    with pytest.raises(ValueError, match=r"both given; use one"):
        separation_of(patches, buffer=3, buffer_um=6)
    with pytest.raises(ValueError, match="buffer_um is in micrometres, but the pixel"):
        separation_of(unknown, buffer_um=6)
    with pytest.raises(ValueError, match="z_um is in micrometres, but the pixel size"):
        separation_of(unknown, z_um=[0, 1])
    with pytest.raises(ValueError, match=r"z_um has shape \(1,\), .* refer to 2"):
        separation_of(patches, z_um=[0])
    with pytest.raises(ValueError, match=r"z_um=.* must be finite"):
        separation_of(patches, z_um=[0, np.inf])
    with pytest.raises(TypeError, match="z_um has dtype <U1"):
        separation_of(patches, z_um=["a", "b"])


def test_slices_of_different_pixel_size_are_refused():
    images = [SliceImage(np.zeros((9, 9)), pixel_size_um=size) for size in (1.0, 1.5)]
    patches = Patches(images, [[0, 4, 4], [1, 4, 4]], 3)
    with pytest.raises(PixelSizeMismatchError, match=r"pixel_size_um=1\.5"):
        separation_of(patches)
    assert separation_of(patches[:1]).near.all()
