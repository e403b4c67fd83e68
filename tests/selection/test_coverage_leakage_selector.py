"""Tests of sklearn_microarch.selection._coverage_leakage_selector."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.utils._param_validation import InvalidParameterError

from sklearn_microarch.selection import CoverageLeakageSelector, select_factors


@pytest.fixture
def loadings(rng):
    return rng.gamma(1.0, size=(90, 7)) * (rng.uniform(size=(90, 7)) > 0.6)


@pytest.fixture
def labels(rng):
    return np.array(["", "CTX", "STR", "VP"])[rng.integers(0, 4, size=90)]


@pytest.mark.parametrize("assignment", ["greedy", "optimal"])
@pytest.mark.parametrize("normalize", [False, True])
def test_the_estimator_and_the_pure_function_agree(
    loadings, labels, assignment, normalize
):
    settings = {
        "n_features_to_select": 2,
        "lam": 0.3,
        "assignment": assignment,
        "normalize": normalize,
        "threshold": 0.2,
        "count_unannotated": False,
        "unannotated": "",
    }
    selector = CoverageLeakageSelector(**settings).fit(loadings, labels)
    selection = select_factors(loadings, labels, **settings)
    for name, value in vars(selection).items():
        np.testing.assert_array_equal(getattr(selector, f"{name}_"), value)


def test_matched_rois_follow_the_columns_of_transform():
    loadings = np.array([[0.0, 5.0]] * 3 + [[2.0, 0.0]] * 2)
    labels = np.array(["VP"] * 3 + ["CTX"] * 2)
    selector = CoverageLeakageSelector().fit(loadings, labels)
    assert selector.ranking_.tolist() == [2, 1]
    assert selector.matched_rois_.tolist() == ["CTX", "VP"]


def test_transform_keeps_the_columns_of_the_support_in_order(loadings, labels):
    selector = CoverageLeakageSelector(2, unannotated="").fit(loadings, labels)
    kept = np.flatnonzero(selector.support_)
    np.testing.assert_array_equal(selector.transform(loadings), loadings[:, kept])
    names = [f"nmf{index}" for index in range(7)]
    assert selector.get_feature_names_out(names).tolist() == [names[i] for i in kept]


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_data_frames_come_out_under_the_global_setting(loadings, labels, kind):
    pytest.importorskip(kind)
    selector = CoverageLeakageSelector(2, unannotated="")
    expected = selector.fit(loadings, labels).transform(loadings)
    frame = pd.DataFrame(loadings).add_prefix("nmf").set_index(np.arange(90) + 5)
    with config_context(transform_output=kind):
        found = selector.fit(frame, labels).transform(frame)
    kept = [f"nmf{index}" for index in np.flatnonzero(selector.support_)]
    assert type(found).__module__.startswith(kind)
    assert list(found.columns) == kept
    if kind == "pandas":
        assert found.index.equals(frame.index)
    np.testing.assert_array_equal(found.to_numpy(), expected)
    np.testing.assert_array_equal(
        selector.inverse_transform(expected)[:, selector.support_], expected
    )


def test_every_factor_is_kept_when_there_are_regions_enough(loadings, rng):
    selector = CoverageLeakageSelector().fit(loadings, rng.permutation(90) % 9)
    assert selector.support_.all()


def test_a_failed_refit_leaves_the_earlier_fit_whole(loadings, labels):
    frame = pd.DataFrame(loadings).add_prefix("nmf")
    selector = CoverageLeakageSelector().fit(frame, labels)
    before, state = selector.transform(frame), set(vars(selector))
    other = pd.DataFrame(loadings[:, :3]).add_prefix("pca")

    with pytest.raises(ValueError, match="n_features_to_select=9 must be at least 1"):
        selector.set_params(n_features_to_select=9).fit(other, labels)
    with pytest.raises(ValueError, match="Negative values"):
        selector.fit(-other, labels)
    assert set(vars(selector)) == state
    assert selector.n_features_in_ == 7
    np.testing.assert_array_equal(selector.transform(frame), before)


def test_a_joblib_round_trip_changes_nothing(tmp_path, loadings, labels):
    selector = CoverageLeakageSelector(unannotated="").fit(loadings, labels)
    joblib.dump(selector, tmp_path / "selector.joblib")
    loaded = joblib.load(tmp_path / "selector.joblib")
    np.testing.assert_array_equal(
        loaded.transform(loadings), selector.transform(loadings)
    )
    assert joblib.hash(loaded) == joblib.hash(selector)


@pytest.mark.parametrize(
    "settings",
    [
        {"lam": -0.5},
        {"lam": np.nan},
        {"lam": np.inf},
        {"lam": "high"},
        {"threshold": -1.0},
        {"assignment": "best"},
        {"n_features_to_select": 0},
        {"n_features_to_select": 2.0},
        {"normalize": "yes"},
        {"count_unannotated": None},
        {"unannotated": 0.5},
    ],
)
def test_a_bad_parameter_is_named(settings, loadings, labels):
    with pytest.raises(InvalidParameterError, match=f"The '{next(iter(settings))}'"):
        CoverageLeakageSelector(**settings).fit(loadings, labels)


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda X: -X, "Negative values in data passed to CoverageLeakageSelector.fit"),
        (lambda X: np.where(X > 1, np.nan, X), "Input X contains NaN"),
        (lambda X: X[:, 0], "Expected 2D array"),
        (lambda X: X[:5], "numbers of rows: X has 5, y has 90"),
        (lambda X: X[:, :0], r"0 feature\(s\)"),
    ],
)
def test_bad_loadings_are_an_error_that_says_so(spoil, words, loadings, labels):
    with pytest.raises(ValueError, match=words):
        CoverageLeakageSelector().fit(spoil(loadings), labels)


def test_memory_maps_strides_and_other_dtypes_select_alike(tmp_path, rng):
    loadings = rng.integers(0, 5, size=(200, 6)).astype(np.uint8)
    labels = rng.integers(-1, 4, size=200)
    settings = {"threshold": 1.5, "unannotated": -1}
    expected = CoverageLeakageSelector(**settings).fit(loadings.astype(float), labels)
    np.save(tmp_path / "loadings.npy", loadings.astype(np.float32))
    for same in (
        loadings,
        loadings.astype(np.float16),
        loadings.astype(np.int64),
        np.asfortranarray(loadings),
        np.repeat(loadings, 2, axis=1)[:, ::2],
        np.load(tmp_path / "loadings.npy", mmap_mode="r"),
    ):
        selector = CoverageLeakageSelector(**settings).fit(same, labels)
        for name in ("scores_", "support_", "redundancy_", "iou_thresholds_"):
            np.testing.assert_array_equal(
                getattr(selector, name), getattr(expected, name)
            )


def test_loadings_that_are_all_zero_score_zero_and_tie_to_the_first():
    selector = CoverageLeakageSelector(2, unannotated=-1)
    selector.fit(np.zeros((6, 4)), [1, 1, 2, 2, 3, -1])
    assert not selector.scores_.any()
    assert selector.support_.tolist() == [True, True, False, False]
    assert (selector.redundancy_, selector.joint_coverage_) == (0.0, 0.0)
    assert selector.iou_thresholds_.tolist() == [0.0, 0.0]


def test_a_single_factor_and_a_constant_one_are_selected():
    selector = CoverageLeakageSelector().fit(np.full((5, 1), 2.0), [1, 1, 1, 2, 2])
    assert selector.matched_rois_.tolist() == [1]
    assert selector.coverage_.tolist() == [[3.0, 2.0]]


def test_only_unannotated_is_an_error():
    selector = CoverageLeakageSelector(unannotated=-1)
    with pytest.raises(ValueError, match="hold the unannotated label -1"):
        selector.fit(np.ones((4, 2)), np.full(4, -1))


def test_continuous_regions_are_an_error(loadings, rng):
    with pytest.raises(ValueError, match=r"y holds .*, which is no whole number"):
        CoverageLeakageSelector().fit(loadings, rng.uniform(size=90))
