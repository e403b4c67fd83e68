"""Tests of sklearn_microarch.clustering.exemplars."""

import numpy as np
import pytest

from sklearn_microarch import Patches
from sklearn_microarch.clustering import exemplars


@pytest.fixture
def scores(rng):
    return rng.dirichlet(np.ones(3), size=200)


def test_typical_rows_have_the_highest_scores_of_their_group(scores):
    found = exemplars(scores, n_each=4, random_state=0)
    groups = scores.argmax(axis=1)
    for group in range(3):
        members = np.flatnonzero(groups == group)
        best = members[np.argsort(-scores[members, group])[:4]]
        assert found.typical[group].tolist() == best.tolist()
        assert found.n_members[group] == len(members)


def test_borderline_rows_are_nearly_in_another_group(scores):
    found = exemplars(scores, n_each=2, random_state=0)
    lead = np.diff(np.sort(scores, axis=1)[:, -2:], axis=1)[:, 0]
    groups = scores.argmax(axis=1)
    for group in range(3):
        members = np.flatnonzero(groups == group)
        assert found.borderline[group, 0] == members[lead[members].argmin()]


def test_random_rows_are_members_and_follow_the_seed(scores):
    first, again, other = (
        exemplars(scores, n_each=5, random_state=seed).random for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (scores.argmax(axis=1)[first] == np.arange(3)[:, None]).all()
    assert all(len(set(rows)) == 5 for rows in first.tolist())


def test_given_labels_win_over_the_highest_score(scores):
    labels = np.full(200, -1)
    labels[[3, 5]] = 1
    found = exemplars(scores, labels, n_each=3)
    assert sorted(found.typical[1].tolist()) == [-1, 3, 5]
    assert found.typical[0].tolist() == [-1, -1, -1]
    assert found.n_members.tolist() == [0, 2, 0]


def test_rows_without_scores_are_left_out():
    found = exemplars([[1.0, 0.0], [np.nan, 2.0]], n_each=2)
    assert found.typical.tolist() == [[0, -1], [-1, -1]]
    assert [row["row"] for row in found.to_rows()] == [0, 0, 0]


def test_chosen_patches_of_a_kind_share_no_pixel(rng):
    rows, cols = np.mgrid[8:92:2, 8:92:2].reshape(2, -1)
    patches = Patches(np.zeros((100, 100)), np.column_stack([rows, cols]), 16)
    # Highest scores lie side by side.
    scores = -np.hypot(rows - 30, cols - 30)[:, None] * [1.0, 2.0]
    found = exemplars(scores, patches=patches, n_each=5, random_state=0)
    for kind in ("typical", "random", "borderline"):
        at = patches.positions[getattr(found, kind)[0], 1:]
        apart = np.abs(at[:, None] - at).max(axis=2)[np.triu_indices(5, 1)]
        assert apart.min() >= 16
    assert found.typical[0, 0] == np.hypot(rows - 30, cols - 30).argmin()


def test_a_single_group_borders_on_its_weakest_rows():
    found = exemplars([[3.0], [1.0], [2.0]], n_each=1)
    assert (found.typical[0, 0], found.borderline[0, 0]) == (0, 1)


def test_infinite_log_densities_are_no_trouble():
    scores = [[0.0, -np.inf], [-1.0, -1.1], [-np.inf, -np.inf]]
    found = exemplars(scores, [0, 0, 0], n_each=3)
    assert found.typical[0].tolist() == [0, 1, 2]
    assert found.borderline[0, 0] == 1


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"labels": [0, 3]}, ValueError, "labels holds 3, but scores has 2 columns"),
        ({"labels": [0, -2]}, ValueError, "labels holds -2"),
        ({"labels": [0.0, 1.0]}, TypeError, "labels has dtype float64"),
        ({"labels": [0]}, ValueError, r"labels has shape \(1,\)"),
        ({"n_each": 0}, ValueError, "n_each=0"),
        ({"patches": np.zeros((2, 4, 4))}, TypeError, "patches="),
        ({"scores": [1.0, 2.0]}, ValueError, r"scores has shape \(2,\)"),
        ({"scores": np.zeros((0, 2))}, ValueError, "must not be empty"),
    ],
)
def test_wrong_arguments_are_named(change, error, message):
    arguments = {"scores": [[1.0, 0.0], [0.0, 1.0]]} | change
    with pytest.raises(error, match=message):
        exemplars(**arguments)
