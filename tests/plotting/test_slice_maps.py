"""Tests of sklearn_microarch.plotting._slice_maps."""

import numpy as np
import pytest

from sklearn_microarch.plotting._slice_maps import (
    check_names,
    chosen_factors,
    find_columns,
)


def test_factors_are_chosen_by_name_or_column_in_the_order_asked_for(maps):
    loadings, names = chosen_factors(maps, ["factor12_WM", 0])
    assert names == ["factor12_WM", "factor01_CTX"]
    np.testing.assert_array_equal(loadings, maps.factors[..., [3, 0]])


def test_all_factors_by_default(maps):
    loadings, names = chosen_factors(maps, None)
    assert names == maps.factor_names
    assert loadings.shape == (13, 51, 4)


@pytest.mark.parametrize("wanted", ["CTX", 4, -1])
def test_a_factor_that_is_not_there_is_an_error_that_lists_the_names(wanted):
    with pytest.raises(ValueError, match=rf"asks for {wanted!r}.*\['a', 'b'\]"):
        find_columns([wanted], ["a", "b"], argument="factors")


def test_maps_without_factors_are_an_error(maps):
    maps.factors = None
    with pytest.raises(ValueError, match=r"maps\.factors is None"):
        chosen_factors(maps, None)


def test_names_are_made_up_where_none_are_given():
    names = check_names(None, 2, prefix="cluster ", argument="cluster_names")
    assert names == ["cluster 0", "cluster 1"]
    with pytest.raises(ValueError, match=r"cluster_names has 1 entries.*needs 2"):
        check_names(["a"], 2, prefix="cluster ", argument="cluster_names")
