"""Tests of sklearn_microarch.images.tiff._open_tiff: what is read of a TIFF."""

import pickle

import joblib
import numpy as np
import pytest
import tifffile

import sklearn_microarch.images._read_image as door
from sklearn_microarch import read_image
from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import read_tiff
from sklearn_microarch.images.tiff._tiff_plane import TiffPlane


@pytest.fixture(params=["loaded", "lazy"])
def how(request, monkeypatch):
    """Read every TIFF at once, or leave every one in its file."""
    if request.param == "lazy":
        monkeypatch.setattr(door, "LAZY_FROM", 0)
    return request.param


@pytest.fixture
def lazy(monkeypatch):
    """Leave every TIFF in its file."""
    monkeypatch.setattr(door, "LAZY_FROM", 0)


@pytest.fixture
def colour(rng):
    return rng.integers(0, 256, size=(70, 90, 3), dtype=np.uint8)


TWO_UM = {"resolution": (5000, 5000), "resolutionunit": "CENTIMETER"}
LAYOUTS = [
    {"byteorder": byteorder, **layout}
    for byteorder in "<>"
    for layout in ({}, {"tile": (32, 16)}, {"rowsperstrip": 16})
]


@pytest.mark.usefixtures("lazy")
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "packbits"])
@pytest.mark.parametrize("planar", [None, "contig", "separate"])
def test_a_lazy_tiff_is_as_one_that_is_loaded(
    tmp_path, rng, layout, compression, planar
):
    shape = {None: (71, 93), "contig": (71, 93, 3), "separate": (3, 71, 93)}[planar]
    values = rng.integers(0, 60_000, shape, dtype=np.uint16)
    options = {} if planar is None else {"photometric": "rgb", "planarconfig": planar}
    options |= {"compression": compression, **layout}
    tifffile.imwrite(tmp_path / "a.tif", values, **options)
    expected = np.moveaxis(values, -1, 0) if planar == "contig" else values
    image = read_image(tmp_path / "a.tif")
    assert isinstance(image.data, TiffPlane)
    assert image.data.shape == expected.shape
    part = image.read(slice(15, 60), slice(30, 200))
    np.testing.assert_array_equal(part, expected[..., 15:60, 30:])
    np.testing.assert_array_equal(image.data[..., ::-7, 5], expected[..., ::-7, 5])
    assert image.read(slice(80, 90), slice(0, 5)).shape[-2:] == (0, 5)
    again = pickle.loads(pickle.dumps(image))
    np.testing.assert_array_equal(again.pixels, expected)
    assert joblib.hash(again) == joblib.hash(image)


def test_damage_in_a_tile_that_is_not_read_does_no_harm(tmp_path, grey, monkeypatch):
    monkeypatch.setattr(door, "LAZY_FROM", 0)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, grey, tile=(32, 32), compression="zlib")
    with tifffile.TiffFile(path) as tif:
        offset, n_bytes = tif.pages[0].dataoffsets[4], tif.pages[0].databytecounts[4]
    content = bytearray(path.read_bytes())
    content[offset : offset + n_bytes] = bytes(n_bytes)
    path.write_bytes(content)
    image = read_image(path)
    np.testing.assert_array_equal(image.read(slice(0, 32), slice(0, 90)), grey[:32])
    with pytest.raises(ImageFileError, match=r"a\.tif"):
        image.read(slice(30, 40), slice(30, 40))
    with pytest.raises(ImageFileError, match=r"a\.tif"):
        read_tiff(path)


def save_rgba(path, values, alpha, **options):
    data = np.concatenate([values, alpha], -1)
    options = {"photometric": "rgb", "extrasamples": ["unassalpha"], **options}
    tifffile.imwrite(path, data, **options)
    return path


@pytest.mark.usefixtures("how")
def test_rgb_with_alpha_is_rgb(tmp_path, colour, rng):
    alpha = rng.integers(0, 256, (70, 90, 1), dtype=np.uint8)
    image = read_image(save_rgba(tmp_path / "a.tif", colour, alpha, tile=(32, 32)))
    np.testing.assert_array_equal(image.pixels, np.moveaxis(colour, -1, 0))
    assert "transparency (alpha) left out" in image.notes
    blue = read_image(tmp_path / "a.tif", channels="blue")
    np.testing.assert_array_equal(blue.pixels, colour[..., 2])
    with pytest.raises(ImageFileError, match="channels=3 does not exist"):
        read_image(tmp_path / "a.tif", channels=3)


