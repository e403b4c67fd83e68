"""Tests of the command ``report``."""

import json
import re

import numpy as np
import pytest
from pipelines import fitted_pipeline

from sklearn_microarch import map_slice
from sklearn_microarch.cli import main
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.sheets import read_sheet
from sklearn_microarch.trust import MapVerdict, TrustReport


@pytest.fixture(scope="module")
def sheet(study):
    return read_sheet(study / "study.csv")


@pytest.fixture(scope="module")
def stored(sheet, tmp_path_factory):
    """Return a folder with the maps of the first slice."""
    folder = tmp_path_factory.mktemp("maps")
    out = folder / f"{sheet[0].name}.ome.zarr"
    map_slice(fitted_pipeline(names=True), sheet[0].read_image(), stride=16, out=out)
    return folder


def headings(path):
    return re.findall(r"<h2>(.*?)</h2>", path.read_text(encoding="utf-8"))


def report(*words):
    return main(["report", *map(str, words)])


def test_slices_are_mapped_and_shown_with_their_model(sheet, models, tmp_path, capsys):
    out = tmp_path / "page.html"
    rois = ["--rois", sheet[0].rois, "--stride", 16, "--json", "-o", out]
    assert report(models[0], sheet[0].image, *rois) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["bytes"] == out.stat().st_size
    assert f"wrote {out}" in told.err
    assert {"Annotation", "Training and validation", "Clusters"} <= set(headings(out))


def test_maps_on_disk_need_no_model(stored, sheet, tmp_path):
    out = tmp_path / "page.html"
    (image,) = stored.iterdir()
    assert report(image, "-o", out, "--title", "One slice") == 0
    html = out.read_text(encoding="utf-8")
    assert "<title>One slice</title>" in html
    data = json.loads(re.search(r'class="slice-data">(.*?)</script>', html).group(1))
    (factor, *_) = [one for one in data["layers"] if one["kind"] == "factor"]
    top = np.nanmax(open_maps(image).factors[..., 0])
    assert factor["low"] + 254 * factor["step"] == pytest.approx(top, rel=1e-6)
    # A folder stands for all maps in it.
    assert report(stored, "-o", out, "--overwrite") == 0
    assert sheet[0].name in out.read_text(encoding="utf-8")


def test_a_folder_of_tiff_maps_is_shown_slice_by_slice(sheet, tmp_path, capsys):
    for section in sheet:
        image = section.read_image()
        map_slice(fitted_pipeline(names=True), image, stride=32, out=tmp_path / "maps")
    out = tmp_path / "page.html"
    assert report(tmp_path / "maps", "-o", out, "--json") == 0
    titles = json.loads(capsys.readouterr().out)["slices"]
    assert [title.split(": ")[-1] for title in titles] == [one.name for one in sheet]


def test_a_sheet_gives_stored_maps_their_annotations(stored, study, tmp_path):
    out = tmp_path / "page.html"
    assert report(study / "study.csv", stored, "-o", out) == 0
    assert "Annotation" in headings(out)


def test_a_model_alone_makes_a_page_on_its_training(models, tmp_path, capsys):
    out = tmp_path / "page.html"
    assert report(models[0], "-o", out) == 0
    assert "Training and validation" in headings(out)
    assert report(models[1], "-o", tmp_path / "other.html") == 1
    assert "says nothing of its training" in capsys.readouterr().err


def test_verdicts_stand_before_any_picture_of_stored_maps(stored, tmp_path, capsys):
    (image,) = stored.iterdir()
    names = open_maps(image).factor_names
    numbers = dict.fromkeys(("auc", "p_moved_labels", "p_surrogates", "by_regions"), 0)
    numbers |= dict.fromkeys(("by_nuisance", "left_by_nuisance", "gradient_inside"), 0)
    numbers |= dict.fromkeys(("beyond_logits", "again", "again_within"), 0.5)
    numbers |= {"n_seeds": 3, "n_animals": 1, "n_animals_followed": 0}
    words = {
        "verdict": "cannot tell",
        "sentence": "S.",
        "region": "",
        "nuisance": "row",
    }
    judged = tuple(
        MapVerdict(kind="factor", name=name, **words, **numbers) for name in names
    )
    table = tmp_path / "trust.csv"
    TrustReport(judged, 19, 0, 0, 3, 0).to_csv(table)
    out = tmp_path / "page.html"
    assert report(image, "-o", out, "--verdicts", table) == 0
    html = out.read_text(encoding="utf-8")
    assert headings(out)[:2] == ["Read this first", "Verdicts"]
    assert f"Factors and clusters: {len(names)} cannot tell." in html
    assert "Networks of other seeds that were trained: 3." in html
    assert html.index('<section id="verdicts"') < html.index('<section id="slice"')
    TrustReport(judged[1:], 19, 0, 0, 3, 0).to_csv(table, overwrite=True)
    assert report(image, "-o", tmp_path / "no.html", "--verdicts", table) == 1
    assert f"no verdict on {names[0]}" in capsys.readouterr().err
    assert not (tmp_path / "no.html").exists()


def test_a_bad_slice_does_not_stop_the_others(sheet, models, tmp_path, capsys):
    out, bad = tmp_path / "page.html", tmp_path / "bad.tif"
    bad.write_bytes(b"no picture")
    given = [models[0], bad, sheet[0].image, "--stride", 16]
    assert report(*given, "-o", out) == 3
    assert "bad is missing." in out.read_text(encoding="utf-8")
    assert "1 of 2 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{study}/study.csv"], "holds no maps; name a model before it"),
        (["{study}/nothing"], "holds no maps"),
        (["{maps}", "-o", "{maps}/no/page.html"], "there is no folder"),
        (["{maps}", "-o", "{study}/study.csv"], "study.csv exists; --overwrite"),
        (["{maps}", "--rois", "a", "b"], "--rois names 2 files for 1 slices"),
        (["{maps}", "--verdicts", "{study}/study.csv"], "has no column kind, name"),
        (["{maps}", "--verdicts", "{study}/no.csv"], "no.csv"),
    ],
)
def test_errors_come_in_a_line_before_the_work(study, stored, capsys, words, message):
    assert report(*(word.format(study=study, maps=stored) for word in words)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
