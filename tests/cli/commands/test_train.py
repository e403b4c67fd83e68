"""Tests of the command ``train``."""

import json

import pytest

from sklearn_microarch import load_model
from sklearn_microarch.cli import main
from sklearn_microarch.datasets import make_phantom_study

QUICK = ["--patch-size-um", "28", "--patches", "40", "--epochs", "1", "--stride", "16"]
MODEL = ["--n-components", "8", "--n-clusters", "3", "--no-validation", "--no-page"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    return make_phantom_study(folder, n_animals=1, shape=(192, 768))


def test_a_slice_and_its_annotation_become_a_model(study, tmp_path, capsys):
    files = [str(study.with_name(name)) for name in ("m1_s1.ome.tif", "m1_s1.geojson")]
    out = tmp_path / "one.microarch"
    command = ["train", *files, "-o", str(out), *QUICK, *MODEL]
    merged = ["--merge", "thalamus=VP,ZI", "--exclude", "WM", "--lam", "0.5"]
    assert main([*command, *merged, "--json"]) == 0
    shown = capsys.readouterr()
    record = json.loads(shown.out)
    assert record["model"] == str(out)
    assert record["settings"]["merge"] == {"thalamus": ["VP", "ZI"]}
    assert "training: epoch 1 of 1, held-out patches right" in shown.err
    assert "trained on 1 section in" in shown.err
    assert "loss" not in shown.err
    model = load_model(out)
    assert "thalamus" in model["features"].classes_
    assert model["patches"].patch_size_um == 28
    assert (model["select"].lam, model["cluster"].n_clusters) == (0.5, 3)
    assert model["features"].verbose == 0
    assert main(command) == 1
    assert "(on the command line: --overwrite)" in capsys.readouterr().err


def test_an_annotation_that_does_not_fit_is_refused(study, tmp_path, capsys):
    files = [
        str(study.with_name(name)) for name in ("m1_s1.ome.tif", "m2_s1_RoiSet.zip")
    ]
    out = tmp_path / "one.microarch"
    # One region is left, and a network cannot tell it from others.
    wrong = ["--exclude", "cortex,striatum,ZI,WM,hypothalamus"]
    assert main(["train", *files, "-o", str(out), *QUICK, *MODEL, *wrong]) == 1
    message = capsys.readouterr().err.splitlines()[-1]
    assert "would be foolish" in message
    assert "(on the command line: --anyway)" in message
    assert not out.exists()


def test_the_model_needs_a_file_of_its_own_kind(study, tmp_path, capsys):
    assert main(["train", str(study), "-o", str(tmp_path / "model.joblib")]) == 1
    assert "must end in .microarch" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["train", str(study)])
