"""Tests of the command ``sheet``."""

import json
import shutil

import pytest

from sklearn_microarch.cli import main
from sklearn_microarch.sheets import read_sheet


@pytest.fixture
def folder(study, tmp_path):
    """Return a folder of the study's files, and one that is left over."""
    for path in study.iterdir():
        if path.name != "study.csv":
            shutil.copy(path, tmp_path)
    (tmp_path / "m9_s1.geojson").touch()
    return tmp_path


def test_a_sheet_is_written_and_says_what_to_fill_in(folder, capsys):
    assert main(["sheet", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "m2_s1.ome.tif  m2_s1_RoiSet.zip" in shown
    assert "m9_s1.geojson: looks like an annotation, and no slice" in shown
    assert "fill in the column animal" in shown
    sheet = read_sheet(folder / "study.csv")
    assert [section.name for section in sheet] == ["m1_s1", "m2_s1"]
    assert sheet.animals == []


def test_a_sheet_with_animals_in_it_is_not_replaced(folder, capsys):
    out = folder / "my.csv"
    assert main(["sheet", str(folder), "-o", str(out)]) == 0
    assert main(["sheet", str(folder), "-o", str(out)]) == 1
    assert capsys.readouterr().err.endswith("(on the command line: --overwrite)\n")
    assert main(["sheet", str(folder), "-o", str(out), "--overwrite"]) == 0


def test_the_sheet_is_told_to_programs(folder, capsys):
    assert main(["sheet", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["slice"] for one in told["sections"]] == ["m1_s1", "m2_s1"]
    assert len(told["left_over"]) == 1


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    assert main(["sheet", str(tmp_path / "none")]) == 1
    assert "none is no folder" in capsys.readouterr().err
