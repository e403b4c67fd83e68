"""Tests of the command ``doubts``."""

import csv
import json

import pytest

from sklearn_microarch import read_rois
from sklearn_microarch.cli import main
from sklearn_microarch.images import read_tiff

QUICK = ["--patch-size-um", "28", "--epochs", "1", "--patches", "60", "--folds", "2"]


@pytest.fixture
def mirrored(study, tmp_path):
    """Return a slice and an annotation that is mirrored."""
    image = read_tiff(study / "m1_s1.ome.tif")
    rois = read_rois(study / "m1_s1.geojson", like=image)
    path = tmp_path / "mirrored.geojson"
    rois.replace(codes=rois.codes[:, ::-1]).write(path, image=image)
    return [str(study / "m1_s1.ome.tif"), str(path)]


def test_a_study_is_judged_and_all_is_written(study, tmp_path, capsys):
    out = tmp_path / "doubts"
    command = ["doubts", str(study / "study.csv"), "-o", str(out), "--json", *QUICK]
    command += ["--min-area", "0.5", "--pictures", "1"]
    assert main(command) == 0
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert found["hold_out"] == "strips"
    assert set(found["agreement"]) == {"m1_s1", "m2_s1"}
    assert "judged by 2 models that had not seen the place" in shown.err
    with (out / "doubts.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found["doubts"])
    n_pictures = len(list(out.glob("doubt_*.png")))
    assert n_pictures == min(1, len(rows))
    slices = {row["slice"] for row in rows}
    assert {path.name for path in out.glob("*.geojson")} == {
        f"{name}_doubts.geojson" for name in slices
    }


def test_an_earlier_table_is_not_replaced_unasked(mirrored, tmp_path, capsys):
    (tmp_path / "doubts.csv").write_text("mine")
    assert main(["doubts", *mirrored, "-o", str(tmp_path), *QUICK]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert (tmp_path / "doubts.csv").read_text() == "mine"


def test_animals_that_are_not_known_cannot_be_held_out(mirrored, tmp_path, capsys):
    command = ["doubts", *mirrored, "-o", str(tmp_path), "--hold-out", "animals"]
    assert main([*command, *QUICK]) == 1
    assert "needs slices of two animals" in capsys.readouterr().err
