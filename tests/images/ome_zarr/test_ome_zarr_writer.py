"""Tests of sklearn_microarch.images.ome_zarr._ome_zarr_writer."""

import errno
import json
import os
import re
import sys
import time
from signal import SIGINT, raise_signal

import numpy as np
import ome_zarr_models.v04
import ome_zarr_models.v05
import pytest
import zarr
from ome_zarr.io import parse_url
from ome_zarr.reader import Reader
from zarr.storage import LocalStore

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import OmeZarrWriter, read_ome_zarr, read_ome_zarr_labels
from sklearn_microarch.images.ome_zarr.reading._checksums import ATTRIBUTE

VERSIONS = ["0.4", "0.5"]
SHAPE = (600, 700)
NAMES = ["factor07_VP", "é <&> 2"]
PROPERTIES = {1: {"cluster": 0}, 2: {"cluster": 1, "name": "sparse"}}
# What map_slice says of maps, which makes them replaceable.
RECORD = {
    **dict.fromkeys(["image", "factors", "regions", "clusters"]),
    "model": "a3f9",
    "versions": {"numpy": "2.4.6"},
}
COLORS = {1: (255, 0, 0, 255), 2: (0, 0, 255, 128)}


def write_maps(path, *, version="0.5", overwrite=False, seed=0):
    """Write factors, regions and clusters, in parts, and return their values."""
    rng = np.random.default_rng(seed)
    values = {
        "factors": rng.random((2, *SHAPE), dtype="float32"),
        "regions": rng.random((3, *SHAPE), dtype="float32"),
        "clusters": rng.integers(0, 3, SHAPE, dtype="uint8"),
    }
    values["factors"][:, :100] = np.nan
    with OmeZarrWriter(
        path,
        shape=SHAPE,
        pixel_size_um=1.17,
        name="z159",
        version=version,
        chunk=(256, 256),
        provenance=RECORD,
        overwrite=overwrite,
    ) as writer:
        arrays = {
            "factors": writer.add_image(NAMES),
            "regions": writer.add_image(["VP", "ZI", "IC"], group="regions"),
            "clusters": writer.add_label(
                "clusters", dtype="uint8", properties=PROPERTIES, colors=COLORS
            ),
        }
        for row in (256, 512, 0):
            for col in (0, 512, 256):
                part = (..., slice(row, row + 256), slice(col, col + 256))
                for kind, array in arrays.items():
                    array[part] = values[kind][part]
    return values


def ome_of(path):
    attributes = zarr.open_group(path, mode="r").attrs.asdict()
    return attributes.get("ome", attributes)


