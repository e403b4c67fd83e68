"""Tests of the command ``check``."""

import json

import pytest

from sklearn_microarch import read_rois
from sklearn_microarch.cli import main
from sklearn_microarch.images import read_tiff

SMALL = ["--patch-size-um", "28"]


def test_a_sound_study_is_fine_and_drawn(study, tmp_path, capsys):
    sheet, out = str(study / "study.csv"), tmp_path / "pictures"
    assert main(["check", sheet, "-o", str(out), *SMALL]) == 0
    shown = capsys.readouterr()
    assert "m1_s1\n-----\nplacement: " in shown.out
    assert "2 checked: nothing speaks against training" in shown.out
    assert "checking 1 of 2: m1_s1\n" in shown.err
    assert sorted(path.name for path in out.iterdir()) == [
        "m1_s1_check.png",
        "m2_s1_check.png",
    ]


def test_a_slice_and_its_annotation_are_checked(study, tmp_path, capsys):
    files = [str(study / "m1_s1.ome.tif"), str(study / "m1_s1.geojson")]
    assert main(["check", *files, "--no-pictures", "--json", *SMALL]) == 0
    (section,) = json.loads(capsys.readouterr().out)["sections"]
    assert section["name"] == "m1_s1"
    assert {one["name"] for one in section["regions"]} > {"VP", "WM", "cortex"}


def test_what_makes_training_foolish_makes_the_status_1(study, tmp_path, capsys):
    image = read_tiff(study / "m1_s1.ome.tif")
    rois = read_rois(study / "m1_s1.geojson", like=image)
    mirrored = tmp_path / "mirrored.geojson"
    rois.replace(codes=rois.codes[:, ::-1]).write(mirrored, image=image)
    files = [str(study / "m1_s1.ome.tif"), str(mirrored)]
    assert main(["check", *files, "--no-pictures", *SMALL]) == 1
    assert "would be foolish:\n- section m1_s1: " in capsys.readouterr().out


def test_regions_are_merged_and_left_out(study, capsys):
    command = ["check", str(study / "study.csv"), "--no-pictures", "--json", *SMALL]
    command += ["--merge", "THAL=VP,ZI", "--exclude", "WM"]
    assert main(command) == 0
    for section in json.loads(capsys.readouterr().out)["sections"]:
        names = {one["name"] for one in section["regions"]}
        assert "THAL" in names
        assert not names & {"VP", "ZI", "WM"}


def test_an_unknown_region_is_named_with_those_there_are(study, capsys):
    sheet = str(study / "study.csv")
    assert main(["check", sheet, "--no-pictures", "--exclude", "TRNN"]) == 1
    error = capsys.readouterr().err
    assert "no section has the region TRNN; there are VP, WM, ZI, cortex" in error


def test_a_bad_section_does_not_stop_the_others(study, tmp_path, capsys):
    bad = tmp_path / "bad.geojson"
    bad.write_text("{}")
    sheet = tmp_path / "sheet.csv"
    lines = [
        "image,rois,name",
        f"{study / 'm1_s1.ome.tif'},{bad},first",
        f"{study / 'm1_s1.ome.tif'},{study / 'm1_s1.geojson'},second",
    ]
    sheet.write_text("\n".join(lines))
    assert main(["check", str(sheet), "--no-pictures", *SMALL]) == 3
    shown = capsys.readouterr()
    assert "second\n------\nplacement: " in shown.out
    assert f"1 of 2 failed:\n  first: {bad}" in shown.out
    assert f"error: first: {bad}" in shown.err


def test_without_annotations_there_is_nothing_to_check(study, tmp_path, capsys):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(f"image\n{study / 'm1_s1.ome.tif'}\n")
    assert main(["check", str(sheet)]) == 1
    assert "fill the column rois" in capsys.readouterr().err


@pytest.mark.parametrize(
    "names, words",
    [
        (["m1_s1.ome.tif"], "1 files were given; give a sheet, or two files"),
        (["study.csv", "m1_s1.ome.tif"], "a sheet stands alone"),
    ],
)
def test_files_that_cannot_be_meant_are_refused(study, capsys, names, words):
    assert main(["check", *[str(study / name) for name in names]]) == 1
    assert words in capsys.readouterr().err


def test_merging_wants_a_new_name_and_parts(study, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["check", str(study / "study.csv"), "--merge", "THAL"])
    assert stopped.value.code == 2
    assert "such as WM=IC,CC" in capsys.readouterr().err


def test_a_reason_names_the_options_that_mend_it(study, capsys):
    files = [str(study / "m1_s1.ome.tif"), str(study / "m1_s1.geojson")]
    assert main(["check", *files, "--no-pictures", "--patch-size-um", "150"]) == 1
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert "inside WM" in last
    assert last.endswith("(on the command line: --exclude, --merge, --patch-size-um)")


def test_where_no_section_can_be_read_the_input_is_wrong(study, tmp_path, capsys):
    for name in ("a", "b"):
        (tmp_path / f"{name}.geojson").write_text("{}")
    sheet = tmp_path / "sheet.csv"
    lines = [
        f"{study / 'm1_s1.ome.tif'},{tmp_path / name}.geojson,{name}" for name in "ab"
    ]
    sheet.write_text("\n".join(["image,rois,name", *lines]))
    assert main(["check", str(sheet), "--exclude", "WM"]) == 1
    assert "2 of 2 failed:" in capsys.readouterr().out


def test_a_name_is_no_path(study, tmp_path, capsys):
    sheet = tmp_path / "sheet.csv"
    files = f"{study / 'm1_s1.ome.tif'},{study / 'm1_s1.geojson'}"
    sheet.write_text(f"image,rois,name\n{files},../../m1\n")
    assert main(["check", str(sheet), "-o", str(tmp_path / "out"), *SMALL]) == 0
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".png"]


def test_without_matplotlib_there_is_a_report_and_a_word(study, monkeypatch, capsys):
    monkeypatch.setattr(
        "sklearn_microarch.cli.commands.check.find_spec", lambda _: None
    )
    files = [str(study / "m1_s1.ome.tif"), str(study / "m1_s1.geojson")]
    assert main(["check", *files, *SMALL]) == 0
    shown = capsys.readouterr()
    assert "pip install 'sklearn-microarch[plot]' adds it" in shown.err
    assert "wrote" not in shown.out
