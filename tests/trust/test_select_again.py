"""Tests of whether traces of a factor decide which region it is chosen for."""

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest
from trust.grids import cells

from sklearn_microarch import CoverageLeakageSelector
from sklearn_microarch.selection import select_factors
from sklearn_microarch.trust._select_again import THRESHOLDS, Selected, select_again

RULE = CoverageLeakageSelector(lam=1.0, normalize=True)


def maps_of_regions(found):
    """Return a map (n, 3) for each region, active inside it alone."""
    return np.column_stack([2.0 * (found.codes == code) for code in (2, 0, 1)])


def test_factors_that_fill_a_region_are_chosen_at_any_threshold():
    found = cells()
    chosen = select_again(RULE, maps_of_regions(found), found)
    assert chosen == [Selected(name, True) for name in ("right", "left", "middle")]


@pytest.mark.parametrize(
    ("trace", "holds"), [(5e-4, False), (5e-3, False), (0.1, True)]
)
def test_a_trace_that_decides_is_told(trace, holds):
    found = cells()
    maps = maps_of_regions(found)
    # The first fills a part of "right" and, in traces, the rest.
    part = (found.codes == 2) & (found.at[:, 1] < 20)
    maps[:, 0] = 2.0 * part + 2.0 * trace * ((found.codes == 2) & ~part)
    # The other fills all of "right", and some of "left".
    spills = (found.codes == 2) | ((found.codes == 0) & (found.at[:, 1] < 15))
    maps = np.column_stack([maps, 2.0 * spills])
    chosen = select_again(RULE, maps, found)
    assert (chosen[0], chosen[3]) == (
        Selected("right", holds),
        Selected("", holds),
    )


def test_the_first_threshold_is_the_rule_itself(rng):
    found = cells()
    maps = rng.gamma(0.5, size=(len(found.at), 6)) * (
        rng.random((len(found.at), 6)) > 0.5
    )
    kept = found.annotated
    rule = CoverageLeakageSelector(2, lam=0.3, assignment="optimal")
    expected = select_factors(
        maps[kept], found.codes[kept], n_features_to_select=2, lam=0.3,
        assignment="optimal",
    )  # fmt: skip
    chosen = [one.region for one in select_again(rule, maps, found)]
    assert (
        np.flatnonzero([bool(name) for name in chosen]).tolist()
        == np.flatnonzero(expected.support).tolist()
    )
    assert [name for name in chosen if name] == [
        found.regions[at] for at in expected.matched_rois
    ]
    assert THRESHOLDS[0] == 0


def test_a_factor_active_in_few_cells_has_thresholds_of_zero():
    found = cells()
    maps = maps_of_regions(found)
    few = np.flatnonzero(found.codes == 1)[:5]
    maps[:, 2] = 0.0
    maps[few, 2] = [1e-6, 1.0, 1.0, 1.0, 1.0]
    assert select_again(RULE, maps, found)[2] == Selected("middle", True)


def test_a_pipeline_that_chooses_nothing_has_no_figures():
    found = cells()
    maps = maps_of_regions(found)
    for rule in (None, SelectKBest(k=2)):
        assert select_again(rule, maps, found) == [Selected()] * 3
    assert select_again(RULE, maps - 1, found) == [Selected()] * 3
    assert select_again(RULE, maps[:, :0], found) == []


def test_more_factors_than_regions_on_the_slice_are_not_asked_for():
    found = cells()
    rule = CoverageLeakageSelector(5, lam=1.0, normalize=True)
    maps = np.hstack([maps_of_regions(found)] * 2)
    chosen = select_again(rule, maps, found)
    assert [one.region for one in chosen] == ["right", "left", "middle", "", "", ""]
