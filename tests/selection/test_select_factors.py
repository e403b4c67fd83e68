"""Tests of sklearn_microarch.selection._select_factors."""

import numpy as np
import pytest

from sklearn_microarch.selection import select_factors


def published_rule(loadings, labels, n_selected, lam):
    """Follow the published words: score, take the best, drop its row and column."""
    regions = sorted(set(labels.tolist()) - {-1})
    left_factors, left_regions = list(range(loadings.shape[1])), regions
    chosen = []
    for _ in range(n_selected):
        best_score, best_pair = None, None
        for factor in left_factors:
            for region in left_regions:
                coverage = leakage = 0
                for loading, label in zip(loadings[:, factor], labels, strict=True):
                    coverage += loading > 0 and label == region
                    leakage += loading > 0 and label != region
                score = coverage - lam * leakage
                if best_score is None or score > best_score:
                    best_score, best_pair = score, (factor, region)
        chosen.append(best_pair)
        left_factors = [f for f in left_factors if f != best_pair[0]]
        left_regions = [r for r in left_regions if r != best_pair[1]]
    return chosen


@pytest.mark.parametrize("seed", range(200))
def test_the_defaults_are_the_published_rule(seed):
    rng = np.random.default_rng(seed)
    n_samples, n_factors = rng.integers(8, 25), rng.integers(1, 7)
    n_regions = int(rng.integers(1, 5))
    loadings = rng.gamma(1.0, size=(n_samples, n_factors))
    loadings *= rng.uniform(size=loadings.shape) < rng.uniform(0.2, 0.9)
    labels = np.append(
        np.arange(n_regions), rng.integers(-1, n_regions, size=n_samples - n_regions)
    )
    lam = float(rng.choice([0.0, 0.25, 0.5, 1.0, 2.0]))
    n_selected = int(rng.integers(1, min(n_factors, n_regions) + 1))

    selection = select_factors(
        loadings, labels, n_features_to_select=n_selected, lam=lam, unannotated=-1
    )
    in_order = np.argsort(selection.ranking, kind="stable")[:n_selected]
    region_of = dict(
        zip(
            np.flatnonzero(selection.support).tolist(),
            selection.matched_rois.tolist(),
            strict=True,
        )
    )
    found = [(factor, region_of[factor]) for factor in in_order.tolist()]
    assert found == published_rule(loadings, labels, n_selected, lam)


def test_more_factors_than_regions_are_an_error(rng):
    """The published code returns factor 0 again and again instead."""
    loadings, labels = rng.uniform(size=(20, 7)), np.arange(20) % 5
    with pytest.raises(ValueError, match=r"n_features_to_select=6 .* n_regions=5"):
        select_factors(loadings, labels, n_features_to_select=6)


def test_raw_counts_let_a_large_region_outrank_a_small_one():
    """Factor 0 fills half of a large region, factor 1 all of a small one."""
    labels = np.array([0] * 20 + [1] * 4)
    loadings = np.zeros((24, 2))
    loadings[:10, 0] = 1.0
    loadings[20:, 1] = 1.0
    raw = select_factors(loadings, labels)
    shares = select_factors(loadings, labels, normalize=True)
    assert raw.ranking.tolist() == [1, 2]
    assert shares.ranking.tolist() == [2, 1]
    assert raw.coverage.tolist() == [[10.0, 0.0], [0.0, 4.0]]
    assert shares.coverage.tolist() == [[0.5, 0.0], [0.0, 1.0]]
    assert shares.leakage.tolist() == [[0.0, 0.5], [1.0, 0.0]]


def test_unannotated_samples_leak_unless_they_are_not_counted():
    """Factor 0 covers more, and is on in the background; factor 1 is not."""
    labels = np.array([3, 3, 3, 3, -1, -1, -1, -1])
    loadings = np.array([[1, 1]] * 3 + [[1, 0]] * 5, dtype=float)
    counted = select_factors(loadings, labels, unannotated=-1)
    left_out = select_factors(loadings, labels, unannotated=-1, count_unannotated=False)
    assert counted.leakage.tolist() == [[4.0], [0.0]]
    assert counted.support.tolist() == [False, True]
    assert left_out.leakage.tolist() == [[0.0], [0.0]]
    assert left_out.support.tolist() == [True, False]


def test_unannotated_samples_form_no_region():
    loadings = np.eye(3)
    assert select_factors(loadings, [-1, 2, 1], unannotated=-1).rois.tolist() == [1, 2]
    assert select_factors(loadings, [-1, 2, 1]).rois.tolist() == [-1, 1, 2]


