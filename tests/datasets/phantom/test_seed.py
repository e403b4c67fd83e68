"""Tests of sklearn_microarch.datasets.phantom._seed."""

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom._seed import resolve_seed, slabs_near, stream


def test_each_structure_and_slab_has_its_own_stream():
    keys = [(0, "cells", 0), (0, "cells", -1), (0, "vessels", 0), (1, "cells", 0)]
    drawn = [tuple(stream(*key).integers(2**62, size=4)) for key in keys]
    assert len(set(drawn)) == len(keys)
    assert tuple(stream(*keys[1]).integers(2**62, size=4)) == drawn[1]


@pytest.mark.parametrize("seed", [0, 7, np.int64(7), 2**64 - 1])
def test_an_integer_is_the_seed_itself(seed):
    assert resolve_seed(seed) == int(seed)
    assert type(resolve_seed(seed)) is int


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_a_generator_is_asked_for_one_seed(make):
    rng = make(3)
    first, second = resolve_seed(rng), resolve_seed(rng)
    assert first != second
    assert resolve_seed(make(3)) == first


@pytest.mark.parametrize("z_um", [0.0, 59.9, -30.0, 1e5])
def test_the_slabs_near_a_section_are_those_that_its_reach_touches(z_um):
    found = dict(slabs_near(z_um, reach_um=25.0, thickness_um=60.0))
    for slab in range(min(found) - 2, max(found) + 3):
        bottom = slab * 60.0
        touched = bottom <= z_um + 25.0 and bottom + 60.0 > z_um - 25.0
        assert (slab in found) == touched
        assert found.get(slab, bottom) == bottom
