"""Tests of sklearn_microarch.selection._lam_path."""

import numpy as np
import pytest

from sklearn_microarch.selection import _evidence, lam_path, select_factors

LAMS = [0.0, 0.25, 0.5, 1.0, 3.0]


@pytest.fixture
def loadings(rng):
    return rng.gamma(1.0, size=(300, 9)) * (
        rng.uniform(size=(300, 9)) > rng.uniform(0.1, 0.9, size=9)
    )


@pytest.fixture
def labels(rng):
    return np.array(["", "CTX", "STR", "VP"])[rng.integers(0, 4, size=300)]


@pytest.mark.parametrize("assignment", ["greedy", "optimal"])
@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("count_unannotated", [False, True])
def test_each_price_gives_what_a_selection_gives(
    loadings, labels, assignment, normalize, count_unannotated
):
    settings = {
        "n_features_to_select": 2,
        "assignment": assignment,
        "normalize": normalize,
        "threshold": 0.2,
        "count_unannotated": count_unannotated,
        "unannotated": "",
    }
    path = lam_path(loadings, labels, LAMS, **settings)
    np.testing.assert_array_equal(path.lams, LAMS)
    for index, lam in enumerate(LAMS):
        selection = select_factors(loadings, labels, lam=lam, **settings)
        for name in ("rois", "coverage", "leakage"):
            np.testing.assert_array_equal(getattr(path, name), getattr(selection, name))
        for name in (
            "scores",
            "support",
            "ranking",
            "matched_rois",
            "redundancy",
            "joint_coverage",
        ):
            np.testing.assert_array_equal(
                getattr(path, name)[index], getattr(selection, name)
            )


def test_a_higher_price_never_chooses_more_leakage(loadings, labels):
    path = lam_path(
        loadings,
        labels,
        LAMS,
        n_features_to_select=1,
        assignment="optimal",
        unannotated="",
    )
    factors = path.support.argmax(axis=1)
    regions = np.searchsorted(path.rois, path.matched_rois[:, 0])
    leaked = path.leakage[factors, regions]
    assert (np.diff(leaked) <= 0).all()
    assert len(set(factors.tolist())) > 1


def test_samples_are_read_once_for_all_prices(loadings, labels, monkeypatch):
    passes = []

    def count_passes(*args, **settings):
        passes.append(args)
        return original(*args, **settings)

    original = _evidence.pack_activity
    monkeypatch.setattr(_evidence, "pack_activity", count_passes)
    lam_path(loadings, labels, LAMS)
    assert len(passes) == 1


@pytest.mark.parametrize(
    "lams, error, words",
    [
        (0.5, ValueError, r"lams has shape \(\); .* pass \[lam\]"),
        ([], ValueError, r"lams has shape \(0,\)"),
        ([[0.5]], ValueError, r"lams has shape \(1, 1\)"),
        ([0.5, -1.0], ValueError, r"lams\[1\]=-1.0 must be finite and at least 0"),
        ([np.nan], ValueError, r"lams\[0\]=nan"),
        (["high"], TypeError, r"lams\[0\]='high' must be a number"),
        ([True], TypeError, r"lams\[0\]=True must be a number"),
    ],
)
def test_bad_prices_are_an_error_that_names_them(lams, error, words):
    with pytest.raises(error, match=words):
        lam_path(np.eye(3), [1, 2, 3], lams)


def test_an_unknown_assignment_is_an_error():
    with pytest.raises(ValueError, match="assignment='best' must be one of"):
        lam_path(np.eye(3), [1, 2, 3], [0.5], assignment="best")