def bytes_of(path):
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_values_names_and_pixel_size_come_back(tmp_path, version):
    path = tmp_path / "z159.ome.zarr"
    values = write_maps(path, version=version)
    factors, regions = read_ome_zarr(path), read_ome_zarr(path / "regions")
    clusters, properties = read_ome_zarr_labels(path, "clusters")
    for kind, image in (
        ("factors", factors),
        ("regions", regions),
        ("clusters", clusters),
    ):
        np.testing.assert_array_equal(np.asarray(image.data), values[kind])
        assert image.dtype == values[kind].dtype
        assert image.pixel_size_um == 1.17
    assert properties == PROPERTIES
    ome = ome_of(path)
    assert [channel["label"] for channel in ome["omero"]["channels"]] == NAMES
    assert ome["multiscales"][0]["name"] == "z159"
    assert ome_of(path / "labels") == {"labels": ["clusters"]} | (
        {"version": "0.5"} if version == "0.5" else {}
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_each_level_is_half_the_one_before_and_its_pixels_twice_as_large(
    tmp_path, version
):
    path = tmp_path / "z159.ome.zarr"
    values = write_maps(path, version=version)
    coarse = read_ome_zarr(path, level=1)
    assert coarse.data.shape == (2, 300, 350)
    assert coarse.pixel_size_um == 2.34
    quarters = values["factors"].reshape(2, 300, 2, 350, 2)
    np.testing.assert_allclose(coarse.data[...], quarters.mean(axis=(2, 4)), rtol=1e-6)
    labels, _ = read_ome_zarr_labels(path, "clusters", level=1)
    np.testing.assert_array_equal(labels.data[...], values["clusters"][::2, ::2])
    with pytest.raises(ImageFileError, match="level=2 does not exist"):
        read_ome_zarr(path, level=2)


@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_valid_by_the_models_of_the_format(tmp_path, version):
    path = tmp_path / "z159.ome.zarr"
    write_maps(path, version=version)
    models = ome_zarr_models.v04 if version == "0.4" else ome_zarr_models.v05
    image = models.Image.from_zarr(zarr.open_group(path, mode="r"))
    assert image.labels is not None
    models.Image.from_zarr(zarr.open_group(path / "regions", mode="r"))
    models.Labels.from_zarr(zarr.open_group(path / "labels", mode="r"))
    label = models.ImageLabel.from_zarr(
        zarr.open_group(path / "labels/clusters", mode="r")
    )
    ome = label.attributes if version == "0.4" else label.attributes.ome
    assert [p.label_value for p in ome.image_label.properties] == [1, 2]
    assert ome.image_label.colors[1].rgba == (0, 0, 255, 128)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_reference_reader_of_the_format_opens_it(tmp_path, version):
    path = tmp_path / "z159.ome.zarr"
    values = write_maps(path, version=version)
    image, _, labels = Reader(parse_url(path))()
    assert image.metadata["channel_names"] == NAMES
    assert [data.shape for data in image.data] == [(2, 600, 700), (2, 300, 350)]
    np.testing.assert_array_equal(image.data[0].compute(), values["factors"])
    assert labels.metadata["properties"] == PROPERTIES
    np.testing.assert_array_equal(labels.data[0].compute(), values["clusters"])


@pytest.mark.parametrize("version", VERSIONS)
def test_equal_runs_give_equal_bytes(tmp_path, version):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write_maps(tmp_path / name / "z159.ome.zarr", version=version)
    first, second = bytes_of(tmp_path / "first"), bytes_of(tmp_path / "second")
    assert first == second
    assert len(first) > 50


@pytest.mark.parametrize("version", VERSIONS)
def test_provenance_is_kept_beside_the_metadata(tmp_path, version):
    write_maps(tmp_path / "a.zarr", version=version)
    attributes = zarr.open_group(tmp_path / "a.zarr", mode="r").attrs
    assert attributes["sklearn_microarch"]["model"] == "a3f9"


@pytest.mark.parametrize("version", VERSIONS)
def test_what_nobody_wrote_is_nan_or_background_and_not_missing(tmp_path, version):
    path = tmp_path / "a.zarr"
    with OmeZarrWriter(path, shape=(50, 70), version=version, chunk=(16, 16)) as writer:
        writer.add_image(["a"])[:, :16, :16] = 1
        writer.add_label("cells")
    image = read_ome_zarr(path)
    assert image.pixel_size_um is None
    assert np.isnan(np.asarray(image.data)).sum() == 50 * 70 - 256
    assert not np.asarray(read_ome_zarr_labels(path, "cells")[0].data).any()
    assert len(list((path / "0").rglob("*"))) > 20
    lost = path / ("0/0/3/4" if version == "0.4" else "0/c/0/3/4")
    lost.unlink()
    with pytest.raises(ImageFileError, match=r"1 of its chunks .*\(0, 3, 4\)"):
        read_ome_zarr(path)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_flipped_bit_is_noticed_wherever_it_is(tmp_path, rng, version):
    path = tmp_path / "a.zarr"
    write_maps(path, version=version)
    chunk = path / ("0/1/2/2" if version == "0.4" else "0/c/1/2/2")
    whole = chunk.read_bytes()
    for bit in rng.integers(8 * len(whole), size=40).tolist():
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        chunk.write_bytes(damaged)
        with pytest.raises(ImageFileError, match=re.escape(str(chunk))):
            np.asarray(read_ome_zarr(path).data)


def test_a_header_that_was_changed_is_noticed(tmp_path):
    write_maps(tmp_path / "a.zarr", version="0.4")
    header = tmp_path / "a.zarr/0/.zarray"
    header.write_text(header.read_text().replace("<f4", ">f4"))
    with pytest.raises(ImageFileError, match=r"\.zarray is damaged, or was changed"):
        np.asarray(read_ome_zarr(tmp_path / "a.zarr").data)


def test_a_chunk_that_was_changed_on_purpose_is_read_without_its_checksums(tmp_path):
    write_maps(tmp_path / "a.zarr", version="0.4")
    array = zarr.open_array(tmp_path / "a.zarr/0")
    array[:] = 3
    with pytest.raises(ImageFileError, match="delete the attribute"):
        np.asarray(read_ome_zarr(tmp_path / "a.zarr").data)
    del array.attrs[ATTRIBUTE]
    assert (np.asarray(read_ome_zarr(tmp_path / "a.zarr").data) == 3).all()


def test_a_window_is_that_of_the_values_unless_told(tmp_path):
    with OmeZarrWriter(tmp_path / "a.zarr", shape=(20, 30)) as writer:
        writer.add_image(["a", "b"])[0] = np.arange(600).reshape(20, 30)
        writer.add_image(["c"], group="regions", window=(0, 1))
    first, second = ome_of(tmp_path / "a.zarr")["omero"]["channels"]
    assert first["window"] == pytest.approx(
        {"min": 0, "max": 599, "start": 0, "end": np.percentile(np.arange(600), 99.9)}
    )
    assert second["window"] == {"min": 0, "max": 1, "start": 0, "end": 1}
    (region,) = ome_of(tmp_path / "a.zarr/regions")["omero"]["channels"]
    assert region["window"] == {"min": 0, "max": 1, "start": 0, "end": 1}


def test_there_is_nothing_at_the_path_before_the_end(tmp_path):
    path = tmp_path / "a.zarr"
    writer = OmeZarrWriter(path, shape=(20, 30))
    assert list(tmp_path.iterdir()) == []
    with writer:
        array = writer.add_image(["a"])
        array[:] = 1
        assert not path.exists()
        (partial,) = tmp_path.rglob("a.zarr")
        assert "ome" not in zarr.open_group(partial, mode="r").attrs
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match="is closed"):
        array[:] = 2
    with pytest.raises(RuntimeError, match="is not open"):
        writer.add_image(["b"])


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_earlier_image_is_replaced_only_when_told(tmp_path, overwrite):
    path = tmp_path / "a.zarr"
    write_maps(path)
    before = bytes_of(path)
    if not overwrite:
        with pytest.raises(FileExistsError, match="pass overwrite=True"):
            OmeZarrWriter(path, shape=SHAPE)
        assert bytes_of(path) == before
    else:
        write_maps(path, overwrite=True, seed=1)
        assert bytes_of(path) != before
        assert bytes_of(path).keys() == before.keys()
    assert list(tmp_path.iterdir()) == [path]