@pytest.mark.usefixtures("how")
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_probabilities_that_are_tagged_alpha_are_data(tmp_path, rng, dtype, n_classes):
    first = rng.dirichlet(np.ones(n_classes), (70, 90))
    values = first.astype(dtype)
    if dtype == "uint8":
        values = np.floor(first * 255).astype(dtype)
        values[..., -1] = 255 - values[..., :-1].sum(-1)
    options = {"photometric": "minisblack" if n_classes == 2 else "rgb"}
    options |= {"extrasamples": ["unassalpha"], "planarconfig": "contig"}
    tifffile.imwrite(tmp_path / "a.tif", values, **options)
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.pixels, np.moveaxis(values, -1, 0))


@pytest.mark.usefixtures("how")
def test_grey_with_alpha_is_grey(tmp_path, grey):
    values = np.stack([grey, np.full_like(grey, 255)], -1)
    options = {"extrasamples": ["assocalpha"], "planarconfig": "contig"}
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="minisblack", **options)
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.pixels, grey)


@pytest.mark.usefixtures("how")
@pytest.mark.parametrize("code", [2, 5, 6, 8])
def test_a_picture_is_turned_as_its_orientation_says(tmp_path, grey, code):
    tags = [(274, "H", 1, code, True)]
    tifffile.imwrite(tmp_path / "a.tif", grey, metadata=None, extratags=tags)
    shown = {2: grey[:, ::-1], 5: grey.T, 6: np.rot90(grey, -1), 8: np.rot90(grey)}
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.pixels, shown[code])
    assert any(f"orientation tag {code}" in note for note in image.notes)


@pytest.mark.parametrize("dialect", ["ome", "imagej"])
def test_depth_and_time_are_chosen_by_name(tmp_path, rng, how, dialect):
    stack = rng.integers(0, 4096, (2, 3, 4, 11, 13), dtype=np.uint16)
    options = {dialect: True, "metadata": {"axes": "TZCYX"}}
    tifffile.imwrite(tmp_path / "a.tif", stack, **options)
    image = read_image(tmp_path / "a.tif", z=2, t=1)
    np.testing.assert_array_equal(image.pixels, stack[1, 2])
    image = read_image(tmp_path / "a.tif", z=2, t=1, channels=[3, 1])
    np.testing.assert_array_equal(image.pixels, stack[1, 2, [3, 1]])
    with pytest.raises(ImageFileError, match=r"z=3 does not exist.* z=0 to z=2"):
        read_image(tmp_path / "a.tif", z=3, t=1)
    with pytest.raises(ImageFileError, match="both given"):
        read_image(tmp_path / "a.tif", z=1, page=1)


