"""Tests of read_ome_zarr, on images of other programs."""

import json
import shutil
import sys

import numpy as np
import pytest
import zarr

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import read_ome_zarr, read_ome_zarr_labels
from sklearn_microarch.images._finite_pixels import check_finite_image

SPACE = {"y": "micrometer", "x": "micrometer"}


def write_image(path, data, axes="cyx", *, version="0.5", scale=None, **changes):
    """Write an image as another program might, in chunks of 32 x 32 pixels.

    ``changes``: ``units`` by axis, ``outer`` for the scale of the whole pyramid,
    ``attributes`` to replace the metadata, the rest for zarr.
    """
    units = changes.pop("units", SPACE)
    outer = changes.pop("outer", None)
    attributes = changes.pop("attributes", None)
    zarr_format = 2 if version == "0.4" else 3
    group = zarr.create_group(path, zarr_format=zarr_format, overwrite=True)
    chunks = (*(1,) * (data.ndim - 2), 32, 32)
    group.create_array("0", data=data, chunks=chunks, **changes)
    own = {"type": "scale", "scale": scale or [1.0] * data.ndim}
    entry = {
        "axes": [
            {"name": axis, **({"unit": units[axis]} if axis in units else {})}
            for axis in axes
        ],
        "datasets": [{"path": "0", "coordinateTransformations": [own]}],
    }
    if outer is not None:
        entry["coordinateTransformations"] = [{"type": "scale", "scale": outer}]
    if version == "0.4":
        metadata = {"multiscales": [{"version": "0.4", **entry}]}
    else:
        metadata = {"ome": {"version": version, "multiscales": [entry]}}
    group.attrs.update(metadata if attributes is None else attributes)
    return path


@pytest.mark.parametrize("version", ["0.4", "0.5"])
@pytest.mark.parametrize(
    "axes, shape",
    [("yx", (70, 90)), ("cyx", (3, 70, 90)), ("tczyx", (1, 3, 1, 70, 90))],
)
def test_pixels_and_pixel_size_are_those_of_the_file(
    tmp_path, rng, version, axes, shape
):
    values = rng.integers(0, 2**16, shape, dtype=np.uint16)
    scale = [1.0] * (len(shape) - 2) + [1.17, 1.17]
    path = tmp_path / "z159.ome.zarr"
    write_image(path, values, axes, version=version, scale=scale)
    image = read_ome_zarr(path, specimen="mouse")
    assert (image.name, image.specimen) == ("z159", "mouse")
    assert image.pixel_size_um == pytest.approx(1.17)
    np.testing.assert_array_equal(np.asarray(image.data), values.squeeze())
    part = image.read(slice(30, 35), slice(60, 99))
    np.testing.assert_array_equal(part, values.squeeze()[..., 30:35, 60:])


@pytest.mark.parametrize("dtype", [">u2", ">f4", "<i2"])
def test_values_come_in_native_byte_order(tmp_path, rng, dtype):
    values = rng.integers(0, 2**15, (40, 50)).astype(dtype)
    image = read_ome_zarr(write_image(tmp_path / "a.zarr", values, "yx", version="0.4"))
    assert image.dtype.isnative
    assert image.read(slice(0, 3), slice(0, 3)).dtype.isnative
    np.testing.assert_array_equal(np.asarray(image.data), values)
    check_finite_image(image)


def test_a_stack_gives_the_slice_that_is_asked_for(tmp_path, rng):
    values = rng.random((2, 5, 40, 50))
    path = write_image(tmp_path / "stack.zarr", values, "tzyx")
    np.testing.assert_array_equal(read_ome_zarr(path, t=1, z=3).data[...], values[1, 3])
    with pytest.raises(ImageFileError, match=r"stack\.zarr, level 0.* z=0 to z=4"):
        read_ome_zarr(path, t=1)


def test_only_the_chunks_that_are_needed_are_loaded(tmp_path, grey):
    path = write_image(tmp_path / "a.zarr", grey, "yx")
    image = read_ome_zarr(path)
    for file in (path / "0/c").glob("*/*"):
        if file.relative_to(path).as_posix() != "0/c/1/0":
            file.write_bytes(b"damaged")
    part = image.read(slice(32, 64), slice(0, 32))
    np.testing.assert_array_equal(part, grey[32:64, :32])
    with pytest.raises(ImageFileError, match=r"0/c/0/0: the chunk at \(0, 0\) cannot"):
        image.read(slice(0, 40), slice(0, 32))


