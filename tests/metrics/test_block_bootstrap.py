"""Tests of sklearn_microarch.metrics._block_bootstrap."""

import numpy as np
import pytest
from scipy import ndimage, stats
from sklearn.metrics import balanced_accuracy_score

from sklearn_microarch import Patches
from sklearn_microarch.metrics import _block_bootstrap, block_bootstrap
from sklearn_microarch.metrics._block_bootstrap import resample_blocks, sum_over_blocks
from sklearn_microarch.spatial import spatial_blocks


@pytest.fixture
def rows(rng):
    """Return regions, blocks and whether rows are right, more so in some blocks."""
    blocks = rng.integers(0, 40, 3000)
    labels = np.where(rng.random(3000) < 0.2 + 0.6 * (blocks % 2), "CTX", "VP")
    right = rng.random(3000) < rng.beta(8, 2, 40)[blocks]
    return labels, blocks, right


def least(means, counts):
    return means.min(axis=-1)


def of_rows(means, counts):
    return (means * counts).sum(axis=-1) / counts.sum(axis=-1)


def test_the_estimate_is_the_balanced_accuracy(rows):
    labels, blocks, right = rows
    wrong = np.where(labels == "VP", "CTX", "VP")
    found = block_bootstrap(right, labels, blocks, random_state=0)
    expected = balanced_accuracy_score(labels, np.where(right, labels, wrong))
    assert found.estimate == pytest.approx(expected)
    assert found.low < found.estimate < found.high
    assert found.regions.tolist() == ["CTX", "VP"]
    for at, region in enumerate(found.regions):
        assert found.region_estimate[at] == pytest.approx(
            right[labels == region].mean()
        )
        assert found.n_rows[at] == (labels == region).sum()
        assert found.n_blocks[at] == len(np.unique(blocks[labels == region]))


def test_a_constant_statistic_has_an_interval_of_no_width(rows):
    labels, blocks, _ = rows
    for against, value in ((None, 1), (np.zeros(3000), 1), (np.ones(3000), 0)):
        found = block_bootstrap(np.ones(3000), labels, blocks, against=against)
        assert found.low == found.estimate == found.high == value
        assert (found.region_low == found.region_high).all()


def test_blocks_of_one_row_are_the_bootstrap_of_rows(rng):
    labels, right = np.repeat([3, 5], [300, 100]), rng.random(400) < 0.8
    found = block_bootstrap(
        right, labels, np.arange(400), n_resamples=20_000, random_state=0
    )
    rows = rng.integers(0, 400, (20_000, 400))
    means = [
        np.where(labels[rows] == region, right[rows], 0).sum(axis=1)
        / (labels[rows] == region).sum(axis=1)
        for region in (3, 5)
    ]
    low, high = np.quantile(np.mean(means, axis=0), [0.025, 0.975])
    assert found.low == pytest.approx(low, abs=0.003)
    assert found.high == pytest.approx(high, abs=0.003)
    # And nearly that of independent rows.
    recall = found.region_estimate
    variance = (recall * (1 - recall) / [300, 100]).sum() / 4
    width = 2 * stats.norm.ppf(0.975) * np.sqrt(variance)
    assert found.high - found.low == pytest.approx(width, rel=0.05)


def test_rows_that_repeat_their_block_narrow_nothing(rng):
    labels, right = np.repeat([3, 5], 40), rng.random(80) < 0.7
    once = block_bootstrap(right, labels, np.arange(80), random_state=0)
    often = block_bootstrap(
        np.repeat(right, 50),
        np.repeat(labels, 50),
        np.repeat(np.arange(80), 50),
        random_state=0,
    )
    assert (once.low, once.high) == (often.low, often.high)


@pytest.mark.parametrize("n_blocks, lowest", [(60, 0.92), (12, 0.85)])
def test_intervals_hold_the_truth_as_often_as_they_say(n_blocks, lowest):
    rng = np.random.default_rng(1)
    blocks = np.arange(n_blocks * 30) // 30
    held = held_by_rows = 0
    for _ in range(300):
        # Each block has its own recall, of mean 0.8, and rows of both regions.
        labels = (rng.random(len(blocks)) < rng.random(n_blocks)[blocks]).astype(int)
        right = rng.random(len(blocks)) < rng.beta(4, 1, n_blocks)[blocks]
        found = block_bootstrap(
            right, labels, blocks, n_resamples=400, random_state=rng.integers(2**31)
        )
        held += found.low <= 0.8 <= found.high
        wrongly = 1.96 * np.sqrt(0.8 * 0.2 / len(blocks))
        held_by_rows += abs(found.estimate - 0.8) < wrongly
    assert lowest < held / 300 < 0.98
    assert held_by_rows / 300 < 0.8


