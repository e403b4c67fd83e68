"""Tests of sklearn_microarch.images._read_image: one door for every format."""

import json
import os
import shutil
import tracemalloc
from pathlib import Path

import nibabel
import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

from sklearn_microarch import SliceImage, read_image
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import OmeZarrWriter


@pytest.fixture
def written(tmp_path, grey):
    """Return the paths of one picture in every format."""
    kinds = ("tif", "png", "nii", "nii.gz")
    paths = {kind: tmp_path / f"z159.{kind}" for kind in kinds}
    tifffile.imwrite(paths["tif"], grey)
    Image.fromarray(grey).save(paths["png"])
    for suffix in ("nii", "nii.gz"):
        nibabel.save(nibabel.Nifti1Image(grey.T, np.eye(4)), paths[suffix])
    paths["ome.zarr"] = tmp_path / "z159.ome.zarr"
    with OmeZarrWriter(paths["ome.zarr"], shape=grey.shape) as writer:
        writer.add_image(["grey"], dtype="uint8")[0] = grey
    return paths


@pytest.mark.parametrize("kind", ["tif", "png", "nii", "nii.gz", "ome.zarr"])
def test_every_format_gives_the_same_slice(written, grey, kind):
    image = read_image(written[kind], specimen="mouse 1")
    np.testing.assert_array_equal(image.pixels, grey)
    assert (image.name, image.specimen) == ("z159", "mouse 1")
    assert image.pixel_size_um is None
    assert any("no pixel size" in note for note in image.notes)
    assert read_image(written[kind], pixel_size_um=2, name="a").pixel_size_um == 2.0
    np.testing.assert_array_equal(read_image(written[kind], channels=0).pixels, grey)
    with pytest.raises(ImageFileError, match=r"channels=1 .* 1 channel: 0"):
        read_image(written[kind], channels=1)


@pytest.mark.parametrize("kind", ["tif", "png", "nii", "ome.zarr"])
@pytest.mark.parametrize("argument", ["series", "level", "z", "t", "page"])
def test_what_a_file_does_not_have_is_named(written, kind, argument):
    message = rf"z159\.{kind}.*(z|{argument})=3 .*exist"
    with pytest.raises(ImageFileError, match=message):
        read_image(written[kind], **{argument: 3})


@pytest.mark.parametrize("kind", ["tif", "png"])
def test_the_content_tells_the_format_and_not_the_name(written, grey, tmp_path, kind):
    shutil.copy(written[kind], tmp_path / "odd.jpg")
    np.testing.assert_array_equal(read_image(tmp_path / "odd.jpg").pixels, grey)


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("a.czi", b"ZISRAWFILE" + bytes(99), r"Zeiss CZI .*QuPath.*bfconvert a\.czi"),
        ("a.vsi", b"II*\0" + bytes(99), "VSI .*bioformats2raw"),
        ("a.lif", b"\x70\0\0\0" + bytes(99), "Leica LIF"),
        ("a.mrxs", b"\xff\xd8\xff" + bytes(99), "MRXS"),
        ("a.nd2", b"\xda\xce\xbe\x0a" + bytes(99), "Nikon ND2"),
        ("a.h5", b"\x89HDF\r\n\x1a\n" + bytes(99), "HDF5"),
        ("a.zip", b"PK\x03\x04" + bytes(99), "zip archive.*read_rois"),
        ("a.npy", b"\x93NUMPY" + bytes(99), "numpy.load"),
        ("a.geojson", b'{"type": "Feature"}', "JSON.*read_rois"),
        ("a.txt", b"some words", "is text"),
        ("a.gz", b"\x1f\x8b" + bytes(99), "gzip"),
        ("a.dat", bytes(range(200)), "no kind that is known .*TIFF.*NIfTI are read"),
        ("a.tif", b"", "is empty"),
    ],
)
def test_other_files_are_named_with_a_way_forward(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImageFileError, match=message):
        read_image(tmp_path / name)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"series": "1"}, TypeError, "series="),
        ({"z": 1.5}, TypeError, "z="),
        ({"level": "fine"}, ValueError, "level='fine' must be"),
        ({"level": "auto"}, ValueError, "give it as pixel_size_um"),
        ({"level": True}, TypeError, "level="),
        ({"channels": []}, ValueError, "channels is empty"),
        ({"channels": 1.0}, TypeError, "channels=1.0 must be"),
        ({"channels": [None]}, TypeError, "channels="),
        ({"pixel_size_um": -1}, ValueError, "pixel_size_um=-1 must be positive"),
        ({"name": 5}, TypeError, "name=5 must be"),
        ({"specimen": 5}, TypeError, "specimen=5 must be"),
    ],
)
def test_a_wrong_argument_is_named(written, arguments, error, message):
    with pytest.raises(error, match=message):
        read_image(written["tif"], **arguments)


def test_an_address_is_no_local_file():
    with pytest.raises(FileNotFoundError, match=r"https://a\.org/b\.zarr .*local"):
        read_image("https://a.org/b.zarr")