def test_a_stack_whose_axis_has_no_name_is_one_of_depth(tmp_path, rng):
    stack = rng.integers(0, 4096, (5, 11, 13), dtype=np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", stack)
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif", z=3).pixels, stack[3])


def write_slide(path, values):
    """Write a pyramid as scanners of Aperio do."""
    about = "Aperio Image Library v11\r\n{} |AppMag = 20|MPP = 0.4990"
    with tifffile.TiffWriter(path) as writer:
        for picture, what, options in (
            (values, "slide", {"tile": (64, 64)}),
            (values[::8, ::8], "thumb", {"rowsperstrip": 16}),
            (values[::4, ::4], "slide", {"tile": (64, 64)}),
            (values[::16, ::16], "label", {"rowsperstrip": 16, "subfiletype": 1}),
            (values[::16, ::16], "macro", {"rowsperstrip": 16, "subfiletype": 9}),
        ):
            options |= {"metadata": None, "description": about.format(what)}
            writer.write(picture, photometric="rgb", **options)
    return path


@pytest.mark.usefixtures("how")
def test_a_scanned_slide_has_levels_and_a_pixel_size(tmp_path, rng):
    values = rng.integers(0, 256, (512, 768, 3), dtype=np.uint8)
    path = write_slide(tmp_path / "a.svs", values)
    image = read_image(path)
    assert image.pixel_size_um == pytest.approx(0.499)
    assert any("Baseline" in note for note in image.notes)
    np.testing.assert_array_equal(image.pixels, np.moveaxis(values, -1, 0))
    coarse = read_image(path, level="auto", pixel_size_um=2)
    assert coarse.pixel_size_um == pytest.approx(1.996)
    assert coarse.downsample == 4
    expected = np.moveaxis(values[::4, ::4], -1, 0)
    np.testing.assert_array_equal(coarse.pixels, expected)
    assert read_image(path, series=2).shape == (32, 48)


SUB_PAGES, PAGES, REDUCED_PAGES = "sub-pages", "pages", "reduced pages"


@pytest.mark.usefixtures("how")
@pytest.mark.parametrize("layout", [SUB_PAGES, PAGES, REDUCED_PAGES])
def test_other_programs_lay_out_the_levels_of_an_svs_otherwise(tmp_path, rng, layout):
    values = rng.integers(0, 256, (512, 800, 3), dtype=np.uint8)
    options = {"photometric": "rgb", "tile": (128, 128), "metadata": None}
    about = "Aperio Image Library v12\r\n800x512 |AppMag = 20|MPP = 0.5"
    n_sub = 2 if layout == SUB_PAGES else None
    flag = 0 if layout == PAGES else 1
    with tifffile.TiffWriter(tmp_path / "a.svs") as writer:
        writer.write(values, subifds=n_sub, description=about, **options)
        for step in (2, 4):
            writer.write(values[::step, ::step], subfiletype=flag, **options)
    for level, step in enumerate((1, 2, 4)):
        image = read_image(tmp_path / "a.svs", level="auto", pixel_size_um=step / 2)
        assert (image.pixel_size_um, image.downsample) == (step / 2, step)
        assert f"level {level} of 3" in image.notes
        expected = np.moveaxis(values[::step, ::step], -1, 0)
        np.testing.assert_array_equal(image.pixels, expected)
    with pytest.raises(ImageFileError, match=r"level=0 \(the finest\) to level=2"):
        read_image(tmp_path / "a.svs", level=3)


def test_a_picture_of_one_level_says_so(tmp_path, grey):
    tifffile.imwrite(tmp_path / "a.tif", grey, **TWO_UM)
    with pytest.raises(
        ImageFileError, match="level=1 does not exist; there is level=0"
    ):
        read_image(tmp_path / "a.tif", level=1)
    image = read_image(tmp_path / "a.tif", level="auto", pixel_size_um=4)
    assert "level 0 of 1" in image.notes


def test_a_given_pixel_size_that_the_file_contradicts_is_noted(tmp_path, grey):
    tifffile.imwrite(tmp_path / "a.tif", grey, **TWO_UM)
    image = read_image(tmp_path / "a.tif", pixel_size_um=4)
    assert image.pixel_size_um == 4
    assert image.notes == ("pixel_size_um=4 as given, where the file states 2",)
    assert read_image(tmp_path / "a.tif", pixel_size_um=2).notes == ()


@pytest.mark.parametrize(
    "description, um",
    [
        ("<a><iScan ScanRes='0.25' Magnification='40'/></a>", 0.25),
        ('<DICOM_PIXEL_SPACING">&quot;0.0005&quot; &quot;0.0005&quot;</a>', 0.5),
        ("MPP = 0", None),
    ],
)
def test_other_scanners_state_a_size_too(tmp_path, grey, description, um):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, grey, description=description, metadata=None)
    assert read_image(path).pixel_size_um == um


PER_CM = {"resolution": (10000, 10000), "resolutionunit": "CENTIMETER"}


@pytest.mark.parametrize(
    "description",
    [
        "SCIFIO=0.37.3\naxes=X,Y\nunits=null,null\n",
        "ImageJ=1.5\nunit=null\n",
        "ImageJ=1.5\nunit=pixel\n",
        "<?xml version='1.0'?><OME><BinaryOnly MetadataFile='a.companion.ome'/></OME>",
    ],
)
def test_a_placeholder_is_no_pixel_size(tmp_path, grey, description):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, grey, description=description, metadata=None, **PER_CM)
    assert read_image(path).pixel_size_um is None


