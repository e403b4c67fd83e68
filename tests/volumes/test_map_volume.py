"""Tests that planes of a volume are mapped as slices are, and that runs go on."""

import shutil

import numpy as np
import ome_zarr_models.v05
import pytest
import tifffile
import zarr
from mapping.slices import bytes_of
from ome_zarr.io import parse_url
from ome_zarr.reader import Reader
from pipelines import fitted_pipeline
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from volumes.brains import (
    N_PLANES,
    SPACING_UM,
    STRIDE,
    assert_equal_planes,
    brain,
    grey,
    plane_maps,
    run,
)

import sklearn_microarch.volumes._volume_run as runs
import sklearn_microarch.volumes.running._ask_workers as asking
from sklearn_microarch import SliceImage
from sklearn_microarch.exceptions import (
    ClusterError,
    ImageFileError,
    OtherMapsError,
    OutputInUseError,
)
from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr, write_tiff
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.model_file import save_model
from sklearn_microarch.volumes import map_volume, open_volume
from sklearn_microarch.volumes.store._kept_failures import kept_failures


@pytest.fixture(scope="module")
def whole(client, tmp_path_factory):
    """Return the folder of a volume that was mapped in one go."""
    out = tmp_path_factory.mktemp("whole") / "maps.zarr"
    report = run(out, client)
    assert report.mapped == list(range(N_PLANES))
    assert report.is_complete
    return out


@pytest.mark.parametrize("plane", range(N_PLANES))
def test_a_plane_is_what_map_slice_makes_of_it(whole, plane):
    maps = open_maps(whole, z=plane)
    assert_equal_planes(maps, plane_maps(plane))
    assert maps.record == plane_maps(plane).record
    assert maps.image.name == f"brain_z{plane:04d}"
    assert maps.image.z_um == plane * SPACING_UM
    np.testing.assert_array_equal(maps.image.pixels, grey()[plane])


def test_other_programs_open_it(whole):
    image = ome_zarr_models.v05.Image.from_zarr(zarr.open_group(whole, mode="r"))
    axes = [axis.name for axis in image.attributes.ome.multiscales[0].axes]
    assert axes == ["c", "z", "y", "x"]
    nodes = list(Reader(parse_url(whole))())
    assert nodes[0].data[0].shape == (6, N_PLANES, 13, 38)
    (steps,) = nodes[0].metadata["coordinateTransformations"]
    assert steps[0]["scale"] == [1.0, SPACING_UM, STRIDE * 1.17, STRIDE * 1.17]
    labels = [node.data[0] for node in nodes[2:]]
    wanted = [plane_maps(1).clusters, plane_maps(1).predicted_regions]
    for found, expected in zip(labels, wanted, strict=True):
        np.testing.assert_array_equal(np.asarray(found[1]), expected + 1)


