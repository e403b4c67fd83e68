"""Tests of sklearn_microarch.selection._scores."""

import numpy as np
import pytest

from sklearn_microarch.selection._scores import score_regions


@pytest.mark.parametrize("normalize", [False, True])
def test_scores_match_sets_counted_one_pair_at_a_time(rng, normalize):
    active = rng.uniform(size=(60, 5)) > 0.6
    codes = rng.integers(0, 4, size=60)
    result = score_regions(active, codes, n_regions=3, lam=0.3, normalize=normalize)

    for factor in range(5):
        on = set(np.flatnonzero(active[:, factor]))
        for region in range(3):
            inside = set(np.flatnonzero(codes == region))
            outside = set(range(60)) - inside
            coverage, leakage = len(on & inside), len(on & outside)
            if normalize:
                coverage, leakage = coverage / len(inside), leakage / len(outside)
            assert result.coverage[factor, region] == coverage
            assert result.leakage[factor, region] == leakage
            assert result.scores[factor, region] == pytest.approx(
                coverage - 0.3 * leakage
            )


def test_a_sample_of_no_region_leaks_for_every_region():
    active = np.array([[True], [True], [True]])
    codes = np.array([0, 1, 2])
    result = score_regions(active, codes, n_regions=2, lam=1.0, normalize=False)
    assert result.coverage.tolist() == [[1.0, 1.0]]
    assert result.leakage.tolist() == [[2.0, 2.0]]


def test_a_region_that_is_everywhere_has_no_leakage():
    active = np.array([[True, False], [True, True]])
    result = score_regions(
        active, np.array([0, 0]), n_regions=1, lam=1.0, normalize=True
    )
    assert result.leakage.tolist() == [[0.0], [0.0]]
    assert result.scores.tolist() == [[1.0], [0.5]]