@pytest.mark.parametrize(
    "unit, um",
    [
        ("nanometer", 1e-3),
        ("angstrom", 1e-4),
        ("millimeter", 1e3),
        ("centimeter", 1e4),
        ("meter", None),
        ("yottameter", None),
        ("inch", 25400),
        ("foot", None),
        ("mile", None),
        ("parsec", None),
        ("um", 1),
        ("µm", 1),
    ],
)
def test_units_of_length_become_micrometres(tmp_path, grey, unit, um):
    units = {"y": unit, "x": unit}
    path = write_image(tmp_path / "a.zarr", grey, "yx", scale=[3.0, 3.0], units=units)
    expected = None if um is None else pytest.approx(3 * um)
    assert read_ome_zarr(path).pixel_size_um == expected


def test_scales_of_the_level_and_of_the_pyramid_are_multiplied(tmp_path, grey):
    path = write_image(
        tmp_path / "a.zarr", grey, "yx", scale=[2.0, 2.0], outer=[0.3, 0.3]
    )
    assert read_ome_zarr(path).pixel_size_um == pytest.approx(0.6)


@pytest.mark.parametrize(
    "units, scale",
    [
        ({}, [2, 2]),
        ({"y": "pixel", "x": "pixel"}, [2, 2]),
        (SPACE, [1e-300, 1e-300]),
        (SPACE, [1e300, 1e300]),
    ],
)
def test_a_size_without_a_meaning_is_unknown(tmp_path, grey, units, scale):
    path = write_image(tmp_path / "a.zarr", grey, "yx", scale=scale, units=units)
    assert read_ome_zarr(path).pixel_size_um is None
    assert read_ome_zarr(path, pixel_size_um=1.17).pixel_size_um == 1.17


def test_pixels_that_are_not_square_are_refused_unless_told(tmp_path, grey):
    units = {"y": "nanometer", "x": "micrometer"}
    path = write_image(tmp_path / "a.zarr", grey, "yx", scale=[1000, 1], units=units)
    assert read_ome_zarr(path).pixel_size_um == pytest.approx(1)
    write_image(path, grey, "yx", scale=[2000, 1], units=units)
    with pytest.raises(ImageFileError, match=r"level 0: pixels are 1 um wide and 2 um"):
        read_ome_zarr(path)
    assert read_ome_zarr(path, pixel_size_um=2).pixel_size_um == 2


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_missing_chunks_are_counted_and_the_first_is_named(tmp_path, grey, version):
    path = write_image(tmp_path / "a.zarr", grey[None], version=version)
    prefix, separator = ("c/", "/") if version == "0.5" else ("", ".")
    for position in (("0", "1", "2"), ("0", "2", "0")):
        (path / "0" / f"{prefix}{separator.join(position)}").unlink()
    with pytest.raises(ImageFileError, match=r"2 of its chunks .*\(0, 1, 2\), file"):
        read_ome_zarr(path)
    image = read_ome_zarr(path, allow_missing_chunks=True)
    assert not image.data[32:64, 64:].any()
    np.testing.assert_array_equal(image.data[:64, :64], grey[:64, :64])


def test_a_chunk_missing_in_another_slice_does_no_harm(tmp_path, rng):
    values = rng.random((3, 40, 50))
    path = write_image(tmp_path / "a.zarr", values, "zyx")
    (path / "0/c/2/0/0").unlink()
    np.testing.assert_array_equal(read_ome_zarr(path, z=1).data[...], values[1])
    with pytest.raises(ImageFileError, match=r"1 of its chunks .*first at \(2, 0, 0\)"):
        read_ome_zarr(path, z=2)


def test_missing_shards_are_found_too(tmp_path, grey):
    path = write_image(tmp_path / "a.zarr", grey, "yx", shards=(64, 64))
    np.testing.assert_array_equal(read_ome_zarr(path).data[...], grey)
    (path / "0/c/1/0").unlink()
    with pytest.raises(ImageFileError, match=r"1 of its chunks .*first at \(1, 0\)"):
        read_ome_zarr(path)


def test_a_header_that_declares_too_much_does_not_hang(tmp_path, grey):
    path = write_image(tmp_path / "a.zarr", grey, "yx")
    header = path / "0/zarr.json"
    declared = json.loads(header.read_text()) | {"shape": [10**15, 10**15]}
    header.write_text(json.dumps(declared))
    with pytest.raises(ImageFileError, match=r"over 100000 of its chunks are missing"):
        read_ome_zarr(path)


def test_an_absent_folder_is_a_file_not_found_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no OME-Zarr image .*none\.zarr"):
        read_ome_zarr(tmp_path / "none.zarr")
    with pytest.raises(FileNotFoundError, match=r"no OME-Zarr image .*none\.zarr"):
        read_ome_zarr_labels(tmp_path / "none.zarr", "clusters")


