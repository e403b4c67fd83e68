"""Tests of the command ``volume``."""

import json

import pytest
import tifffile
from dask import config
from distributed import Client, LocalCluster
from pipelines import fitted_pipeline
from volumes.brains import SPACING_UM, assert_equal_planes, grey, plane_maps

from sklearn_microarch.cli import main
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.model_file import save_model
from sklearn_microarch.volumes.running import _cluster

STRIDE = ["--stride", "16", "--no-drift-check"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Return the path of a model file."""
    path = tmp_path_factory.mktemp("model") / "model.microarch"
    return str(save_model(fitted_pipeline(), path))


@pytest.fixture
def brain(tmp_path):
    """Return the path of a TIFF stack of four planes."""
    about = {"axes": "ZYX", "PhysicalSizeX": 1.17, "PhysicalSizeY": 1.17}
    tifffile.imwrite(tmp_path / "brain.ome.tif", grey(), metadata=about)
    return str(tmp_path / "brain.ome.tif")


@pytest.fixture(scope="module")
def scheduler():
    """Return the address of a scheduler whose worker is a thread of this process."""
    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=2,
            processes=False,
            protocol="tcp",
            dashboard_address=":0",
        ) as cluster,
        Client(cluster, set_as_default=False),
    ):
        yield cluster.scheduler_address


def call(*arguments):
    return main(["volume", *map(str, arguments)])


def test_a_volume_is_estimated_and_mapped(model, brain, scheduler, tmp_path, capsys):
    out = tmp_path / "maps.zarr"
    known = ["--z-um", SPACING_UM, "--animal", "m1", *STRIDE, "--scheduler", scheduler]
    some = [model, brain, "-o", out, *known, "--slices", "1:4:2"]
    assert call(*some) == 0
    said = capsys.readouterr().out
    first, second, *lines = said.splitlines()
    assert first.startswith("2 planes, 2 at a time")
    assert second.startswith("on disk")
    assert lines[-1].startswith(f"{out}: 2 planes mapped")
    maps = open_maps(out, z=3)
    assert maps.image.specimen == "m1"
    assert maps.image.z_um == 3 * SPACING_UM
    assert_equal_planes(maps, plane_maps(3))
    # The others are added, and only they are estimated.
    assert call(model, brain, "-o", out, *known, "--json") == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["mapped"], found["found"]) == ([0, 2], [1, 3])
    assert found["estimate"]["n_planes"] == 2
    assert "plane 0" in said.err


def test_a_dry_run_writes_nothing(model, brain, scheduler, tmp_path, capsys):
    out = tmp_path / "maps.zarr"
    known = [*STRIDE, "--spacing-um", SPACING_UM, "--scheduler", scheduler]
    assert call(model, brain, "-o", out, *known, "--dry-run", "--json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["estimate"]["n_planes"] == 4
    assert said.err.startswith("4 planes")
    assert [path.name for path in tmp_path.iterdir()] == ["brain.ome.tif"]


def test_workers_of_this_machine_are_counted(
    model, brain, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(_cluster, "n_cores", lambda: 7)
    known = ["--z-um", SPACING_UM, "--workers", 1, *STRIDE, "--slices", "2"]
    assert call(model, brain, "-o", tmp_path / "m.zarr", *known, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["mapped"], found["estimate"]["n_workers"]) == ([2], 1)


def test_a_bad_plane_is_3_and_none_mapped_is_1(model, scheduler, tmp_path, capsys):
    paths = []
    for at, plane in enumerate(grey()):
        paths.append(tmp_path / f"s{at}.tif")
        tifffile.imwrite(paths[-1], plane[:, : 600 - 7 * (at == 2)])
    known = ["--z-um", SPACING_UM, "--pixel-size-um", "1.17", "-o", tmp_path / "m.zarr"]
    known += [*STRIDE, "--scheduler", scheduler, "--normalize-by", "slice"]
    assert call(model, *paths[:3], *known, "--json", "--slices", "1:") == 3
    found = json.loads(capsys.readouterr().out)
    assert found["mapped"] == [1]
    assert "200 x 593" in found["failed"]["2"]
    assert call(model, *paths[:3], *known, "--slices", "2") == 1
    assert "could be mapped" in capsys.readouterr().err


@pytest.fixture
def usual(model, brain, scheduler, tmp_path):
    """Return what is usually called."""
    known = ["--z-um", SPACING_UM, "-o", tmp_path / "m.zarr"]
    return [model, brain, *known, "--scheduler", scheduler]


@pytest.mark.parametrize(
    "changed, message",
    [
        (["--axis", "y"], "axis='y'"),
        (["--slices", "9:"], "slices is empty"),
        (["-o", "maps"], r"must end in '.zarr'"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(usual, capsys, changed, message):
    assert call(*usual, *changed) == 1
    assert message in capsys.readouterr().err


def test_a_scheduler_that_is_not_there_is_named(usual, capsys):
    with config.set({"distributed.comm.timeouts.connect": "1s"}):
        assert call(*usual, "--scheduler", "tcp://127.0.0.1:1") == 1
    assert "tcp://127.0.0.1:1 cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [["--slices", "a"], ["--workers", "0"], ["--slices", "1:2:0"]]
)
def test_a_wrong_call_is_2(model, brain, wrong):
    with pytest.raises(SystemExit) as stopped:
        call(model, brain, *wrong)
    assert stopped.value.code == 2
