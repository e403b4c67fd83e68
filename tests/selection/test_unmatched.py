"""Tests of sklearn_microarch.selection._unmatched."""

import warnings

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline

from sklearn_microarch.clustering import GMMClusterer
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
    words = "not mark its region.*: VP. normalize=True .*unmatched_regions"
    with pytest.warns(UnmatchedRegionsWarning, match=rf"{words} says"):
        selection = select_factors(loadings, labels)
    with pytest.warns(UnmatchedRegionsWarning, match=rf"{words}_ says"):
        selector = CoverageLeakageSelector().fit(loadings, labels)
    why = (
        f"factor 1 is active in {inside / 20:.0%} of it and {outside / 80:.0%} of the "
        "rest"
    )
    assert selection.unmatched_regions == selector.unmatched_regions_ == {"VP": why}
    assert selection.matched_rois.tolist() == ["CTX", "VP"]
    assert selector.support_.all()


def test_a_factor_that_marks_its_region_is_not_warned_of():
    loadings, labels = loadings_and_labels(inside=6, outside=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert select_factors(loadings, labels).unmatched_regions == {}
        # Shares decide, whatever is scored by: counts are below those outside.
        select_factors(loadings, labels, normalize=True)


def test_a_region_that_is_everywhere_has_nothing_outside():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        select_factors(np.ones((5, 1)), [3] * 5)


def test_unannotated_rows_are_outside_unless_they_do_not_count():
    loadings, labels = np.array([[1.0], [0], [1], [1]]), [2, 2, -1, -1]
    with pytest.warns(UnmatchedRegionsWarning, match="show it: 2"):
        selection = select_factors(loadings, labels, unannotated=-1)
    assert "50% of it and 100% of" in selection.unmatched_regions[2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        select_factors(loadings, labels, unannotated=-1, count_unannotated=False)


def test_a_free_factor_that_marks_the_region_is_named():
    loadings, labels = loadings_and_labels(inside=0, outside=0)
    third = np.concatenate([np.arange(80) < 60, np.ones(20)])
    loadings = np.column_stack([loadings, third])
    with pytest.warns(UnmatchedRegionsWarning) as found:
        selection = select_factors(loadings, labels)
    assert found[0].filename == __file__
    why = selection.unmatched_regions["VP"]
    assert why.startswith(
        "factor 1 is active in 0% of it and 0% of the rest; not chosen"
    )
    assert why.endswith(": factor 2 is active in 100% of it and 75% of the rest")
    with pytest.warns(UnmatchedRegionsWarning) as found:
        CoverageLeakageSelector().fit(loadings, labels)
    assert found[0].filename == __file__


def test_what_is_set_is_not_advised():
    loadings, labels = loadings_and_labels(inside=5, outside=20)
    with pytest.warns(UnmatchedRegionsWarning) as found:
        select_factors(loadings, labels, normalize=True)
    assert "normalize" not in str(found[0].message)


def test_a_search_shows_one_warning_at_the_users_line():
    """Shares differ from fold to fold, and the region does not."""
    loadings, labels = loadings_and_labels(inside=1, outside=24)
    order = np.random.default_rng(0).permutation(100)
    pipeline = make_pipeline(CoverageLeakageSelector(), GMMClusterer(2, random_state=0))
    grid = {"coverageleakageselector__threshold": [0.0, 0.1]}
    search = GridSearchCV(pipeline, grid, cv=KFold(3))
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("default")
        search.fit(loadings[order], labels[order])
    ours = [each for each in found if each.category is UnmatchedRegionsWarning]
    assert [each.filename for each in ours] == [__file__]
