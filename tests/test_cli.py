"""Tests of sklearn_microarch.cli: the command ``map``."""

import ast
import re
from pathlib import Path

import joblib
import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom

import sklearn_microarch
from sklearn_microarch import map_slice
from sklearn_microarch.cli import OPTION_OF, _hint, main
from sklearn_microarch.images import OmeZarrWriter, read_tiff, write_tiff
from sklearn_microarch.mapping import open_maps


@pytest.fixture
def model(tmp_path):
    """Return the path of a saved pipeline."""
    joblib.dump(fitted_pipeline(), tmp_path / "model.joblib")
    return str(tmp_path / "model.joblib")


@pytest.fixture
def image(tmp_path):
    """Return the path of a slice."""
    return str(write_tiff(tmp_path / "new.tif", phantom().images[1]))


def expected_maps():
    return map_slice(fitted_pipeline(), phantom().images[1], stride=16)


def test_maps_go_to_a_folder_of_tiff_files(model, image, tmp_path, capsys):
    out = tmp_path / "maps"
    assert main(["map", model, image, "--out", str(out), "--stride", "16"]) == 0
    kinds = ("factors", "regions", "clusters", "region_labels", "novelty")
    paths = [out / f"new_{kind}.tif" for kind in kinds]
    assert sorted(out.iterdir()) == sorted(paths)
    shown = capsys.readouterr()
    assert shown.out == "".join(f"wrote {path}\n" for path in paths)
    assert "mapping: 100%" in shown.err
    clusters = read_tiff(paths[2])
    np.testing.assert_array_equal(clusters.data, expected_maps().clusters)
    assert clusters.pixel_size_um == pytest.approx(16 * 1.17)


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_maps_go_to_ome_zarr_when_the_name_says_so(
    model, image, tmp_path, capsys, version
):
    out = tmp_path / "maps.zarr"
    options = ["--out", str(out), "--stride", "16", "--memory-limit", "200MB"]
    assert main(["map", model, image, *options, "--ome-zarr-version", version]) == 0
    assert capsys.readouterr().out == f"wrote {out}\n"
    assert (out / "zarr.json").exists() == (version == "0.5")
    factors = np.asarray(open_maps(out).factors)
    np.testing.assert_array_equal(factors, expected_maps().factors)


def test_a_slice_may_come_from_ome_zarr(model, tmp_path):
    slice_ = phantom().images[1]
    path, out = tmp_path / "new.zarr", tmp_path / "maps.zarr"
    with OmeZarrWriter(path, shape=slice_.shape, pixel_size_um=1.17) as writer:
        writer.add_image(["grey"], dtype=slice_.dtype)[:] = slice_.data[None]
    assert main(["map", model, str(path), "--out", str(out), "--stride", "16"]) == 0
    clusters = np.asarray(open_maps(out).clusters)
    np.testing.assert_array_equal(clusters, expected_maps().clusters)


@pytest.mark.parametrize("name", ["maps", "maps.zarr"])
def test_maps_that_exist_are_replaced_only_when_told(
    model, image, tmp_path, capsys, name
):
    command = ["map", model, image, "--out", str(tmp_path / name), "--stride", "64"]
    assert main(command) == 0
    assert main(command) == 1
    assert "error: " in (message := capsys.readouterr().err)
    assert "exist" in message
    assert "overwrite=True" in message
    assert message.endswith("(on the command line: --overwrite)\n")
    assert main([*command, "--overwrite"]) == 0


def test_another_pixel_size_must_be_allowed(model, image, tmp_path, capsys):
    command = ["map", model, image, "--out", str(tmp_path / "maps.zarr")]
    command += ["--stride", "32", "--pixel-size-um", "2.34"]
    assert main(command) == 1
    hint = "(on the command line: --allow-pixel-size-mismatch)"
    assert hint in capsys.readouterr().err
    assert main([*command, "--allow-pixel-size-mismatch"]) == 0
    assert open_maps(tmp_path / "maps.zarr").cell_size_um == pytest.approx(32 * 2.34)


@pytest.mark.parametrize(
    "change",
    [
        (["--memory-limit", "1MB"], "memory_limit=1 MB is too small", "--memory-limit"),
        (["--memory-limit", "lots"], "memory_limit='lots' must be", "--memory-limit"),
        (["--stride", "0"], "stride=0", "--stride"),
    ],
)
def test_errors_of_input_are_told_in_a_line(model, image, tmp_path, capsys, change):
    options, message, option = change
    out = tmp_path / "maps"
    assert main(["map", model, image, "--out", str(out), *options]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("sklearn_microarch: error: ")
    assert message in last
    assert last.endswith(f"(on the command line: {option})")
    assert not out.exists()


def test_options_are_those_of_the_command():
    message = "stride=0, n_patches_per_roi=0: pass overwrite=True"
    assert _hint(message, {"stride": 1, "patches": 2}) == (
        " (on the command line: --patches, --stride)"
    )
    assert _hint(message, {"overwrite": False}) == (
        " (on the command line: --overwrite)"
    )
    assert _hint("no tissue", {"stride": 1}) == ""


def test_every_option_that_is_named_exists(capsys):
    shown = ""
    for command in ("map", "demo"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        shown += capsys.readouterr().out
    assert all(option in shown for option in OPTION_OF.values())


def test_the_library_itself_names_no_option():
    root = Path(sklearn_microarch.__file__).parent
    for path in root.rglob("*.py"):
        if path.name != "cli.py":
            named = [
                node.value
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.search(r"(?<![-\w])--[a-z]", node.value)
            ]
            assert not named, path


def test_files_that_are_not_there_are_named(model, image, tmp_path, capsys):
    assert main(["map", model, str(tmp_path / "none.tif")]) == 1
    assert "none.tif" in capsys.readouterr().err
    assert main(["map", str(tmp_path / "none.joblib"), image]) == 1
    assert "none.joblib" in capsys.readouterr().err


def test_a_file_that_is_no_pipeline_is_named(image, tmp_path, capsys):
    assert main(["map", image, image, "--out", str(tmp_path / "maps")]) == 1
    assert "cannot be loaded as a pipeline" in capsys.readouterr().err
