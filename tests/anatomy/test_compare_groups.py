"""Groups of animals compared: what n is, what is found, what is said and refused."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from anatomy.tables import animals_table, joined

from sklearn_microarch.anatomy import RegionalTable, compare_groups
from sklearn_microarch.exceptions import (
    FewAnimalsWarning,
    ImagingDifferenceWarning,
    MissingRegionsWarning,
    PseudoReplicationWarning,
)

TWO = ["control"] * 4 + ["treated"] * 4
CLEAR = [1.0, 1.1, 0.9, 1.05, 0.6, 0.55, 0.65, 0.7]


def noisy_table(rng, *, n=4, regions=5, sections=4):
    """Return a table without a difference, in which sections of an animal are alike."""
    groups = ["control"] * n + ["treated"] * n
    tables = []
    for region in range(regions):
        table = animals_table(
            rng.normal(1, 0.15, 2 * n), groups, sections=sections, region=f"r{region}"
        )
        table["loading"] += rng.normal(0, 0.03, len(table["loading"]))
        tables.append(table)
    return joined(*tables)


def test_a_difference_that_is_there_is_found_with_its_size():
    result = compare_groups(animals_table(CLEAR, TWO, sections=3))
    assert result.groups == ("control", "treated")
    assert result.difference[0] == pytest.approx(0.625 - 1.0125)
    assert result.percent[0] == pytest.approx(100 * (0.625 - 1.0125) / 1.0125)
    assert result.low[0] < result.difference[0] < result.high[0] < 0
    assert result.p_value[0] == pytest.approx(2 / 70)
    assert result.counts.tolist() == [[4, 4]]
    assert (result.is_exact, result.n_permutations, result.n_tests) == (True, 70, 1)
    assert result.is_finding.tolist() == [True]


def test_the_order_of_groups_is_asked_for():
    result = compare_groups(animals_table(CLEAR, TWO), groups=("treated", "control"))
    assert result.difference[0] == pytest.approx(1.0125 - 0.625)


def test_sections_count_by_their_independent_patches():
    table = animals_table(CLEAR, TWO, sections=2)
    first = table["specimen"] == "m0"
    table["loading"][first] = [2.0, 1.0]
    table["n_independent"][first] = [30, 10]
    result = compare_groups(table)
    assert result.means[0, 0] == pytest.approx(np.mean([1.75, 1.1, 0.9, 1.05]))
    # In an area each section weighs the same.
    table["area_mm2"] = table["loading"]
    by_area = compare_groups(table, measure="area_mm2")
    assert by_area.means[0, 0] == pytest.approx(np.mean([1.5, 1.1, 0.9, 1.05]))


def test_more_sections_of_the_same_animals_change_nothing():
    few, many = (compare_groups(animals_table(CLEAR, TWO, sections=n)) for n in (1, 9))
    np.testing.assert_allclose(few.low, many.low)
    np.testing.assert_array_equal(few.p_value, many.p_value)


def test_sections_as_n_find_what_is_not_there_and_are_warned_of(rng):
    by_animal = by_section = 0
    for _ in range(40):
        table = noisy_table(rng)
        by_animal += compare_groups(table).is_finding.any()
        with pytest.warns(PseudoReplicationWarning, match="of one animal are alike"):
            result = compare_groups(
                table, unit="slice", n_permutations=199, random_state=0
            )
        by_section += result.is_finding.any()
        assert result.counts.tolist() == [[16, 16]] * 5
    # 2 of 70 relabellings: 1.1 of 40 expected.
    assert by_animal <= 6
    assert by_section >= 25
    assert "which are not animals" in " ".join(str(result).split())


def test_all_tests_are_corrected_for():
    alone = compare_groups(animals_table(CLEAR, TWO))
    rng = np.random.default_rng(3)
    others = [
        animals_table(rng.normal(1, 0.2, 8), TWO, region=f"r{i}") for i in range(30)
    ]
    among = compare_groups(joined(animals_table(CLEAR, TWO), *others))
    assert among.n_tests == 31
    assert alone.p_corrected[0] == alone.p_value[0]
    assert among.p_corrected[1:].min() > among.p_value[1:].min()
    assert (among.p_corrected >= among.p_value).all()


def test_both_sides_of_an_animal_are_compared_with_each_other(rng):
    animal = rng.normal(1, 0.5, 7)
    sides = [
        animals_table(
            animal + shift + rng.normal(0, 0.02, 7),
            ["x"] * 7,
            side=np.array([side] * 7),
        )
        for side, shift in (("left", 0.0), ("right", 0.1))
    ]
    table = joined(*sides)
    result = compare_groups(table, group="side", pair="side")
    assert result.groups == ("left", "right")
    assert result.counts.tolist() == [[7, 7]]
    assert result.difference[0] == pytest.approx(0.1, abs=0.03)
    assert result.p_value[0] == pytest.approx(2 / 2**7)
    assert result.high[0] - result.low[0] < 0.1
    assert "7 animals, both sides of each" in " ".join(str(result).split())
    # The side that was treated may be another in each animal.
    treated = np.array(["left", "right"] * 3 + ["left"])
    table["treatment"] = np.where(np.tile(treated, 2) == table["side"], "drug", "none")
    mixed = compare_groups(table, group="treatment", pair="side")
    assert mixed.counts.tolist() == [[7, 7]]


def test_animals_with_one_side_are_left_out_of_the_pairs(rng):
    sides = [
        animals_table(rng.normal(size=n), ["x"] * n, side=np.array([side] * n))
        for side, n in (("left", 5), ("right", 4))
    ]
    with pytest.warns(MissingRegionsWarning, match=r"\['m4'\] have one side only"):
        result = compare_groups(joined(*sides), group="side", pair="side")
    assert result.counts.tolist() == [[4, 4]]
    # Four pairs can give 2 / 16 at best: six are needed.
    assert result.smallest_p == 2 / 16
    assert "it takes 6 pairs" in " ".join(str(result).split())


@pytest.mark.parametrize("sizes", [(2, 2), (1, 4), (1, 1)])
def test_two_animals_a_group_give_estimates_and_what_it_would_take(sizes):
    groups = ["a"] * sizes[0] + ["b"] * sizes[1]
    values = np.concatenate([np.arange(n) * 0.2 for n in sizes])
    values[sizes[0] :] += 0.3
    with pytest.warns(
        FewAnimalsWarning, match="3 animals per group for a p value"
    ) as w:
        result = compare_groups(animals_table(values, groups))
    assert len(w) == 1
    assert "and 4 before it can reach 0.05 at all" in str(w[0].message)
    assert np.isfinite(result.difference[0])
    assert np.isnan(result.p_value[0])
    assert np.isnan(result.p_corrected[0])
    assert not result.is_finding[0]
    text = " ".join(str(result).split())
    assert "an estimate, not a test" in text
    assert "no p values" in text
    assert np.isnan(result.n_needed[0]) == (min(sizes) == 1)
    if sizes == (2, 2):
        # d = 0.3 / 0.1414 = 2.12: five per group have a power of 80 %.
        assert result.n_needed[0] == 5


def test_three_animals_a_group_have_p_values_that_cannot_be_small():
    result = compare_groups(
        animals_table([1, 1.1, 1.2, 5, 5.1, 5.2], ["a"] * 3 + ["b"] * 3)
    )
    assert result.p_value[0] == pytest.approx(0.1)
    assert result.n_needed[0] == 4
    assert "so few animals cannot give p below 0.05: it takes 4 animals" in " ".join(
        str(result).split()
    )


def test_regions_that_animals_lack_have_a_smaller_n_and_are_said_once(rng):
    whole = animals_table(CLEAR, TWO)
    part = animals_table(rng.normal(size=8), TWO, region="CC")
    few = animals_table(rng.normal(size=8), TWO, region="ZI")
    part = {name: column[1:] for name, column in part.items()}
    few = {name: column[2:] for name, column in few.items()}
    said = r"no value in CC \('m0'\), ZI \('m0', 'm1'\)"
    with pytest.warns(MissingRegionsWarning, match=said) as caught:
        result = compare_groups(joined(whole, part, few))
    assert len(caught) == 1
    assert "In ZI too few" in str(caught[0].message)
    assert result.counts.tolist() == [[4, 4], [3, 4], [2, 4]]
    assert np.isnan(result.p_value).tolist() == [False, False, True]
    assert result.n_tests == 2


def test_a_measure_of_a_region_is_one_test_however_often_it_is_written():
    table = joined(
        animals_table(CLEAR, TWO), animals_table(CLEAR, TWO, name="b", region="CTX")
    )
    table["grey_mean"] = np.tile(np.array(CLEAR) * 100, 2)
    result = compare_groups(table, measure="grey_mean")
    assert result.names.tolist() == ["grey_mean"]
    table["grey_mean"][0] += 1
    with pytest.raises(ValueError, match="twice for slice 's0' of specimen 'm0'"):
        compare_groups(table, measure="grey_mean")


def test_frames_tables_mappings_and_files_give_the_same(tmp_path):
    table = animals_table(CLEAR, TWO, sections=2)
    path = RegionalTable(table).to_csv(tmp_path / "t.csv")
    found = [
        compare_groups(given).to_rows()
        for given in (table, pd.DataFrame(table), RegionalTable(table), path, str(path))
    ]
    for rows in found[1:]:
        pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(found[0]))


def test_the_least_p_value_is_that_of_the_relabellings_that_were_tried(rng):
    table = animals_table(rng.normal(size=20), ["a"] * 10 + ["b"] * 10)
    result = compare_groups(table, n_permutations=99, random_state=0)
    assert result.smallest_p == 1 / 100
    assert "99 random relabellings" in str(result)


def test_groups_may_be_numbers():
    result = compare_groups(animals_table(CLEAR, [0] * 4 + [1] * 4))
    assert result.groups == ("0", "1")


def test_groups_that_are_numbers_alike_in_six_digits_are_told_apart():
    days = np.array([20241128] * 3 + [20241129] * 3 + [20250101] * 2)
    table = animals_table(CLEAR, TWO, scanned=days)
    with pytest.raises(ValueError, match=r"3 groups, \['20241128', '20241129', '2025"):
        compare_groups(table, group="scanned")
    doses = animals_table(CLEAR, TWO, dose=np.repeat([0.1, 0.1000001], 4))
    assert compare_groups(doses, group="dose").groups == ("0.1", "0.1000001")


def test_the_word_that_stands_for_a_number_is_named():
    table = animals_table(CLEAR, TWO)
    table["loading"] = table["loading"].astype(str)
    table["loading"][3] = "n/a"
    with pytest.raises(ValueError, match="such as 'n/a', where numbers are needed"):
        compare_groups(table)


def imaged(**columns):
    """Return a table with what is known of the imaging of each animal."""
    return animals_table(CLEAR, TWO) | {
        name: np.asarray(column, dtype=float) for name, column in columns.items()
    }


def test_groups_that_were_imaged_otherwise_are_warned_of():
    spread = np.array([0.99, 1.0, 1.01, 1.0] * 2)
    darker = spread * np.repeat([1.0, 0.8], 4)
    with pytest.warns(
        ImagingDifferenceWarning, match="gain 1 in control and 0.8 in tr"
    ):
        result = compare_groups(imaged(gain=darker, sharpness=spread))
    assert result.imaging["gain"] == pytest.approx((1.0, 0.8))
    assert "sharpness 1 and 1" in " ".join(str(result).split())
    with pytest.warns(ImagingDifferenceWarning, match="normalization has removed what"):
        compare_groups(imaged(offset=darker))
    with pytest.warns(ImagingDifferenceWarning, match="can be part of the differences"):
        compare_groups(imaged(grey_mean=darker))


@pytest.mark.parametrize("also", ["gain", "offset"])
def test_grey_that_differs_with_the_gain_is_said_to_be_removed_with_it(also):
    darker = np.array([0.99, 1.0, 1.01, 1.0] * 2) * np.repeat([1.0, 0.8], 4)
    with pytest.warns(ImagingDifferenceWarning) as caught:
        compare_groups(imaged(grey_mean=darker, **{also: darker}))
    (words,) = [str(one.message) for one in caught]
    assert "grey_mean 1 in control and 0.8 in tr" in words
    assert f"normalization has removed what differs in {also}, also" in words
    assert "can be part" not in words
    with pytest.warns(ImagingDifferenceWarning, match="in sharpness can be part"):
        compare_groups(imaged(grey_mean=darker, sharpness=darker, **{also: darker}))


def test_groups_that_were_imaged_alike_are_not_warned_of(rng):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        alike = np.array([0.9, 1.0, 1.1, 1.0] * 2)
        compare_groups(imaged(gain=alike, offset=alike, grey_mean=alike))
        # Nothing is known, as of maps of earlier versions.
        compare_groups(imaged(gain=[np.nan] * 8))


def test_imaging_is_warned_of_by_chance_in_few_comparisons(rng):
    n_warned = 0
    for _ in range(100):
        names = ("gain", "offset", "sharpness", "grey_mean")
        table = imaged(**{name: rng.normal(1, 0.1, 8) for name in names})
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            compare_groups(table)
        n_warned += bool(caught)
    # 5 expected.
    assert n_warned <= 12


def test_the_printed_result_reads_as_a_sentence_and_a_table(rng):
    tables = [
        animals_table(rng.normal(1, 0.1, 8), TWO, region=f"r{at:02d}")
        for at in range(30)
    ]
    text = str(compare_groups(joined(animals_table(CLEAR, TWO), *tables)))
    assert re.match(
        r"loading of a in CTX: 38 % less in treated than in\s+control", text
    )
    assert "4 animals per group; sections are not animals." in " ".join(text.split())
    assert "and 11 more: to_rows() has them all" in text
    assert "p: all 70 relabellings, the least p possible 0.029" in text
    assert all(len(line) <= 110 for line in text.splitlines())


def test_no_p_value_is_printed_as_0(rng):
    apart = np.concatenate([rng.normal(1, 0.1, 8), rng.normal(3, 0.1, 8)])
    table = animals_table(apart, ["control"] * 8 + ["treated"] * 8)
    text = " ".join(str(compare_groups(table)).split())
    assert ", p < 0.001, corrected for 1 test < 0.001;" in text
    assert not re.search(r"0\.000 ", text)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"group": ["control"] * 8}, "one group only, .*two are compared"),
        ({"group": ["a", "a", "a", "b", "b", "b", "c", "c"]}, r"pass groups=\(a, b\)"),
        ({"group": ["", *TWO[1:]]}, r"\['m0'\] have no group"),
        ({"specimen": ["m0"] * 8}, "'m0'.*are in both groups.*pair='side'"),
        ({"specimen": [""] * 8}, "rows without specimen"),
        ({"n_independent": [0] * 8}, "n_independent is not positive"),
        ({"region_source": ["annotation"] * 7 + ["predicted"]}, "mixes annotated and"),
        ({"model_fingerprint": ["x"] * 7 + ["y"]}, "maps of different models"),
        ({"loading": [np.nan] * 8}, "has no value in any row"),
        ({"loading": ["much"] * 8}, "holds words"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused(change, message):
    table = animals_table(CLEAR, TWO) | {
        name: np.array(column) for name, column in change.items()
    }
    if "specimen" in change and change["specimen"][0]:
        table["slice"] = np.array([f"s{at}" for at in range(8)])
    with pytest.raises(ValueError, match=message):
        compare_groups(table)


def test_two_of_three_groups_can_be_chosen():
    groups = ["a"] * 3 + ["b"] * 3 + ["c"] * 2
    result = compare_groups(animals_table(CLEAR, groups), groups=("b", "a"))
    assert result.counts.tolist() == [[3, 3]]
    with pytest.raises(ValueError, match="must be two of those"):
        compare_groups(animals_table(CLEAR, groups), groups=("a", "d"))


def test_rows_that_are_there_twice_are_named():
    table = animals_table(CLEAR, TWO)
    with pytest.raises(ValueError, match="loading of a in CTX twice for slice 's0'"):
        compare_groups(joined(table, table))


def test_columns_that_are_missing_are_named():
    table = animals_table(CLEAR, TWO)
    with pytest.raises(ValueError, match="group='genotype' is none of the columns"):
        compare_groups(table, group="genotype")
    with pytest.raises(ValueError, match="measure='density' is none of the columns"):
        compare_groups(table, measure="density")
    del table["n_independent"]
    with pytest.raises(ValueError, match="lacks the columns n_independent"):
        compare_groups(table)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"side": [""] * 8}, "needs a column side"),
        ({"side": ["left"] * 8}, "no animal is in both groups"),
    ],
)
def test_pairs_that_are_none_are_refused(change, message):
    table = animals_table(CLEAR, TWO) | {k: np.array(v) for k, v in change.items()}
    with pytest.raises(ValueError, match=message):
        compare_groups(table, pair="side")
    with pytest.raises(ValueError, match="cannot be paired"):
        compare_groups(table, unit="slice", pair="side")


def test_a_side_in_both_groups_is_refused():
    table = animals_table(
        [1.0, 2.0] * 3,
        ["a", "b"] * 3,
        specimen=np.repeat(["m0", "m1", "m2"], 2),
        side=np.array(["left"] * 6),
        slice=np.array(["s0", "s1"] * 3),
    )
    with pytest.raises(ValueError, match="side 'left' of specimen 'm0' is in both"):
        compare_groups(table, pair="side")


def test_the_comparison_is_written_as_a_table(tmp_path):
    result = compare_groups(animals_table(CLEAR, TWO))
    path = result.to_csv(tmp_path / "comparison.csv")
    back = RegionalTable.read_csv(path)
    assert back["region"].tolist() == result.regions.tolist()
    np.testing.assert_array_equal(back["p_value"], result.p_value)
    np.testing.assert_array_equal(back["n_needed"], result.n_needed)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        result.to_csv(path)
    assert result.to_csv(path, overwrite=True) == path