def test_a_pyramid_is_that_of_each_plane(client, tmp_path):
    tall = np.tile(grey(), (1, 1, 2))[:2]
    volume = open_volume(tall, pixel_size_um=1.17, spacing_um=5.0)
    run(tmp_path / "maps.zarr", client, volume, normalize_by="slice")
    coarse = read_ome_zarr(tmp_path / "maps.zarr" / "slice", level=1, z=1)
    assert coarse.shape == (100, 600)
    mean = tall[1].reshape(100, 2, 600, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(coarse.pixels, mean, atol=0.5)


def as_zarr(folder):
    array = zarr.create_array(
        folder / "grey.zarr", shape=grey().shape, dtype="u1", chunks=(1, 64, 64)
    )
    array[:] = grey()
    return array


def as_dask(folder):
    return pytest.importorskip("dask.array").from_array(grey(), chunks=(1, 200, 300))


def as_ome_zarr(folder):
    path = folder / "brain.ome.zarr"
    root = zarr.create_group(path)
    array = root.create_array(
        "0", shape=(1, *grey().shape), dtype="u1", chunks=(1, 1, 64, 64)
    )
    array[0] = grey()
    unit = {"type": "space", "unit": "micrometer"}
    axes = [{"name": "c", "type": "channel"}, *({"name": a, **unit} for a in "zyx")]
    scale = {"type": "scale", "scale": [1.0, SPACING_UM, 1.17, 1.17]}
    levels = [{"path": "0", "coordinateTransformations": [scale]}]
    described = [{"name": "brain", "axes": axes, "datasets": levels}]
    root.attrs["ome"] = {"version": "0.5", "multiscales": described}
    return path


def as_files(folder):
    for at, plane in enumerate(grey()):
        # As text, 10 comes before 9.
        picture = SliceImage(plane, pixel_size_um=1.17)
        write_tiff(folder / f"s{at + 8}.tif", picture, overwrite=True)
    return folder


def as_stack(folder):
    path = folder / "brain.tif"
    pixels = {"axes": "ZYX", "PhysicalSizeX": 1.17, "PhysicalSizeY": 1.17}
    pixels["PhysicalSizeZ"] = SPACING_UM
    tifffile.imwrite(path.with_suffix(".ome.tif"), grey(), metadata=pixels)
    return path.with_suffix(".ome.tif")


@pytest.mark.parametrize("made", [as_zarr, as_dask, as_ome_zarr, as_files, as_stack])
def test_whatever_the_source_the_maps_are_the_same(client, tmp_path, made):
    (tmp_path / "in").mkdir()
    source = made(tmp_path / "in")
    known = {} if made in (as_ome_zarr, as_stack) else {"spacing_um": SPACING_UM}
    if made in (as_zarr, as_dask):
        known["pixel_size_um"] = 1.17
    volume = open_volume(source, **known).share_grey_levels()
    assert (volume.pixel_size_um, volume.spacing_um) == (1.17, SPACING_UM)
    report = run(tmp_path / "maps.zarr", client, volume, slices=[2])
    assert report.mapped == [2], report
    assert_equal_planes(open_maps(tmp_path / "maps.zarr", z=2), plane_maps(2))


def test_planes_are_added_to_the_same_bytes(client, tmp_path, whole):
    out = tmp_path / "maps.zarr"
    assert run(out, client, slices=(3, 1)).mapped == [1, 3]
    with pytest.raises(ValueError, match=r"plane z=0 of .* is not mapped"):
        open_maps(out, z=0)
    report = run(out, client)
    assert (report.mapped, report.found) == ([0, 2], [1, 3])
    assert bytes_of(out) == bytes_of(whole)


def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(
    client, tmp_path, whole, monkeypatch
):
    out, go = tmp_path / "maps.zarr", runs.run_planes

    def stopped(*arguments):
        found = go(*arguments)
        yield next(found)
        found.close()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(runs, "run_planes", stopped)
        # Two planes on their way: what a worker has begun, it ends.
        patch.setattr(asking, "_AHEAD", 1)
        with pytest.raises(KeyboardInterrupt):
            run(out, client)
    report = run(out, client)
    assert report.found
    assert {2, 3} <= set(report.mapped)
    assert bytes_of(out) == bytes_of(whole)
    assert [path.name for path in tmp_path.iterdir()] == ["maps.zarr"]


@pytest.mark.parametrize("damage", ["shorter", "gone", "record"])
def test_a_plane_that_was_damaged_is_mapped_again(client, tmp_path, whole, damage):
    out = shutil.copytree(whole, tmp_path / "maps.zarr")
    shard = out / "0" / "c" / "0" / "1" / "0" / "0"
    record = out / "planes" / "00001" / "zarr.json"
    if damage == "record":
        record.write_text(record.read_text()[:100])
    elif damage == "gone":
        shard.unlink()
    else:
        shard.write_bytes(shard.read_bytes()[:-1])
    assert run(out, client).mapped == [1]
    assert bytes_of(out) == bytes_of(whole)


def test_a_bad_plane_is_named_and_stops_no_other(client, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    as_files(folder)
    (folder / "s9.tif").write_bytes(b"II*\x00 and no more")
    cut = SliceImage(grey()[2][:, :-7], pixel_size_um=1.17)
    write_tiff(folder / "s10.tif", cut, overwrite=True)
    volume = open_volume(folder, spacing_um=SPACING_UM)
    report = run(tmp_path / "maps.zarr", client, volume)
    assert report.mapped == [0, 3]
    assert "s9.tif" in report.failed[1]
    assert "200 x 593" in report.failed[2]
    assert "plane 1 is not mapped: ImageFileError" in str(report)
    # Why is kept, also where another run does not ask for these planes.
    run(tmp_path / "maps.zarr", client, volume, slices=[3])
    assert kept_failures(tmp_path / "maps.zarr") == report.failed
    # Mended, the same run maps what is missing.
    as_files(folder)
    mended = run(tmp_path / "maps.zarr", client, folder, spacing_um=SPACING_UM)
    assert (mended.mapped, mended.found) == ([1, 2], [0, 3])
    assert kept_failures(tmp_path / "maps.zarr") == {}
    assert not (tmp_path / "maps.zarr" / "planes" / "failed.json").exists()


def test_other_settings_are_an_error_that_says_what_differs(client, whole, tmp_path):
    before = bytes_of(whole)
    with pytest.raises(OtherMapsError, match=r"the stride \(16.0 there, 32.0 now\)"):
        run(whole, client, stride=32)
    other = open_volume(grey()[::-1], pixel_size_um=1.17, spacing_um=SPACING_UM)
    other = other.share_grey_levels()
    with pytest.raises(OtherMapsError, match="the pixels of the volume"):
        run(whole, client, other)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        run(whole, client, resume=False)
    assert bytes_of(whole) == before
    out = shutil.copytree(whole, tmp_path / "maps.zarr")
    assert run(out, client, stride=32, overwrite=True).mapped == list(range(N_PLANES))
    assert open_maps(out, z=0).cell_size == 32


def test_what_is_no_volume_is_never_replaced(client, tmp_path):
    out = tmp_path / "maps.zarr"
    with OmeZarrWriter(out, shape=(40, 60)) as writer:
        writer.add_image(["grey"], dtype="uint8")[:] = 7
    before = bytes_of(out)
    with pytest.raises(FileExistsError, match="may be raw data"):
        run(out, client, overwrite=True)
    assert bytes_of(out) == before


def test_two_runs_into_one_place_are_refused(client, tmp_path, monkeypatch):
    out, go = tmp_path / "maps.zarr", runs.run_planes

    def twice(*arguments):
        with pytest.raises(OutputInUseError, match="being written by"):
            run(out, client)
        yield from go(*arguments)

    monkeypatch.setattr(runs, "run_planes", twice)
    assert run(out, client, slices=[0]).is_complete


def test_a_full_disk_stops_the_run_and_keeps_what_is_finished(
    client, tmp_path, monkeypatch
):
    import sklearn_microarch.volumes.running._map_plane as mapping

    out, write = tmp_path / "maps.zarr", mapping.write_plane

    def full(folder, layout, plane, maps):
        if plane == 2:
            raise OSError(28, "No space left on device", str(folder))
        write(folder, layout, plane, maps)

    with monkeypatch.context() as patch:
        patch.setattr(mapping, "write_plane", full)
        with pytest.raises(OSError, match="The disk is full"):
            run(out, client, slices=[0, 2])
    assert run(out, client, slices=[0, 2]).found == [0]


def test_workers_of_another_version_are_refused(client, tmp_path, monkeypatch):
    where = "sklearn_microarch.volumes.running._cluster.__version__"
    monkeypatch.setattr(where, "0.0.1")
    with pytest.raises(ClusterError, match=r"this process has 0\.0\.1"):
        run(tmp_path / "maps.zarr", client)


def test_a_model_file_maps_as_its_pipeline(client, tmp_path):
    path = save_model(fitted_pipeline(), tmp_path / "model.microarch")
    report = map_volume(
        path,
        brain(),
        tmp_path / "maps.zarr",
        slices=[1],
        stride=STRIDE,
        client=client,
        check_drift=False,
    )
    assert report.mapped == [1]
    assert_equal_planes(open_maps(tmp_path / "maps.zarr", z=1), plane_maps(1))


def test_a_model_that_cannot_be_sent_to_workers_is_refused(client, tmp_path):
    steps = [("patches", fitted_pipeline()["patches"])]
    steps.append(("mean", FunctionTransformer(lambda X: np.zeros((len(X), 1)))))
    with pytest.raises(TypeError, match="cannot be pickled"):
        map_volume(
            Pipeline(steps), brain(), tmp_path / "maps.zarr", stride=64, client=client
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "changed, error, message",
    [
        ({"out": "maps"}, ValueError, r"must end in '\.zarr'"),
        ({"slices": []}, ValueError, "slices is empty"),
        ({"slices": [4]}, ValueError, r"slices\[0\]=4 must be at most 3"),
        ({"normalize_by": "animal"}, ValueError, "normalize_by='animal'"),
        ({"client": 7}, TypeError, "client is a int"),
        ({"n_threads": 0}, ValueError, "n_threads=0"),
        ({"model": 7}, TypeError, "model is a int"),
        ({"axis": "y"}, TypeError, "axis is for open_volume"),
        ({"level": 1}, TypeError, "level is for open_volume"),
        ({"stride": 0}, ValueError, "stride=0"),
        ({"volume": "no.tif"}, FileNotFoundError, "no volume no.tif"),
    ],
)
def test_wrong_arguments_are_named(client, tmp_path, changed, error, message):
    known = {"model": fitted_pipeline(), "volume": brain(), "client": client}
    given = known | {"out": tmp_path / "maps.zarr"} | changed
    with pytest.raises(error, match=message):
        map_volume(given.pop("model"), given.pop("volume"), given.pop("out"), **given)


def test_planes_are_asked_for_by_number(whole, tmp_path):
    with pytest.raises(ValueError, match="choose one with z=0 to z=3"):
        open_maps(whole)
    with pytest.raises(ValueError, match="z=4 does not exist"):
        open_maps(whole, z=4)
    broken = shutil.copytree(whole, tmp_path / "maps.zarr")
    record = broken / "zarr.json"
    record.write_text(record.read_text().replace('"planes": 4', '"planes": "4"'))
    with pytest.raises(ImageFileError, match="how many planes"):
        open_maps(broken, z=0)