def test_names_and_numbers_select_alike(rng):
    loadings = rng.gamma(1.0, size=(40, 4)) * (rng.uniform(size=(40, 4)) > 0.5)
    codes = rng.integers(-1, 3, size=40)
    names = np.array(["CTX", "VP", "ZI", ""])
    by_code = select_factors(loadings, codes, unannotated=-1)
    by_name = select_factors(loadings, names[codes], unannotated=-1)
    np.testing.assert_array_equal(by_name.scores, by_code.scores)
    np.testing.assert_array_equal(by_name.matched_rois, names[by_code.matched_rois])


@pytest.mark.parametrize("lam, expected", [(0.0, 0), (1.0, 1)])
def test_lam_trades_dense_for_localized(lam, expected):
    """Factor 0 covers 4 of 4 but leaks 4; factor 1 covers 3 and leaks 0."""
    loadings = np.array([[1, 1]] * 3 + [[1, 0]] * 5, dtype=float)
    labels = np.array([1] * 4 + [-1] * 4)
    selection = select_factors(loadings, labels, lam=lam, unannotated=-1)
    assert np.flatnonzero(selection.support).tolist() == [expected]


def test_a_factor_is_active_strictly_above_the_threshold():
    loadings = np.array([[0.0], [0.2], [0.3]])
    labels = np.array([0, 0, 0])
    assert select_factors(loadings, labels).coverage.item() == 2.0
    assert select_factors(loadings, labels, threshold=0.2).coverage.item() == 1.0


def test_optimal_can_choose_other_pairs_than_greedy():
    """Greedy takes the pair worth 10 and is left with 0; optimal takes 9 + 9."""
    labels = np.repeat([0, 1], 10)
    loadings = np.zeros((20, 2))
    loadings[:10, 0], loadings[10:19, 0] = 1.0, 1.0
    loadings[:9, 1] = 1.0
    greedy = select_factors(loadings, labels, lam=0.0)
    optimal = select_factors(loadings, labels, lam=0.0, assignment="optimal")
    assert greedy.matched_rois.tolist() == [0, 1]
    assert optimal.matched_rois.tolist() == [1, 0]


def test_redundancy_and_joint_coverage_describe_the_chosen_factors_only():
    """The factor left out is on everywhere, and would raise both."""
    labels = np.array([0, 0, 0, 1, 1, 1, -1, -1])
    loadings = np.zeros((8, 3))
    loadings[:, 0] = 1.0
    loadings[[0, 1], 1] = 1.0
    loadings[[1, 3, 4], 2] = 1.0
    selection = select_factors(loadings, labels, lam=2.0, unannotated=-1)
    assert selection.support.tolist() == [False, True, True]
    assert selection.redundancy == pytest.approx(1 / 4)
    assert selection.joint_coverage == pytest.approx(4 / 6)


def test_only_unannotated_labels_are_an_error():
    with pytest.raises(ValueError, match="hold the unannotated label -1"):
        select_factors(np.ones((4, 2)), np.full(4, -1), unannotated=-1)


@pytest.mark.parametrize(
    "changes, error, words",
    [
        ({"lam": -0.1}, ValueError, "lam=-0.1 must be finite and at least 0"),
        ({"lam": np.nan}, ValueError, "lam=nan"),
        ({"lam": np.inf}, ValueError, "lam=inf"),
        ({"lam": "0.5"}, TypeError, "lam='0.5' must be a number"),
        ({"threshold": -1}, ValueError, "threshold=-1"),
        ({"threshold": None}, TypeError, "threshold=None"),
        ({"assignment": "best"}, ValueError, "assignment='best' must be one of"),
        ({"n_features_to_select": 0}, ValueError, "n_features_to_select=0"),
        ({"n_features_to_select": 1.5}, TypeError, "n_features_to_select=1.5"),
        ({"loadings": -np.eye(3)}, ValueError, "Negative values .* loadings"),
        ({"loadings": np.full((3, 2), np.nan)}, ValueError, "Input loadings contains"),
        ({"loadings": np.ones(3)}, ValueError, "Expected 2D array"),
        ({"labels": [1, 2]}, ValueError, "rows: loadings has 3, labels has 2"),
        ({"labels": [1, "VP", 2]}, TypeError, "labels mixes label types"),
        ({"labels": [1.0, np.nan, 2.0]}, ValueError, "Input labels contains NaN"),
    ],
)
def test_bad_input_is_an_error_that_names_it(changes, error, words):
    arguments = {"loadings": np.eye(3), "labels": [1, 2, 3], **changes}
    with pytest.raises(error, match=words):
        select_factors(arguments.pop("loadings"), arguments.pop("labels"), **arguments)
