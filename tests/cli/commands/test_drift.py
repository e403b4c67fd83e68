"""Tests of the command ``drift``."""

import json

import numpy as np
import pytest

from sklearn_microarch import SliceImage
from sklearn_microarch.cli import main
from sklearn_microarch.images import write_tiff


@pytest.fixture
def noise(tmp_path, rng):
    """Return the path of a picture that is no brain."""
    data = rng.integers(0, 255, size=(192, 768)).astype(np.uint8)
    return write_tiff(tmp_path / "noise.tif", SliceImage(data, pixel_size_um=1.17))


def test_each_slice_gets_a_line_and_the_summary_counts(study, models, noise, capsys):
    slices = [str(study / "m1_s1.ome.tif"), str(noise)]
    assert main(["drift", str(models[0]), *slices]) == 0
    shown = capsys.readouterr().out
    assert "m1_s1: like the slices the model knows. " in shown
    assert "noise: unlike the slices the model knows: do not trust maps" in shown
    assert "2 slices: 1 same, 1 unlike." in shown


def test_verdicts_are_told_to_programs(study, models, capsys):
    assert main(["drift", str(models[0]), str(study / "study.csv"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in told["slices"]] == ["m1_s1", "m2_s1"]
    assert told["slices"][0]["verdict"] == "same"
    assert "feature_shift" in told["slices"][0]["indicators"]


def test_a_bad_slice_does_not_stop_the_others(study, models, tmp_path, capsys):
    bad = tmp_path / "bad.tif"
    bad.write_text("no picture")
    slices = [str(bad), str(study / "m1_s1.ome.tif")]
    assert main(["drift", str(models[0]), *slices]) == 3
    shown = capsys.readouterr()
    assert "m1_s1: like" in shown.out
    assert "1 of 2 failed:\n  bad: " in shown.out


def test_a_joblib_file_is_opened_with_a_warning(study, models, capsys):
    slice_ = str(study / "m1_s1.ome.tif")
    assert main(["drift", str(models[1]), slice_, "--table"]) == 0
    shown = capsys.readouterr()
    assert "runs code that is in it: only open those of people you trust" in shown.err
    assert "indicator" in shown.out


def test_a_model_saved_on_a_gpu_works_on_another_device(
    study, models, tmp_path, capsys
):
    import joblib

    pipe = joblib.load(models[1]).set_params(features__device="cuda:7")
    joblib.dump(pipe, tmp_path / "gpu.joblib")
    command = ["drift", str(tmp_path / "gpu.joblib"), str(study / "m1_s1.ome.tif")]
    assert main(command) == 1
    assert capsys.readouterr().err.endswith("(on the command line: --device)\n")
    assert main([*command, "--device", "cpu"]) == 0


@pytest.mark.parametrize(
    "content, words",
    [(b"II*\0 no pickle", "cannot be loaded as a pipeline"), (None, "holds a dict")],
)
def test_what_is_no_model_is_named(study, tmp_path, capsys, content, words):
    import joblib

    path = tmp_path / "m.joblib"
    path.write_bytes(content) if content else joblib.dump({}, path)
    assert main(["drift", str(path), str(study / "m1_s1.ome.tif")]) == 1
    assert words in capsys.readouterr().err


def test_a_model_that_is_not_there_is_named_before_it_is_warned_of(tmp_path, capsys):
    assert main(["drift", str(tmp_path / "none.joblib"), "x.tif"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("sklearn-microarch: error: ")
    assert "none.joblib: no such file" in error
