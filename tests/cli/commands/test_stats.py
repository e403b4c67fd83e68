"""Tests of the command ``stats``."""

import json

import pytest
from studies.mapped_study import write_study

from sklearn_microarch.anatomy import RegionalTable
from sklearn_microarch.cli import main


@pytest.fixture(scope="module")
def mapped(tmp_path_factory):
    """Return the folder of a study of six animals that is mapped."""
    folder = tmp_path_factory.mktemp("mapped")
    write_study(folder)
    return folder


def stats(folder, out, *more):
    sheet, maps = str(folder / "study.csv"), str(folder / "maps")
    return main(["stats", sheet, "--maps", maps, "-o", str(out), *more])


def test_groups_are_compared_and_all_is_written(mapped, tmp_path, capsys):
    assert stats(mapped, tmp_path, "--compare", "group") == 0
    shown = capsys.readouterr().out
    assert "For the methods section:\nLoadings of factors in annotated" in shown
    assert f"wrote {tmp_path / 'animals.png'}" in shown
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "animals.png",
        "comparison.csv",
        "methods.txt",
        "regions.csv",
    ]
    assert set(RegionalTable.read_csv(tmp_path / "regions.csv")["sex"]) == {"f", "m"}


def test_a_table_alone_needs_no_groups(mapped, tmp_path, capsys):
    assert stats(mapped, tmp_path, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["comparison"] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "methods.txt",
        "regions.csv",
    ]


def test_regions_and_factors_can_be_chosen(mapped, tmp_path, capsys):
    asked = ["--compare", "group", "--regions", "CTX", "--factors", "factor00"]
    assert stats(mapped, tmp_path, *asked, "--groups", "treated,control", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)["comparison"]
    assert (row["region"], row["name"]) == ("CTX", "factor00")
    assert "mean_treated" in row


def test_what_is_wrong_is_said_in_a_line(mapped, tmp_path, capsys):
    assert stats(mapped, tmp_path, "--compare", "dose") == 1
    error = capsys.readouterr().err
    assert "group='dose' is none of the columns of table" in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())
    (tmp_path / "regions.csv").write_text("mine")
    assert stats(mapped, tmp_path) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert (tmp_path / "regions.csv").read_text() == "mine"
