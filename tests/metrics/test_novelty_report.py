"""Tests of sklearn_microarch.metrics._novelty_report."""

import numpy as np
import pytest

from sklearn_microarch.metrics import novelty_report


@pytest.fixture
def judged(rng):
    """Return novelty, what is known, and the nearest regions."""
    known = np.repeat([True, False], [80, 40])
    novelty = np.where(known, rng.random(120), 0.4 + rng.random(120)).round(2)
    return novelty, known, np.array(["CTX", "VP", "ZI"])[rng.integers(0, 3, 120)]


def test_auroc_is_the_share_of_pairs_in_order(judged):
    novelty, known, nearest = judged
    report = novelty_report(novelty, known, nearest=nearest)

    def pairs(of_known):
        unknown, other = novelty[~known][:, None], novelty[of_known][None]
        return ((unknown > other) + 0.5 * (unknown == other)).mean()

    assert report.auroc == pytest.approx(pairs(known))
    for region, found in report.auroc_of_region.items():
        assert found == pytest.approx(pairs(known & (nearest == region)))


def test_shares_are_of_rows_above_one(judged):
    novelty, known, nearest = judged
    report = novelty_report(novelty, known, nearest=nearest)
    assert (report.n_known, report.n_unknown) == (80, 40)
    assert report.known_share == 0
    assert report.unknown_share == pytest.approx((novelty[~known] > 1).mean())
    assert sum(report.looks_like.values()) == pytest.approx(1)
    shares = list(report.looks_like.values())
    assert shares == sorted(shares, reverse=True)
    for region, share in report.looks_like.items():
        assert share == pytest.approx((nearest[~known] == region).mean())


def test_a_region_without_known_rows_has_no_auroc(judged):
    novelty, known, nearest = judged
    nearest[known] = "CTX"
    report = novelty_report(novelty, known, nearest=nearest)
    assert list(report.auroc_of_region) == ["CTX"]
    assert {row["region"] for row in report.to_rows()} == {"CTX", "VP", "ZI"}
    assert "looks like" in str(report)
    assert novelty_report(novelty, known).to_rows() == []


def test_bad_input_is_named():
    with pytest.raises(TypeError, match="known has dtype int64"):
        novelty_report([1.0, 2.0], [1, 0])
    with pytest.raises(ValueError, match="known holds 2 known and 0 unknown rows"):
        novelty_report([1.0, 2.0], [True, True])
    with pytest.raises(ValueError, match="novelty has 2, known has 3"):
        novelty_report([1.0, 2.0], [True, False, True])
    with pytest.raises(ValueError, match="novelty holds 1 NaN"):
        novelty_report([1.0, np.nan], [True, False])