def test_drawing_fewer_blocks_makes_up_for_patches_that_reach_over():
    rng = np.random.default_rng(2)
    size, shape = 8, (72, 96)
    centres = np.stack(np.mgrid[: shape[0], : shape[1]], axis=-1).reshape(-1, 2)
    patches = Patches(np.zeros((80, 104)), centres + size // 2, size)
    blocks = spatial_blocks(patches)
    labels = np.zeros(len(patches), dtype=int)
    held = held_plainly = 0
    for _ in range(120):
        # What a row shows is the mean of its patch's noise: right where it is low.
        noise = rng.normal(size=(80, 104))
        shown = ndimage.uniform_filter(noise, size)[4:76, 4:100] * size
        right = shown.ravel() < stats.norm.ppf(0.85)
        seed = rng.integers(2**31)
        each = [
            block_bootstrap(right, labels, b, n_resamples=300, random_state=seed)
            for b in (blocks, blocks.labels)
        ]
        held += each[0].low <= 0.85 <= each[0].high
        held_plainly += each[1].low <= 0.85 <= each[1].high
    assert 0.9 < held / 120 < 0.99
    assert held_plainly / 120 < 0.9


def test_a_lead_is_paired(rows, rng):
    labels, blocks, right = rows
    worse = right & (rng.random(3000) < 0.95)
    lead = block_bootstrap(right, labels, blocks, against=worse, random_state=0)
    assert lead.is_difference
    one, other = (
        block_bootstrap(v, labels, blocks, random_state=0) for v in (right, worse)
    )
    assert lead.estimate == pytest.approx(one.estimate - other.estimate)
    assert lead.low > 0
    assert lead.high - lead.low < (one.high - one.low) / 3
    np.testing.assert_allclose(
        lead.region_estimate, one.region_estimate - other.region_estimate
    )
    back = block_bootstrap(worse, labels, blocks, against=right, random_state=0)
    assert (back.low, back.high) == pytest.approx((-lead.high, -lead.low))
    # Where the statistic is a mean of means, it is that of the differences.
    same = block_bootstrap(right * 1.0 - worse, labels, blocks, random_state=0)
    assert (same.low, same.high) == pytest.approx((lead.low, lead.high))


@pytest.mark.parametrize("statistic", [least, of_rows])
def test_any_statistic_of_means_and_counts(rows, statistic):
    labels, blocks, right = rows
    found = block_bootstrap(right, labels, blocks, statistic=statistic, random_state=0)
    expected = {least: found.region_estimate.min(), of_rows: right.mean()}[statistic]
    assert found.estimate == pytest.approx(expected)
    assert found.low < expected < found.high
    lead = block_bootstrap(
        right, labels, blocks, against=labels == "VP", statistic=statistic
    )
    base = {least: 0, of_rows: (labels == "VP").mean()}[statistic]
    assert lead.estimate == pytest.approx(expected - base)


def test_regions_of_few_blocks_are_flagged(rows):
    labels, blocks, right = rows
    labels = np.where(blocks < 3, "ZI", labels)
    labels[blocks == 3] = "TRN"
    found = block_bootstrap(right, labels, blocks, random_state=0)
    assert dict(zip(found.regions, found.few_blocks, strict=True)) == {
        "CTX": False,
        "TRN": True,
        "VP": False,
        "ZI": True,
    }
    assert not found.is_trusted
    assert np.isnan(found.region_low).tolist() == [False, True, False, False]
    assert found.low < found.high
    text = str(found)
    assert "none *" in text
    assert text.endswith("* of fewer than 5 blocks: not to be trusted")
    assert [row["region"] for row in found.to_rows()] == [
        "CTX",
        "TRN",
        "VP",
        "ZI",
        "all",
    ]
    assert "*" not in str(block_bootstrap(right, rows[0], blocks, random_state=0))


def test_one_block_or_hopelessly_few_give_no_interval():
    alone = block_bootstrap([1, 0, 1], [1, 1, 2], [0, 0, 0])
    assert alone.estimate == 0.75
    assert np.isnan([alone.low, alone.high]).all()
    apart = block_bootstrap(np.ones(20), np.arange(20) // 2, np.arange(20) // 2)
    assert np.isnan([apart.low, apart.high, *apart.region_low]).all()


def test_unannotated_rows_and_their_blocks_do_not_count(rows):
    labels, blocks, right = rows
    more = [np.append(a, [b] * 50) for a, b in ((right, 0), (labels, ""), (blocks, 99))]
    assert (
        block_bootstrap(*more, unannotated="", random_state=0).to_rows()
        == block_bootstrap(right, labels, blocks, random_state=0).to_rows()
    )


def test_a_seed_repeats_and_a_level_narrows(rows):
    labels, blocks, right = rows
    wide, again = (block_bootstrap(right, labels, blocks, random_state=5) for _ in "ab")
    assert wide.to_rows() == again.to_rows()
    narrow = block_bootstrap(
        right, labels, blocks, confidence_level=0.5, random_state=5
    )
    assert wide.low < narrow.low < narrow.high < wide.high


def test_bad_input_is_named(rows):
    labels, blocks, right = rows
    with pytest.raises(ValueError, match="of rows: values has 3000"):
        block_bootstrap(right, labels, blocks[:5])
    with pytest.raises(ValueError, match="against holds 3000 NaN"):
        block_bootstrap(right, labels, blocks, against=np.full(3000, np.nan))
    with pytest.raises(ValueError, match=r"values has shape \(3000, 1\)"):
        block_bootstrap(right[:, None], labels, blocks)
    with pytest.raises(ValueError, match=r"blocks has shape \(3000, 1\)"):
        block_bootstrap(right, labels, blocks[:, None])
    with pytest.raises(ValueError, match="confidence_level=95 must lie between"):
        block_bootstrap(right, labels, blocks, confidence_level=95)
    with pytest.raises(TypeError, match=r"n_resamples=0\.5 must be an integer"):
        block_bootstrap(right, labels, blocks, n_resamples=0.5)
    for bad, error in ((None, TypeError), (np.nan, ValueError), (0.5, ValueError)):
        with pytest.raises(error, match="blocks"):
            block_bootstrap(right, labels, [bad, *blocks[1:]])
    with pytest.raises(ValueError, match=r"n_resamples=1000.* must be at most"):
        block_bootstrap(right, labels, blocks, n_resamples=10**27)
    with pytest.raises(ValueError, match=r"statistic gives an array of shape \(\)"):
        block_bootstrap(right, labels, blocks, statistic=lambda means, _: means.mean())
    with pytest.raises(ValueError, match="labels has no annotated row"):
        block_bootstrap([1.0], [""], [0], unannotated="")


def test_cells_count_rows_and_sum_values(rng):
    values = rng.normal(size=(200, 2))
    codes, blocks = rng.integers(0, 3, 200), rng.choice(["a", "b", "d", "x"], 200)
    cells = sum_over_blocks(values, codes, blocks, n_regions=3)
    assert cells.shape == (4, 3, 3)
    for at, name in enumerate(["a", "b", "d", "x"]):
        for code in range(3):
            rows = (blocks == name) & (codes == code)
            assert cells[at, code, 0] == rows.sum()
            np.testing.assert_allclose(cells[at, code, 1:], values[rows].sum(axis=0))


def test_resamples_are_sums_of_whole_blocks_and_hold_every_region(rng):
    # Blocks of 1, 10, 100 and 1000 rows: a total tells how often each was drawn.
    cells = np.zeros((4, 2, 2))
    cells[:, 0, 0] = [1, 10, 100, 1000]
    cells[2, 1, 0] = 7
    cells[..., 1] = cells[..., 0] / 2
    totals = resample_blocks(
        cells, n_drawn=3, n_resamples=4000, rng=np.random.RandomState(0)
    )
    assert totals.shape == (4000, 2, 2)
    np.testing.assert_array_equal(totals[..., 1], totals[..., 0] / 2)
    drawn = totals[:, 0, 0].astype(int)
    times = np.stack([drawn // 10**power % 10 for power in range(4)], axis=1)
    assert (times.sum(axis=1) == 3).all()
    assert (times[:, 2] >= 1).all()
    np.testing.assert_array_equal(totals[:, 1, 0], 7 * times[:, 2])
    # Given that the third is among three draws, the others have mean 2/3 of what
    # is left: 3 - E[times of the third] over three blocks.
    expected = (3 - 0.75 / (1 - 0.75**3)) / 3
    np.testing.assert_allclose(times[:, [0, 1, 3]].mean(axis=0), expected, atol=0.04)


def test_they_do_not_depend_on_how_many_are_drawn_at_a_time(monkeypatch, rng):
    cells = rng.integers(1, 5, size=(30, 2, 2)).astype(float)
    few = {"n_drawn": 30, "n_resamples": 50}
    whole = resample_blocks(cells, rng=np.random.RandomState(3), **few)
    monkeypatch.setattr(_block_bootstrap, "_PICKS_AT_A_TIME", 70)
    parts = resample_blocks(cells, rng=np.random.RandomState(3), **few)
    np.testing.assert_array_equal(whole, parts)


def test_none_are_returned_where_regions_hardly_meet():
    cells = np.zeros((8, 8, 2))
    cells[np.arange(8), np.arange(8), 0] = 1
    totals = resample_blocks(
        cells, n_drawn=4, n_resamples=20, rng=np.random.RandomState(0)
    )
    assert totals.shape == (0, 8, 2)
