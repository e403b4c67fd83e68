"""Tests that maps are written as a whole or not at all, and that errors come early."""

import copy
import errno
import os
from pathlib import Path
from signal import SIGINT, raise_signal

import numpy as np
import pytest
import tifffile
from mapping.slices import (
    assert_equal_maps,
    by_threshold,
    bytes_of,
    in_memory,
    piece,
)
from pipelines import fitted_pipeline
from zarr.storage import LocalStore

from sklearn_microarch import GMMClusterer, PatchSampler, map_slice
from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr, write_tiff
from sklearn_microarch.mapping import open_maps

OUTS = ["maps.zarr", "maps"]


def write(path, *, pipe=None, stride=16, **settings):
    pipe = fitted_pipeline() if pipe is None else pipe
    return map_slice(pipe, piece(), stride=stride, out=path, **settings)


@pytest.fixture(params=OUTS)
def earlier(request, tmp_path):
    """Return where maps were written before."""
    path = tmp_path / request.param
    write(path)
    return path


@pytest.fixture(params=OUTS)
def out(request, tmp_path):
    """Return where nothing is yet."""
    return tmp_path / request.param


@pytest.fixture
def no_computing(monkeypatch):
    """Fail when more than the one row that tells the types is computed."""
    monkeypatch.setattr(
        "sklearn_microarch.mapping._map_rows.iterate_rows",
        lambda *args, **kwargs: pytest.fail("computed"),
    )


def fail_on_call(monkeypatch, owner, name, number, fail):
    """Let a method fail on its nth call."""
    method, n_calls = getattr(owner, name), 0

    def failing(*args, **kwargs):
        nonlocal n_calls
        n_calls += 1
        if n_calls >= number:
            fail()
        return method(*args, **kwargs)

    monkeypatch.setattr(owner, name, failing)


def raise_value_error():
    raise ValueError("a step failed")


def raise_full():
    raise OSError(errno.ENOSPC, "No space left on device")


def test_maps_that_exist_are_refused_before_any_work(earlier, monkeypatch):
    before = bytes_of(earlier)
    fail_on_call(monkeypatch, PatchSampler, "cut", 1, lambda: pytest.fail("computed"))
    with pytest.raises(FileExistsError, match=r"maps.* pass overwrite=True"):
        write(earlier)
    assert bytes_of(earlier) == before


def test_maps_are_replaced_when_told(earlier):
    before = bytes_of(earlier)
    write(earlier, pipe=fitted_pipeline()[:4], overwrite=True)
    after = bytes_of(earlier)
    assert after != before
    # Clusters of the earlier maps would be taken for those of the new ones.
    assert not any("clusters" in name for name in after)
    write(earlier, overwrite=True)
    assert bytes_of(earlier) == before


@pytest.mark.parametrize(
    "fail, error",
    [
        (raise_value_error, ValueError),
        (lambda: raise_signal(SIGINT), KeyboardInterrupt),
    ],
)
def test_a_failure_half_way_keeps_the_earlier_maps(earlier, monkeypatch, fail, error):
    before = bytes_of(earlier)
    # One row first, then piece by piece.
    fail_on_call(monkeypatch, GMMClusterer, "predict", 3, fail)
    with pytest.raises(error):
        write(earlier, stride=1, overwrite=True)
    assert bytes_of(earlier) == before
    assert list(earlier.parent.iterdir()) == [earlier]
    if earlier.suffix == ".zarr":
        monkeypatch.undo()
        assert_equal_maps(open_maps(earlier), in_memory(16))