def write_pyramid(path, values, **options):
    """Write an OME-TIFF with levels of a half and a quarter."""
    with tifffile.TiffWriter(path, ome=True) as writer:
        about = {"PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5, **options}
        writer.write(values, subifds=2, tile=(64, 64), metadata=about)
        for step in (2, 4):
            writer.write(values[::step, ::step], subfiletype=1, tile=(64, 64))
    return path


def test_a_level_knows_how_coarse_it_is(tmp_path, rng):
    values = rng.integers(0, 4096, (301, 203), dtype=np.uint16)
    path = write_pyramid(tmp_path / "a.ome.tif", values)
    image = read_image(path, level=2)
    np.testing.assert_array_equal(image.pixels, values[::4, ::4])
    assert (image.downsample, image.pixel_size_um) == (4.0, 2.0)
    assert "downsampled by 4" in repr(image)
    assert "level 2 of 3" in image.notes
    for wanted, level in ((0.1, 0), (0.9, 0), (1.0, 1), (1.9, 1), (2.0, 2), (50, 2)):
        image = read_image(path, level="auto", pixel_size_um=wanted)
        assert image.pixel_size_um == 0.5 * 2**level
    with pytest.raises(ImageFileError, match="level=3 does not exist"):
        read_image(path, level=3)


def test_levels_of_ome_zarr_are_taken_by_number_size_or_path(tmp_path, rng):
    values = rng.integers(0, 200, (1100, 700), dtype=np.uint8)
    path = tmp_path / "a.ome.zarr"
    with OmeZarrWriter(path, shape=values.shape, pixel_size_um=0.5) as writer:
        writer.add_image(["grey"], dtype="uint8")[0] = values
    by_number = read_image(path, level=1)
    assert (by_number.downsample, by_number.pixel_size_um) == (2.0, 1.0)
    for other in (
        read_image(path / "1"),
        read_image(path, level="auto", pixel_size_um=1.5),
    ):
        np.testing.assert_array_equal(other.pixels, by_number.pixels)
        assert other.downsample == 2.0
    with pytest.raises(ImageFileError, match="it is level 1 of the image"):
        read_image(path / "1", level=2)


def test_only_what_is_read_of_a_large_tiff_is_loaded(tmp_path):
    values = np.arange(8192, dtype=np.uint8) + np.zeros((6000, 1), np.uint8)
    for options in ({}, {"tile": (256, 256), "compression": "zlib"}):
        tifffile.imwrite(tmp_path / "a.tif", values, **options)
        tracemalloc.start()
        part = read_image(tmp_path / "a.tif").read(slice(5000, 5010), slice(300, 900))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        np.testing.assert_array_equal(part, values[5000:5010, 300:900])
        assert peak < 4e6


def test_bioformats2raw_and_spatialdata_are_ome_zarr(tmp_path, grey):
    for version, name in (("0.5-dev-spatialdata", "s0"), ("0.4", "0")):
        path = tmp_path / version
        group = zarr.create_group(path, zarr_format=2 if version == "0.4" else 3)
        entry = {"axes": [{"name": n, "type": "space"} for n in "yx"]}
        inner = group.create_group("0")
        inner.create_array(name, data=grey)
        entry["datasets"] = [{"path": name}]
        about = {"version": version, "multiscales": [entry]}
        inner.attrs.update(about if version == "0.4" else {"ome": about})
        group.attrs["bioformats2raw.layout"] = 3
        image = read_image(path)
        np.testing.assert_array_equal(image.pixels, grey)
        assert image.pixel_size_um is None
        group.create_group("1").attrs.update(inner.attrs.asdict())
        with pytest.raises(ImageFileError, match="2 images, choose one with series=0"):
            read_image(path)
        np.testing.assert_array_equal(read_image(path, series=0).pixels, grey)


def test_chunks_that_hold_nothing_are_zero_and_said(tmp_path):
    group = zarr.create_group(tmp_path / "a.zarr")
    array = group.create_array("0", shape=(60, 90), chunks=(30, 30), dtype="uint8")
    array[:30, :30] = 5
    axes = [{"name": n, "type": "space"} for n in "yx"]
    entry = {"axes": axes, "datasets": [{"path": "0"}]}
    group.attrs["ome"] = {"version": "0.5", "multiscales": [entry]}
    image = read_image(tmp_path / "a.zarr")
    assert image.pixels.sum() == 5 * 900
    assert "chunks without a file, read as 0: 5" in image.notes


def test_channels_are_taken_by_number_and_name(tmp_path, rng):
    values = rng.integers(0, 4096, (3, 40, 50), dtype=np.uint16)
    about = {"axes": "CYX", "Channel": {"Name": ["DAPI", "GFP", "NeuN"]}}
    tifffile.imwrite(tmp_path / "a.ome.tif", values, ome=True, metadata=about)
    path = tmp_path / "a.ome.zarr"
    with OmeZarrWriter(path, shape=(40, 50)) as writer:
        writer.add_image(["DAPI", "GFP", "NeuN"], dtype="uint16")[:] = values
    for file in (tmp_path / "a.ome.tif", path):
        assert read_image(file).n_channels == 3
        for asked, expected in (
            ("NeuN", values[2]),
            ("gfp", values[1]),
            (np.int64(1), values[1]),
            (["NeuN", 0], values[[2, 0]]),
            ([1], values[[1]]),
        ):
            image = read_image(file, channels=asked)
            np.testing.assert_array_equal(image.pixels, expected)
            np.testing.assert_array_equal(
                image.read(slice(3, 9), slice(4, 7)), expected[..., 3:9, 4:7]
            )
        with pytest.raises(ImageFileError, match=r"has 3 channels: 0 'DAPI', 1 'GFP'"):
            read_image(file, channels="DAPI2")


DATA = Path(os.environ.get("SKLEARN_MICROARCH_DATA", "")) / "annotations"
FOLDERS = ("4_label_tiff", "6_ilastik_labkit", "9_ome_zarr", "10_images")
# Which of several planes or images to read, and what the manifest says of the rest.
CHOSEN = {
    "galaxy_multiseries.ome.tiff": {"series": 0},
    "qupath_cells-2t.ome.tif": {"t": 1},
    "drosophila_3d.tif": {"z": 7},
    "neubias_xyz_8bit__nucleus.tif": {"z": 3},
    "drosophila_3d_labeling.tif": {"page": 7},
    "stardist_mask3d.tif": {"page": 7},
    "cellfinder_cube_pCell.tif": {"z": 3},
    "napari_lattice_roi_1.tif": {"page": 3},
    "test_image_czyx.zarr": {"z": 3},
    "test_image_zyx.zarr": {"z": 3},
    "test_image_tyx.zarr": {"t": 3},
    "galaxy_input9.zarr": {"z": 1},
}
KNOWN_SIZES = {
    "galaxy_multiseries.ome.tiff": 0.65,
    "qupath_cells-2t.ome.tif": 0.25,
    "neubias_xy_16bit__rat_hippocampal_neuron.tif": 0.16,
    "neubias_xy_8bit_labelimage_glialcell.tif": 0.7583,
    "neubias_xy_8bit_labels__mitocheck_incenp_t1.tif": 0.1,
    "galaxy_input9.zarr": 1.0,
}
SHAPES = {
    "quint_71661813_s0001.jpg": (768, 896),
    "deepslice_GLTa_s014.png": (3, 670, 1024),
    "large_image_rgba_overviews.tiff": (3, 600, 600),
    "test_LA_8.png": (64, 64),
    "test_RGBA_16.png": (3, 64, 64),
    "leaf.tif": (3, 446, 507),
    "skimage_ihc.png": (3, 512, 512),
    "viv_multi-channel.ome.tif": (3, 167, 439),
    "ome-zarr-py_v1.zarr": (2, 16, 16),
    "viv_bioformats_data.zarr": (3, 167, 439),
    "camera_bioformats2raw.ome.zarr": (480, 640),
}


def real_files():
    if not (DATA / "TRUTH.json").is_file():
        return []
    found = []
    for folder in FOLDERS:
        for path in sorted((DATA / folder).rglob("*")):
            inside = [part for part in path.parents if part.suffix == ".zarr"]
            is_image = path.suffix in (".tif", ".tiff", ".png", ".jpg", ".zarr")
            if is_image and not inside and "blobs.sdata" not in path.name:
                found.append(path.relative_to(DATA).as_posix())
    return found


needs_real_files = pytest.mark.skipif(
    not real_files(), reason="there is no $SKLEARN_MICROARCH_DATA/annotations"
)


@needs_real_files
@pytest.mark.parametrize("name", real_files())
def test_real_files_are_read_as_their_programs_read_them(name):
    path = DATA / name
    image = read_image(path, **CHOSEN.get(path.name, {}))
    assert isinstance(image, SliceImage)
    expected = KNOWN_SIZES.get(path.name, 0.5 if "ngio" in name else None)
    if expected is None:
        assert image.pixel_size_um is None
    else:
        assert image.pixel_size_um == pytest.approx(expected, rel=1e-3)
    assert image.data.shape == SHAPES.get(path.name, image.data.shape)
    truth = json.loads((DATA / "TRUTH.json").read_text()).get(name, {})
    if truth.get("mode") != "P" and "_16.png" not in name and "shape" in truth:
        assert image.dtype == truth["dtype"]
    if "YX" in truth.get("axes", "") and "orient" not in name:
        at = truth["axes"].index("Y")
        assert list(image.shape) == truth["shape"][at : at + 2]
    if truth.get("axes") == "YX" and "orient" not in name:
        for row, col, value in truth["probes_rc_value"]:
            assert image.pixels[row, col] == value
        counts = truth.get("counts") or {}
        values, found = np.unique(image.pixels, return_counts=True)
        for value, count in counts.items():
            assert found[values == float(value)] == count


@needs_real_files
@pytest.mark.parametrize("code", [3, 4, 6])
def test_real_files_that_are_turned_are_as_pillow_turns_them(code):
    folder = DATA / "10_images"
    upright = read_image(folder / "test_orient1.tif").pixels
    expected = {3: upright[::-1, ::-1], 4: upright[::-1], 6: np.rot90(upright, -1)}
    turned = read_image(folder / f"test_orient{code}.tif")
    np.testing.assert_array_equal(turned.pixels, expected[code])
