"""Tests of sklearn_microarch.selection._unmatched."""

import warnings

import numpy as np
import pytest

from sklearn_microarch.exceptions import UnmatchedRegionsWarning
from sklearn_microarch.selection import CoverageLeakageSelector, select_factors


def loadings_and_labels(inside, outside):
    """Give a large region a factor of its own, and a small one a factor that leaks."""
    labels = np.repeat(["CTX", "VP"], [80, 20])
    first = (labels == "CTX").astype(float)
    second = np.concatenate([np.arange(80) < outside, np.arange(20) < inside])
    return np.column_stack([first, second.astype(float)]), labels


@pytest.mark.parametrize("inside, outside", [(1, 24), (5, 20), (0, 0)])
def test_a_factor_that_does_not_mark_its_region_is_named(inside, outside):
    loadings, labels = loadings_and_labels(inside, outside)
    words = (
        rf"mark its region: VP \(factor 1 is active in {inside / 20:.0%} of it and "
        rf"{outside / 80:.0%} of the rest\).*normalize=True"
    )
    with pytest.warns(UnmatchedRegionsWarning, match=words):
        selection = select_factors(loadings, labels)
    with pytest.warns(UnmatchedRegionsWarning, match=words):
        selector = CoverageLeakageSelector().fit(loadings, labels)
    assert selection.matched_rois.tolist() == ["CTX", "VP"]
    assert selector.support_.all()


def test_a_factor_that_marks_its_region_is_not_warned_of():
    loadings, labels = loadings_and_labels(inside=6, outside=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        select_factors(loadings, labels)
        # Shares decide, whatever is scored by: counts are below those outside.
        select_factors(loadings, labels, normalize=True)


def test_a_region_that_is_everywhere_has_nothing_outside():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        select_factors(np.ones((5, 1)), [3] * 5)


def test_unannotated_rows_are_outside_unless_they_do_not_count():
    loadings, labels = np.array([[1.0], [0], [1], [1]]), [2, 2, -1, -1]
    with pytest.warns(UnmatchedRegionsWarning, match="50% of it and 100%"):
        select_factors(loadings, labels, unannotated=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        select_factors(loadings, labels, unannotated=-1, count_unannotated=False)


def test_a_free_factor_that_marks_the_region_is_named():
    loadings, labels = loadings_and_labels(inside=0, outside=0)
    third = np.concatenate([np.arange(80) < 60, np.ones(20)])
    loadings = np.column_stack([loadings, third])
    words = "VP .*factor 1 .* 0% .*not chosen: factor 2 is active in 100% of it and 75%"
    with pytest.warns(UnmatchedRegionsWarning, match=words) as found:
        select_factors(loadings, labels)
    assert found[0].filename == __file__
    with pytest.warns(UnmatchedRegionsWarning) as found:
        CoverageLeakageSelector().fit(loadings, labels)
    assert found[0].filename == __file__


def test_what_is_set_is_not_advised():
    loadings, labels = loadings_and_labels(inside=5, outside=20)
    with pytest.warns(UnmatchedRegionsWarning) as found:
        select_factors(loadings, labels, normalize=True)
    assert "normalize" not in str(found[0].message)