def test_a_failure_half_way_leaves_nothing(out, monkeypatch):
    fail_on_call(monkeypatch, GMMClusterer, "predict", 3, raise_value_error)
    with pytest.raises(ValueError, match="a step failed"):
        write(out, stride=1)
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("n_before", [0, 4, 12])
def test_a_full_disk_names_the_image_and_keeps_the_earlier_one(
    tmp_path, monkeypatch, n_before
):
    path = tmp_path / "maps.zarr"
    write(path)
    before, n_written = bytes_of(path), 0
    write_file = LocalStore.set

    async def fill_up(self, key, value):
        nonlocal n_written
        n_written += 1
        if n_written > n_before:
            raise_full()
        await write_file(self, key, value)

    monkeypatch.setattr(LocalStore, "set", fill_up)
    with pytest.raises(OSError, match="No space left on device") as caught:
        write(path, overwrite=True)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(path))
    assert bytes_of(path) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("nth, kind", [(1, "factors"), (2, "regions"), (3, "clusters")])
def test_a_full_disk_names_the_tiff_file_and_keeps_all_earlier_ones(
    tmp_path, monkeypatch, nth, kind
):
    write(tmp_path)
    before = bytes_of(tmp_path)
    fail_on_call(monkeypatch, tifffile, "imwrite", nth, raise_full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        write(tmp_path, pipe=fitted_pipeline(), stride=8, overwrite=True)
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == str(tmp_path / f"phantom_z001_{kind}.tif")
    assert bytes_of(tmp_path) == before


def test_a_folder_that_cannot_be_written_says_so_before_the_work(
    out, monkeypatch, no_computing
):
    # A mode of read-only does not bind whoever runs tests as root.
    def refuse(path, *args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(PermissionError, match="Permission denied") as caught:
        write(out)
    assert caught.value.filename == str(out)


def test_a_folder_that_is_read_only_is_named_itself(
    tmp_path, monkeypatch, no_computing
):
    make = os.mkdir

    def refuse_inside(path, *args, **kwargs):
        if ".unfinished" in str(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        make(path, *args, **kwargs)

    monkeypatch.setattr(os, "mkdir", refuse_inside)
    with pytest.raises(PermissionError) as caught:
        write(tmp_path / "maps")
    assert caught.value.filename == str(tmp_path / "maps")
    assert list(tmp_path.iterdir()) == []


def test_places_where_no_maps_can_be_are_named_before_any_work(tmp_path, monkeypatch):
    fail_on_call(monkeypatch, PatchSampler, "cut", 1, lambda: pytest.fail("computed"))
    with pytest.raises(FileNotFoundError, match=r"no folder .*none"):
        write(tmp_path / "none" / "maps.zarr")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="is a file"):
        write(tmp_path / "file")
    (tmp_path / "mine.zarr").mkdir()
    (tmp_path / "mine.zarr" / "thesis.txt").touch()
    with pytest.raises(FileExistsError, match="is no zarr group"):
        write(tmp_path / "mine.zarr", overwrite=True)
    with pytest.raises(ValueError, match=r"version='0\.3' must be one of"):
        write(tmp_path / "maps.zarr", ome_zarr_version="0.3")


@pytest.mark.parametrize("name", [None, "maps", "maps.zarr"])
def test_the_version_of_ome_zarr_is_checked_wherever_maps_go(
    tmp_path, monkeypatch, name
):
    fail_on_call(monkeypatch, PatchSampler, "cut", 1, lambda: pytest.fail("computed"))
    out = None if name is None else tmp_path / name
    with pytest.raises(ValueError, match=r"ome_zarr_version='0\.6' must be one of"):
        write(out, ome_zarr_version="0.6")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["maps", "maps.zarr"])
def test_a_link_to_itself_holds_no_maps(tmp_path, name):
    link = tmp_path / name
    link.symlink_to(link)
    with pytest.raises(OSError, match=rf"{name}"):
        write(link)
    assert list(tmp_path.iterdir()) == [link]


@pytest.mark.parametrize("name", OUTS)
def test_names_that_no_file_can_hold_are_named_before_any_work(
    tmp_path, monkeypatch, name
):
    pipe = copy.deepcopy(fitted_pipeline(names=True))
    pipe["features"].classes_[1] = "V\aP"
    where = "sklearn_microarch.mapping._map_rows.iterate_rows"
    monkeypatch.setattr(where, lambda *_, **__: pytest.fail("computed"))
    with pytest.raises(ValueError, match=r"_names\[1\]='V.x07P' holds the character"):
        write(tmp_path / name, pipe=pipe)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_tiff_files_may_hold_other_things(tmp_path):
    (tmp_path / "thesis.txt").write_text("all of it")
    write(tmp_path)
    write(tmp_path, overwrite=True)
    assert (tmp_path / "thesis.txt").read_text() == "all of it"
    assert len(list(tmp_path.iterdir())) == 8


def raw_tiff(path):
    tifffile.imwrite(path, np.ones((9, 9), np.uint8))


def raw_ome_tiff(path):
    write_tiff(path, np.ones((9, 9), np.uint8), description="raw")


@pytest.mark.parametrize("make", [raw_tiff, raw_ome_tiff, os.mkfifo, Path.touch])
def test_a_file_that_holds_no_maps_is_never_replaced(tmp_path, no_computing, make):
    path = tmp_path / "phantom_z001_factors.tif"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(FileExistsError, match=r"_factors\.tif exists and does not"):
        write(tmp_path, overwrite=True)
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize("version", ["0.4", "0.5"])
@pytest.mark.parametrize("record", [None, {"scanner": "7"}])
def test_a_raw_image_is_never_replaced_by_its_maps(
    tmp_path, no_computing, version, record
):
    path = tmp_path / "raw.ome.zarr"
    image = piece()
    with OmeZarrWriter(
        path,
        shape=image.shape,
        pixel_size_um=image.pixel_size_um,
        version=version,
        provenance=record,
    ) as writer:
        writer.add_image(["raw"], dtype="u1")[0] = image.data
    before = bytes_of(path)
    with pytest.raises(FileExistsError, match=r"raw\.ome\.zarr does not say"):
        map_slice(
            fitted_pipeline(), read_ome_zarr(path), stride=16, out=path, overwrite=True
        )
    assert bytes_of(path) == before


@pytest.mark.parametrize("make", [lambda: by_threshold(("VP", "cortex")), None])
def test_clusters_with_names_are_refused_before_the_work(out, no_computing, make):
    pipe = fitted_pipeline(names=True)[:2] if make is None else make()
    with pytest.raises(TypeError, match=r"clusters are of dtype <U.*out=None"):
        write(out, pipe=pipe)
    assert list(out.parent.iterdir()) == []


def test_clusters_with_names_are_mapped_in_memory(monkeypatch):
    pipe = by_threshold(("VP", "cortex"))
    # Ten rows at a time: the first are all "VP", so that "cortex" would not fit.
    monkeypatch.setattr(
        "sklearn_microarch.mapping._slice_run.rows_of_a_piece", lambda *_: 10
    )
    maps = map_slice(pipe, piece(), stride=16)
    patches = pipe[0].cut(piece(), stride=16)
    expected = patches.to_map(pipe[1:].predict(patches))
    np.testing.assert_array_equal(maps.clusters, expected[::16, ::16])
    assert set(np.unique(maps.clusters)) == {"", "VP", "cortex"}


@pytest.mark.parametrize("names", [(-2, 0), (0, 2**32)])
def test_numbers_that_are_no_labels_are_refused(tmp_path, names):
    with pytest.raises(ValueError, match="do not fit a label image"):
        write(tmp_path / "maps.zarr", pipe=by_threshold(names))
    assert list(tmp_path.iterdir()) == []


def test_large_numbers_of_clusters_are_kept_in_tiff_files(tmp_path):
    maps = write(tmp_path, pipe=by_threshold((3, 70_000)))
    stored = tifffile.imread(tmp_path / "phantom_z001_clusters.tif")
    np.testing.assert_array_equal(stored, maps.clusters)
    assert stored.max() == 70_000