def test_the_unit_of_y_is_looked_at(tmp_path, grey):
    for unit, expected in (("nm", "refused"), ("um", 2.0), ("cows", None)):
        about = f"ImageJ=1.5\nunit=um\nyunit={unit}\n"
        options = {"description": about, "metadata": None, "resolution": (0.5, 0.5)}
        tifffile.imwrite(tmp_path / "a.tif", grey, resolutionunit=1, **options)
        if expected == "refused":
            with pytest.raises(ImageFileError, match="um wide"):
                read_image(tmp_path / "a.tif")
        else:
            assert read_image(tmp_path / "a.tif").pixel_size_um == expected


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_an_absurd_size_is_none(tmp_path, grey, size):
    about = {"PhysicalSizeX": size, "PhysicalSizeY": size}
    tifffile.imwrite(tmp_path / "a.tif", grey, ome=True, metadata=about)
    assert read_image(tmp_path / "a.tif").pixel_size_um is None


@pytest.mark.parametrize("name", ["../b.tif", "/etc/b.tif", "c\\b.tif", ".."])
def test_pixels_of_another_folder_are_not_taken(tmp_path, grey, name):
    xml = f"""<?xml version="1.0"?><OME><Image><Pixels DimensionOrder="XYCZT"
        Type="uint8" SizeX="90" SizeY="70" SizeC="1" SizeZ="1" SizeT="1"><TiffData
        IFD="0"><UUID FileName="{name}">urn:uuid:1</UUID></TiffData></Pixels></Image>
        </OME>"""
    tifffile.imwrite(tmp_path / "a.ome.tif", grey, description=xml, metadata=None)
    with pytest.raises(ImageFileError, match="no file of its own folder"):
        read_image(tmp_path / "a.ome.tif")


def test_a_plane_of_a_set_takes_the_size_from_its_companion(tmp_path, grey):
    xml = """<?xml version="1.0"?><OME UUID="urn:uuid:1"><BinaryOnly
        MetadataFile="set.companion.ome" UUID="urn:uuid:2"/></OME>"""
    path = tmp_path / "z1.ome.tif"
    tifffile.imwrite(path, grey, description=xml, metadata=None, **PER_CM)
    assert read_image(path).pixel_size_um is None
    for size, expected in (("", None), ("PhysicalSizeX='0.7'", 0.7)):
        about = f"<OME><Image><Pixels SizeX='90' {size}/></Image></OME>"
        (tmp_path / "set.companion.ome").write_text(about)
        assert read_image(path).pixel_size_um == expected


def test_a_height_of_zero_is_named(tmp_path, grey):
    tifffile.imwrite(tmp_path / "a.tif", grey, metadata=None)
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+b") as tif:
        tif.pages[0].tags["ImageLength"].overwrite(0)
    with pytest.raises(ImageFileError, match=r"a\.tif"):
        read_image(tmp_path / "a.tif")


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "jpeg"},
        {"compression": "webp"},
        {"compression": "png"},
        {"compression": "zstd"},
        {"compression": "zlib", "predictor": True},
    ],
    ids=str,
)
def test_coded_tiles_are_the_same_when_they_are_read_late(
    tmp_path, colour, monkeypatch, options
):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, colour, photometric="rgb", tile=(32, 32), **options)
    expected = read_image(path).pixels
    monkeypatch.setattr(door, "LAZY_FROM", 0)
    part = read_image(path).read(slice(20, 60), slice(25, 90))
    np.testing.assert_array_equal(part, expected[:, 20:60, 25:])


def test_a_tiff_that_claims_more_than_it_can_hold_is_refused(tmp_path, grey):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, grey, compression="zlib", metadata=None)
    with tifffile.TiffFile(path, mode="r+b") as tif:
        for name in ("ImageLength", "ImageWidth", "RowsPerStrip"):
            tif.pages[0].tags[name].overwrite(30_000)
    with pytest.raises(ImageFileError, match="bytes of pixels, more than"):
        read_image(path)
