"""Tests of sklearn_microarch.plotting.SummaryDisplay."""

import csv

import numpy as np
import pytest
from scipy import stats

from sklearn_microarch import compare_groups
from sklearn_microarch.plotting import SummaryDisplay


def table_of(rng, *, sides=False):
    """Return five animals a group, two sections each; or both sides of five animals."""
    rows = []
    for animal in range(5 if sides else 10):
        for at in range(2):
            group = "treated" if animal >= 5 else "control"
            for region in ("CTX", "V$P"):
                for name in ("factor02_CTX", "factor07_VP"):
                    side = ("left", "right")[at] if sides else ""
                    section = "s" if sides else f"s{at}"
                    loading = 1 + 0.1 * rng.normal() + 0.5 * (group == "treated")
                    weight = 10.0 * (1 + at)
                    rows.append(
                        (
                            f"m{animal}",
                            group,
                            side,
                            section,
                            region,
                            "factor",
                            name,
                            loading,
                            weight,
                        )
                    )
    names = (
        "specimen",
        "group",
        "side",
        "slice",
        "region",
        "kind",
        "name",
        "loading",
        "n_independent",
    )
    return {
        name: np.array(c)
        for name, c in zip(names, zip(*rows, strict=True), strict=True)
    }


def points(ax):
    return [line for line in ax.lines if line.get_marker() == "o"]


def test_each_animal_is_a_point_its_sections_weighted(rng, tmp_path):
    table = table_of(rng)
    display = SummaryDisplay.from_table(table, pairs=[("CTX", "factor07_VP")]).plot()
    control, treated = points(display.axes_[0])
    assert len(control.get_ydata()) == len(treated.get_ydata()) == 5
    here = (
        (table["region"] == "CTX")
        & (table["name"] == "factor07_VP")
        & (table["specimen"] == "m3")
    )
    expected = np.average(table["loading"][here], weights=table["n_independent"][here])
    assert np.isclose(control.get_ydata(), expected).any()
    with display.to_csv(tmp_path / "n.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    found = next(row for row in rows if row["specimen"] == "m3")
    assert float(found["value"]) == pytest.approx(expected)


def test_the_bar_is_the_mean_of_the_animals_with_students_interval(rng):
    display = SummaryDisplay.from_table(table_of(rng), pairs=[("CTX", "factor02_CTX")])
    ax = display.plot().axes_[0]
    values = display.points[0].values["control"]
    low, high = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    bars = [c.get_segments()[0][:, 1] for c in ax.collections]
    np.testing.assert_allclose(bars[0], [low, high])


def test_the_comparison_stands_over_the_panels_it_has_most_evidence_for(rng):
    table = table_of(rng)
    table["loading"][table["region"] == "CTX"] = 1 + 0.1 * rng.normal(size=40)
    found = compare_groups(table, random_state=0)
    display = SummaryDisplay.from_table(table, found).plot()
    titles = [ax.get_title(loc="left") for ax in display.axes_]
    assert len(titles) == 4
    assert titles[0].startswith("V$P, Factor ")
    assert "difference +0." in titles[0]
    assert "corrected" in titles[0]
    display.figure_.canvas.draw()


def test_both_sides_of_an_animal_are_joined(rng):
    table = table_of(rng, sides=True)
    found = compare_groups(table, group="side", pair="side", random_state=0)
    display = SummaryDisplay.from_table(table, found, group="side").plot()
    ax = display.axes_[0]
    joins = [line for line in ax.lines if list(line.get_xdata()) == [0, 1]]
    assert len(joins) == 5
    left, right = points(ax)
    ends = sorted(tuple(line.get_ydata()) for line in joins)
    assert ends == sorted(zip(left.get_ydata(), right.get_ydata(), strict=True))


def test_a_study_without_groups_shows_all_animals(rng):
    table = table_of(rng)
    table["group"] = np.full(len(table["group"]), "")
    ax = SummaryDisplay.from_table(table).plot().axes_[0]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["all animals\nn = 10"]


def test_a_group_of_one_animal_has_a_mean_without_interval(rng):
    table = table_of(rng)
    keep = ~np.isin(table["specimen"], ["m6", "m7", "m8", "m9"])
    display = SummaryDisplay.from_table({k: v[keep] for k, v in table.items()})
    display.plot().figure_.canvas.draw()
    assert len(display.points[0].values["treated"]) == 1


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"pairs": [("CTX", "factor99")]}, ValueError, "pairs: .*no region and factor"),
        ({"pairs": "CTX"}, TypeError, "pairs='CTX'"),
        ({"pairs": []}, ValueError, "pairs is empty"),
        ({"group": "sex"}, ValueError, "group='sex'"),
        ({"groups": ["control", "sham"]}, ValueError, "groups="),
        ({"measure": "volume"}, ValueError, "measure='volume'"),
        ({"comparison": 3}, TypeError, "comparison=3"),
    ],
)
def test_wrong_arguments_are_named(rng, change, error, message):
    with pytest.raises(error, match=message):
        SummaryDisplay.from_table(table_of(rng), **change)


def test_what_are_no_points_is_refused():
    with pytest.raises(TypeError, match="points="):
        SummaryDisplay([3])
