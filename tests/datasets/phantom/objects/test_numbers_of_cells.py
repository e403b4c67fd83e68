"""Tests of sklearn_microarch.datasets.phantom.objects._numbers_of_cells."""

import numpy as np
import pytest

from sklearn_microarch.datasets.phantom.objects._numbers_of_cells import (
    even_ranks,
    number_in_kind,
)

SHAPE = (7, 5)


@pytest.fixture
def kind(rng):
    return rng.integers(0, SHAPE[0], 3000), rng.integers(0, SHAPE[1], 3000)


def test_entries_of_a_kind_are_counted_in_order(kind):
    number = number_in_kind(kind, SHAPE)
    for place in np.ndindex(SHAPE):
        members = (kind[0] == place[0]) & (kind[1] == place[1])
        np.testing.assert_array_equal(number[members], np.arange(members.sum()))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_every_range_of_heights_has_its_share_below_a_rank(rng, kind, share):
    height = rng.uniform(size=3000)
    below = even_ranks(height, kind, rng.uniform(size=SHAPE)) < share
    for place in ((0, 0), (3, 4), (6, 2)):
        members = (kind[0] == place[0]) & (kind[1] == place[1])
        for low, high in ((0.0, 1.0), (0.2, 0.5), (0.7, 0.9)):
            within = members & (height > low) & (height < high)
            # Of golden multiples, a count strays by two or so, not by its root.
            assert abs(below[within].sum() - share * within.sum()) < 2.5
