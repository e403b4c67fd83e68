"""Tests of the command ``map``."""

import json

import joblib
import numpy as np
import pytest
from pipelines import fitted_pipeline, phantom

from sklearn_microarch import map_slice, save_model
from sklearn_microarch.cli import main
from sklearn_microarch.images import OmeZarrWriter, read_tiff, write_tiff
from sklearn_microarch.mapping import open_maps


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Return the path of a model file."""
    path = tmp_path_factory.mktemp("model") / "model.microarch"
    return str(save_model(fitted_pipeline(), path))


@pytest.fixture
def image(tmp_path):
    """Return the path of a slice."""
    return str(write_tiff(tmp_path / "new.tif", phantom().images[1]))


@pytest.fixture
def sheet(tmp_path):
    """Return the path of a sheet of two slices."""
    for at, picture in enumerate(phantom().images):
        write_tiff(tmp_path / f"s{at}.tif", picture)
    path = tmp_path / "study.csv"
    path.write_text("image,animal\ns0.tif,m1\ns1.tif,m2\n")
    return path


def expected_maps():
    return map_slice(fitted_pipeline(), phantom().images[1], stride=16)


def test_maps_go_to_a_folder_of_tiff_files(model, image, tmp_path, capsys):
    out = tmp_path / "maps"
    assert main(["map", model, image, "--out", str(out), "--stride", "16"]) == 0
    kinds = ("factors", "regions", "clusters", "region_labels", "novelty", "slice")
    paths = [out / f"new_{kind}.tif" for kind in kinds]
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("new: ")
    assert "of the tissue is unknown" in first
    assert others == [f"wrote {path}" for path in paths]
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
    assert capsys.readouterr().out.endswith(f"\nwrote {out}\n")
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


def test_a_sheet_is_mapped_in_the_formats_asked_for(model, sheet, tmp_path, capsys):
    command = ["map", model, str(sheet), "-o", str(tmp_path / "maps"), "--stride", "32"]
    assert main([*command, "--format", "ome-zarr,csv", "--json"]) == 0
    shown = capsys.readouterr()
    result = json.loads(shown.out)
    assert [one["status"] for one in result["slices"]] == ["mapped", "mapped"]
    assert result["table"] == str(tmp_path / "maps" / "regions.csv")
    assert "2 of 2 slices mapped" in shown.err
    assert main([*command, "--format", "ome-zarr"]) == 0
    assert "2 of them before" in capsys.readouterr().out
    # All that is there would be of another stride.
    assert main([*command[:-1], "64"]) == 1
    message = capsys.readouterr().err
    assert "another stride" in message
    assert "(on the command line: --overwrite)" in message


def test_a_bad_slice_does_not_stop_the_others(model, sheet, tmp_path, capsys):
    (tmp_path / "s0.tif").write_bytes(b"no picture")
    command = ["map", model, str(sheet), "-o", str(tmp_path / "maps"), "--stride", "32"]
    assert main(command) == 3
    shown = capsys.readouterr()
    assert "error: s0: " in shown.err
    assert "1 of 2 slices mapped" in shown.out
    assert "1 failed: s0" in shown.out
    (tmp_path / "s1.tif").write_bytes(b"nor this")
    assert main([*command, "--overwrite"]) == 1


@pytest.mark.parametrize("name", ["maps", "maps.zarr"])
def test_maps_of_other_settings_are_replaced_only_when_told(
    model, image, tmp_path, capsys, name
):
    command = ["map", model, image, "--out", str(tmp_path / name), "--stride"]
    assert main([*command, "64"]) == 0
    assert main([*command, "32"]) == 1
    assert capsys.readouterr().err.endswith("(on the command line: --overwrite)\n")
    assert main([*command, "32", "--overwrite"]) == 0


def test_another_pixel_size_must_be_allowed(model, image, tmp_path, capsys):
    command = ["map", model, image, "--out", str(tmp_path / "maps.zarr")]
    command += ["--stride", "32", "--pixel-size-um", "2.34"]
    assert main(command) == 1
    hint = "(on the command line: --allow-pixel-size-mismatch"
    assert hint in capsys.readouterr().err
    assert main([*command, "--allow-pixel-size-mismatch"]) == 0
    assert open_maps(tmp_path / "maps.zarr").cell_size_um == pytest.approx(32 * 2.34)


@pytest.mark.parametrize(
    "change",
    [
        (["--memory-limit", "1MB"], "memory_limit=1 MB is too small", "--memory-limit"),
        (["--memory-limit", "lots"], "memory_limit='lots' must be", "--memory-limit"),
        (["--stride", "0"], "stride=0", "--stride"),
        (["--format", "png"], "png is none", "--format"),
    ],
)
def test_errors_of_input_are_told_in_a_line(model, image, tmp_path, capsys, change):
    options, message, _ = change
    out = tmp_path / "maps"
    assert main(["map", model, image, "--out", str(out), *options]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("sklearn-microarch: error: ")
    assert message in last
    assert not list(out.glob("*.tif"))


def test_files_that_are_not_there_are_named(model, image, tmp_path, capsys):
    assert main(["map", model, str(tmp_path / "none.tif")]) == 1
    assert "none.tif" in capsys.readouterr().err
    assert main(["map", str(tmp_path / "none.microarch"), image]) == 1
    assert "none.microarch" in capsys.readouterr().err


def test_a_joblib_file_is_loaded_with_a_warning(image, tmp_path, capsys):
    path = tmp_path / "model.joblib"
    joblib.dump(fitted_pipeline(), path)
    out = str(tmp_path / "maps")
    assert main(["map", str(path), image, "--out", out, "--stride", "64"]) == 0
    assert "warning: " in (shown := capsys.readouterr().err)
    assert "runs code" in shown
    assert main(["map", image, image, "--out", out]) == 1
    assert "cannot be loaded as a pipeline" in capsys.readouterr().err
