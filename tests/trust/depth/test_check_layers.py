"""Tests of what is said of a depth that lies in no layers."""

from dataclasses import replace

import numpy as np
import pytest
from trust.grids import cells, layered

from sklearn_microarch.trust.depth._check_layers import check_layers


def test_layers_and_slices_without_a_depth_are_let_through():
    check_layers(layered())
    check_layers(cells())


def test_regions_are_named_with_the_share_that_has_a_depth():
    found = layered()
    alone = replace(found, depth=np.where(found.codes == 1, found.depth, np.nan))
    with pytest.raises(
        ValueError, match="granular 100 %, upper 0 %, lower 0 %"
    ) as told:
        check_layers(alone)
    assert "or depth=None" in str(told.value)
    assert "others" not in str(told.value)


def test_of_many_regions_those_that_come_nearest_are_named():
    found = layered()
    many = replace(
        found,
        codes=np.where(found.codes >= 0, found.at[:, 2] % 12, -1),
        depth=np.where(found.at[:, 2] % 12 == 7, found.depth, np.nan),
        regions=[f"r{at}" for at in range(12)],
    )
    with pytest.raises(ValueError, match=r"r7 100 %, r0 0 %.*, and 4 others"):
        check_layers(many)
