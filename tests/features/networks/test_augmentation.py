"""Tests of sklearn_microarch.features.networks._augmentation."""

import torch

from sklearn_microarch.features.networks._augmentation import (
    cover_sides,
    random_symmetries,
)
from sklearn_microarch.features.networks._seeding import forked_seed


def test_all_eight_symmetries_of_a_square_appear_and_no_other():
    patch = torch.arange(9.0).reshape(1, 1, 3, 3)
    with forked_seed(0):
        found = random_symmetries(patch.repeat(200, 1, 1, 1))
    turns = [torch.rot90(patch, k, (2, 3)) for k in range(4)]
    expected = {tuple(t.flatten().tolist()) for p in turns for t in (p, p.flip(3))}
    assert {tuple(x.flatten().tolist()) for x in found} == expected
    assert len(expected) == 8


def test_oblong_patches_are_flipped_only():
    patch = torch.arange(6.0).reshape(1, 1, 2, 3)
    with forked_seed(0):
        found = random_symmetries(patch.repeat(100, 1, 1, 1))
    expected = {
        tuple(p.flatten().tolist())
        for p in (patch, patch.flip(2), patch.flip(3), patch.flip(2).flip(3))
    }
    assert {tuple(x.flatten().tolist()) for x in found} == expected


def test_rows_of_numbers_are_left_alone():
    rows = torch.arange(12.0).reshape(3, 1, 1, 4)
    assert torch.equal(random_symmetries(rows), rows)
    assert torch.equal(cover_sides(rows), rows)


def test_three_patches_in_ten_are_covered_beyond_an_edge_up_to_the_centre():
    torch.manual_seed(0)
    patches = torch.randn(900, 2, 14, 18)
    with forked_seed(0):
        found = cover_sides(patches)
    changed = found != patches
    covered = changed.any(dim=1)
    assert torch.equal(changed.all(dim=1), covered)
    touched = covered.any(dim=(1, 2))
    # An edge may pass beside the pixels of a corner, so somewhat fewer are touched.
    assert 0.25 < touched.float().mean() < 0.35
    shares = covered[touched].float().mean(dim=(1, 2))
    assert shares.max() <= 0.55
    assert shares.min() < 0.1
    assert torch.equal(found[~touched], patches[~touched])


def test_a_cover_is_even_and_both_dark_and_bright():
    patches = torch.full((600, 1, 16, 16), 10.0)
    with forked_seed(0):
        found = cover_sides(patches)
    levels = [set(patch[patch != 10].tolist()) for patch in found]
    assert max(map(len, levels)) == 1
    levels = torch.tensor([level.pop() for level in levels if level])
    assert levels.abs().max() <= 6
    assert levels.min() < -4
    assert levels.max() > 4


def test_edges_of_covers_have_all_directions():
    with forked_seed(0):
        found = cover_sides(torch.full((2000, 1, 16, 16), 10.0))
    covered = (found[:, 0] != 10).float().mean(dim=0)
    sides = torch.stack([covered[0], covered[-1], covered[:, 0], covered[:, -1]])
    assert sides.mean(dim=1).std() < 0.1 * sides.mean()