def raise_value_error(*args):
    raise ValueError("no")


def raise_ctrl_c(*args):
    raise_signal(SIGINT)


@pytest.mark.parametrize("stage", ["body", "pyramid", "metadata"])
@pytest.mark.parametrize(
    "fail, error", [(raise_value_error, ValueError), (raise_ctrl_c, KeyboardInterrupt)]
)
def test_an_interrupted_writer_leaves_what_was_there_and_nothing_else(
    tmp_path, monkeypatch, stage, fail, error
):
    path = tmp_path / "a.zarr"
    write_maps(path)
    before = bytes_of(path)
    where = "sklearn_microarch.images.ome_zarr._part."
    if stage == "pyramid":
        monkeypatch.setattr(f"{where}halve_by_choice", fail)
    if stage == "metadata":
        monkeypatch.setattr(f"{where}group_attributes", fail)

    def write():
        with OmeZarrWriter(path, shape=SHAPE, overwrite=True) as writer:
            writer.add_image(["a"])[:] = 1
            writer.add_label("clusters")[:] = 1
            if stage == "body":
                fail()

    with pytest.raises(error):
        write()
    assert bytes_of(path) == before
    assert list(tmp_path.iterdir()) == [path]


def test_ctrl_c_while_chunks_are_written_leaves_nothing_behind(tmp_path, monkeypatch):
    write = LocalStore.set
    n_written = 0

    async def interrupt(self, key, value):
        nonlocal n_written
        await write(self, key, value)
        n_written += "/c/" in key
        if n_written == 5:
            # To the main thread, as the terminal does; the others go on.
            n_written = 6
            os.kill(os.getpid(), SIGINT)

    monkeypatch.setattr(LocalStore, "set", interrupt)

    def fill():
        with OmeZarrWriter(
            tmp_path / "a.zarr", shape=(900, 900), chunk=(50, 50)
        ) as writer:
            writer.add_image(["a"])[:] = 1

    with pytest.raises(KeyboardInterrupt):
        fill()
    time.sleep(0.2)  # for what zarr's own threads still had to do
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("n_before", [0, 3, 30])
def test_a_full_disk_names_the_path_and_keeps_the_earlier_image(
    tmp_path, monkeypatch, n_before
):
    path = tmp_path / "a.zarr"
    write_maps(path)
    before = bytes_of(path)
    write, n_written = LocalStore.set, 0

    async def fill_up(self, key, value):
        nonlocal n_written
        n_written += 1
        if n_written > n_before:
            raise OSError(errno.ENOSPC, "No space left on device")
        await write(self, key, value)

    monkeypatch.setattr(LocalStore, "set", fill_up)
    with pytest.raises(OSError, match="No space left on device; it was not") as caught:
        write_maps(path, overwrite=True, seed=1)
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == str(path)
    assert bytes_of(path) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        (
            {"version": "0.3"},
            ValueError,
            r"version='0\.3' must be one of '0\.4', '0\.5'",
        ),
        ({"shape": (0, 5)}, ValueError, r"shape\[0\]=0 must be at least 1 pixels"),
        ({"shape": (2, 3, 4)}, ValueError, r"shape=\(2, 3, 4\) must be"),
        ({"chunk": (16.0, 16)}, TypeError, r"chunk\[0\]=16\.0 must be an integer"),
        ({"pixel_size_um": -1}, ValueError, "pixel_size_um=-1 must be positive"),
        ({"provenance": {"a": object()}}, TypeError, "provenance cannot be written"),
        ({"path": "none/a.zarr"}, FileNotFoundError, "no folder .*none"),
    ],
)
def test_what_cannot_be_written_is_said_before_any_work(
    tmp_path, arguments, error, message
):
    path = tmp_path / arguments.pop("path", "a.zarr")
    with pytest.raises(error, match=message):
        OmeZarrWriter(path, **({"shape": (20, 30)} | arguments))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "add, error, message",
    [
        (lambda w: w.add_image([]), ValueError, "channel_names is empty"),
        (lambda w: w.add_image("ab"), TypeError, "must be a sequence of strings"),
        (lambda w: w.add_image(["a"], dtype="bool"), TypeError, "dtype='bool' must be"),
        (lambda w: w.add_image(["a"]), ValueError, "the main image is there"),
        (lambda w: w.add_image(["a"], group="0"), ValueError, "group='0' must begin"),
        (lambda w: w.add_image(["a"], group="../a"), ValueError, "must begin with"),
        (lambda w: w.add_image(["a"], group="labels"), ValueError, 'not be "labels"'),
        (lambda w: w.add_image(["a"], group="rest"), ValueError, "is there already"),
        (
            lambda w: w.add_image(["a"], group="b", window=(1, 1)),
            ValueError,
            r"window=\(1, 1\) must be two finite, ascending",
        ),
        (lambda w: w.add_label(""), ValueError, "name='' must begin with a letter"),
        (lambda w: w.add_label("cells"), ValueError, "name='cells' is there already"),
        (lambda w: w.add_label("a", dtype="int32"), TypeError, "unsigned integer"),
        (
            lambda w: w.add_label("a", properties={1: {"a": object()}}),
            TypeError,
            "properties cannot be written as JSON",
        ),
        (
            lambda w: w.add_label("a", properties=PROPERTIES, colors={1: COLORS[1]}),
            ValueError,
            r"colors are of the labels \[1\], but properties of \[1, 2\]",
        ),
    ],
)
def test_what_cannot_be_added_says_why(tmp_path, add, error, message):
    with OmeZarrWriter(tmp_path / "a.zarr", shape=(20, 30)) as writer:
        writer.add_image(["a"])
        writer.add_image(["b"], group="rest")
        writer.add_label("cells")
        with pytest.raises(error, match=message):
            add(writer)
    assert read_ome_zarr(tmp_path / "a.zarr").shape == (20, 30)


def test_the_main_image_comes_first(tmp_path):
    def write_nothing():
        with OmeZarrWriter(tmp_path / "a.zarr", shape=(20, 30)) as writer:
            with pytest.raises(ValueError, match="add the main image before name='x'"):
                writer.add_label("x")
            with pytest.raises(ValueError, match="add the main image before group='x'"):
                writer.add_image(["a"], group="x")

    with pytest.raises(ValueError, match="would be empty; add an image"):
        write_nothing()
    assert list(tmp_path.iterdir()) == []


def test_metadata_are_plain_json(tmp_path):
    write_maps(tmp_path / "a.zarr")
    for file in (tmp_path / "a.zarr").rglob("zarr.json"):
        json.loads(file.read_text(), parse_constant=pytest.fail)


def test_without_zarr_the_error_comes_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-microarch\[zarr\]'"):
        OmeZarrWriter(tmp_path / "a.zarr", shape=(20, 30))