def test_what_is_no_image_says_why(tmp_path, grey):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImageFileError, match=r"empty, level 0.*it is no zarr group"):
        read_ome_zarr(tmp_path / "empty")
    (tmp_path / "file").write_text("text")
    with pytest.raises(ImageFileError, match="it is a file, but an OME-Zarr image is"):
        read_ome_zarr(tmp_path / "file")
    zarr.save_array(tmp_path / "array", grey)
    with pytest.raises(ImageFileError, match=r"array, level 0 cannot be read"):
        read_ome_zarr(tmp_path / "array")
    write_image(tmp_path / "damaged", grey, "yx")
    (tmp_path / "damaged/zarr.json").write_text("{")
    with pytest.raises(ImageFileError, match=r"damaged, level 0 cannot be read"):
        read_ome_zarr(tmp_path / "damaged")


def test_a_group_without_an_image_names_those_within(tmp_path, grey):
    write_image(tmp_path / "a.zarr", grey, "yx", attributes={"of": "something"})
    with pytest.raises(ImageFileError, match="no multiscales metadata"):
        read_ome_zarr(tmp_path / "a.zarr")
    outer = zarr.create_group(tmp_path / "b.zarr")
    outer.create_group("second")
    outer.create_group("first")
    with pytest.raises(
        ImageFileError, match="an image within it is meant: first, second"
    ):
        read_ome_zarr(tmp_path / "b.zarr")
    outer.attrs["ome"] = {"version": "0.5", "plate": {}}
    with pytest.raises(ImageFileError, match="it is a plate of many images"):
        read_ome_zarr(tmp_path / "b.zarr")


@pytest.mark.parametrize("scale", [[0, 0], [-1, -1], [True, True], ["1", "1"]])
def test_a_scale_that_is_none_is_an_error(tmp_path, grey, scale):
    path = write_image(tmp_path / "a.zarr", grey, "yx", scale=scale)
    with pytest.raises(ImageFileError, match="coordinateTransformations"):
        read_ome_zarr(path)
    assert read_ome_zarr(path, pixel_size_um=1.17).pixel_size_um == 1.17


@pytest.mark.parametrize("version", ["0.6", "1.0", 5])
def test_other_versions_are_refused(tmp_path, grey, version):
    path = write_image(tmp_path / "a.zarr", grey, "yx", version=version)
    with pytest.raises(ImageFileError, match=f"version {version!r}; 0.1 to 0.5 can be"):
        read_ome_zarr(path)


def test_a_level_that_is_not_there_names_those_that_are(tmp_path, grey):
    path = write_image(tmp_path / "a.zarr", grey, "yx")
    with pytest.raises(ImageFileError, match=r"level=1 .* there is level=0 alone"):
        read_ome_zarr(path, level=1)
    with pytest.raises(TypeError, match=r"level=0\.5 must be an integer"):
        read_ome_zarr(path, level=0.5)
    shutil.rmtree(path / "0")
    with pytest.raises(ImageFileError, match="array '0' for level=0, which is missing"):
        read_ome_zarr(path)


@pytest.mark.parametrize(
    "damage, message",
    [
        (lambda entry: entry.pop("axes"), "lack 'axes'"),
        (lambda entry: entry.update(datasets=[]), "lack 'datasets'"),
        (
            lambda entry: entry["axes"].pop(0),
            r"shape \(70, 90\), but its metadata name",
        ),
        (lambda entry: entry["axes"][0].pop("name"), "'name'"),
        (
            lambda entry: entry["datasets"][0]["coordinateTransformations"][0].update(
                scale=[1.0]
            ),
            "do not state one scale of 2 numbers; pass pixel_size_um",
        ),
        (lambda entry: entry["datasets"].insert(0, "0"), "cannot be read"),
        (lambda entry: entry["datasets"][0].update(path="../../b"), "cannot be read"),
    ],
)
def test_damaged_metadata_are_one_typed_error(tmp_path, grey, damage, message):
    path = write_image(tmp_path / "a.zarr", grey, "yx")
    group = zarr.open_group(path)
    ome = group.attrs.asdict()["ome"]
    damage(ome["multiscales"][0])
    group.attrs["ome"] = ome
    with pytest.raises(ImageFileError, match=rf"a\.zarr, level 0 .*{message}"):
        read_ome_zarr(path)


def test_values_that_are_no_grey_levels_are_refused(tmp_path):
    path = write_image(tmp_path / "a.zarr", np.ones((40, 50), "complex64"), "yx")
    with pytest.raises(ImageFileError, match="complex64"):
        read_ome_zarr(path)


def test_without_zarr_the_error_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-microarch\[zarr\]'"):
        read_ome_zarr(tmp_path)
