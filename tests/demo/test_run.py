"""Tests of sklearn_microarch.demo and of the command line that starts it."""

import json
import os
import subprocess
import sys

import pytest

from sklearn_microarch.cli import main
from sklearn_microarch.images import read_tiff

PICTURES = [
    "cortex_clusters.png",
    "cortex_clusters_each.png",
    "cortex_rgb.png",
    "factors.png",
    "regions.png",
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Run the demo on synthetic slices, sparsely, and return folder and output."""
    out = tmp_path_factory.mktemp("demo")
    empty = tmp_path_factory.mktemp("no_data")
    command = [sys.executable, "-m", "sklearn_microarch", "demo", "--out", str(out)]
    done = subprocess.run(
        [*command, "--stride", "24", "--patches", "60"],
        env={**os.environ, "SKLEARN_MICROARCH_DATA": str(empty)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def test_the_demo_says_that_its_slices_are_synthetic(demo):
    assert "Data: synthetic slices" in demo[1]


def test_the_table_holds_every_figure(demo):
    out, printed = demo
    table = (out / "report.txt").read_text()
    assert table in printed
    for words in (
        "95% interval",
        "40 px or more inside (easy)",
        "by distance to the region's border",
        "calibration error",
        "participation ratio",
        "dead units",
        "peak",
    ):
        assert words in table
    figures = json.loads((out / "report.json").read_text())
    assert set(figures["recall"]) == {
        "cortex",
        "striatum",
        "VP",
        "ZI",
        "WM",
        "hypothalamus",
    }
    accuracy = sum(figures["recall"].values()) / 6
    summary = figures["region_report"]
    assert summary["balanced_accuracy"] == pytest.approx(accuracy)
    assert summary["balanced_accuracy_low"] < accuracy
    assert len(figures["factors"]) == 6
    assert sum(figures["cortical_clusters"]) > 20
    assert figures["participation_ratio"] > 1


def test_verdicts_stand_before_any_picture_and_nothing_is_called_supported(demo):
    out, printed = demo
    verdicts = json.loads((out / "report.json").read_text())["verdicts"]
    assert sum(name.startswith("factor") for name in verdicts) > 6
    assert any(name.startswith("cluster") for name in verdicts)
    assert "supported" not in verdicts.values()
    first_picture = printed.index(".png")
    for name, verdict in verdicts.items():
        assert printed.index(f"{name}: {verdict}.") < first_picture
    assert "n_seeds=0" in printed[:first_picture]


def test_models_maps_and_pictures_are_written(demo):
    out, _ = demo
    assert sorted(path.name for path in out.glob("*.png")) == PICTURES
    assert {path.name for path in out.glob("*.joblib")} == {
        "cortex.joblib",
        "microarch.joblib",
    }
    for kind in ("factors", "regions", "clusters"):
        whole = read_tiff(out / "maps" / f"new_slice_{kind}.tif")
        assert whole.pixel_size_um == pytest.approx(24 * 1.17)
        assert (out / "maps" / f"new_slice_cortex_{kind}.tif").exists()


def test_a_saved_model_maps_from_the_command_line(demo, tmp_path, capsys):
    out, _ = demo
    arguments = [
        "map",
        str(out / "microarch.joblib"),
        str(out / "new_slice.tif"),
        "--out",
        str(tmp_path),
        "--stride",
        "100",
    ]
    assert main(arguments) == 0
    assert capsys.readouterr().out.count("wrote ") >= 5
    # Maps of other settings are not put in their place unasked.
    assert main([*arguments[:-1], "90"]) == 1
    assert "overwrite=True" in capsys.readouterr().err


def test_errors_of_input_are_a_line_and_not_a_traceback(tmp_path, capsys):
    assert main(["map", str(tmp_path / "no.joblib"), "x.tif"]) == 1
    message = capsys.readouterr().err
    assert message.startswith("sklearn-microarch: error: ")
    assert "no.joblib" in message
    broken = tmp_path / "broken.joblib"
    broken.write_bytes(b"II*\0 no pickle")
    assert main(["map", str(broken), "x.tif"]) == 1
    assert "broken.joblib cannot be loaded" in capsys.readouterr().err
    assert main(["demo", "--out", str(tmp_path), "--data-home", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
