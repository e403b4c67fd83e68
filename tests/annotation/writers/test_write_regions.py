"""Tests of sklearn_microarch.annotation.writers._write_regions."""

import csv
import json

import nibabel
import numpy as np
import pytest
import shapely
import tifffile
from ome_zarr.io import parse_url
from ome_zarr.reader import Reader

from sklearn_microarch import RoiMap, SliceImage, read_rois
from sklearn_microarch.annotation.writers._trace_outlines import trace_outlines
from sklearn_microarch.annotation.writers._write_regions import FORMATS
from sklearn_microarch.exceptions import AnnotationWarning

NAMES = {3: "CTX", 6: 'cc "x"', 9: "Körper, b"}
COLORS = {3: (1, 2, 3), 6: (4, 5, 6), 9: (200, 0, 9)}
SUFFIXES = ["geojson", "tif", "nii", "nii.gz", "ome.zarr"]


def regions(rng, names=None, **options):
    codes = rng.choice([0, *(names or NAMES)], (30, 40))
    codes[5:20, 5:25] = next(iter(names or NAMES))
    return RoiMap(codes, names or NAMES, colors=COLORS, **options)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("edge", [None, 2.5])
def test_what_is_written_reads_back_the_same(rng, tmp_path, suffix, edge):
    rois = regions(rng, pixel_size_um=edge)
    path = rois.write(tmp_path / f"regions.{suffix}")
    like = SliceImage(np.zeros((30, 40)), pixel_size_um=edge)
    back = read_rois(path, like=like)
    assert (back.codes == rois.codes).all()
    assert dict(back.colors) == COLORS
    assert back.pixel_size_um == pytest.approx(edge)
    if suffix.startswith("nii"):
        assert back.region_names == [name.replace('"', "'") for name in NAMES.values()]
    else:
        assert dict(back.names) == NAMES


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_ids_above_16_and_24_bits_survive(rng, tmp_path, suffix):
    names = {5: "a", 70000: "b", 2**24 + 1: "c", 2**32 - 1: "d"}
    rois = regions(rng, names).replace(colors={})
    back = read_rois(rois.write(tmp_path / f"regions.{suffix}"))
    assert (back.codes == rois.codes).all()
    assert dict(back.names) == names


@pytest.mark.parametrize("suffix", ["geojson", "tif", "nii", "ome.zarr"])
def test_a_coarser_map_keeps_its_place_on_the_slice(rng, tmp_path, suffix):
    rois = regions(rng, pixel_size_um=8.0, offset_um=(3.5, 3.5))
    image = SliceImage(np.zeros((240, 320)), pixel_size_um=1.0)
    path = rois.write(tmp_path / f"regions.{suffix}", image=image)
    assert (read_rois(path, like=image).on(image) == rois.on(image)).all()


@pytest.mark.parametrize("downsample, crop", [(4, (0, 0)), (2, (10, 6))])
def test_outlines_are_in_pixels_of_the_whole_picture(rng, tmp_path, downsample, crop):
    image = SliceImage(
        np.zeros((30, 40)), pixel_size_um=2.0, downsample=downsample, crop=crop
    )
    rois = regions(rng)
    path = rois.write(tmp_path / "regions.geojson", image=image)
    assert (read_rois(path, like=image).codes == rois.codes).all()
    bounds = shapely.from_geojson(path.read_text()).bounds
    x, y = (np.nonzero(rois.codes.any(axis=axis))[0] for axis in (0, 1))
    assert bounds == (
        x[0] * downsample + crop[1],
        y[0] * downsample + crop[0],
        (x[-1] + 1) * downsample + crop[1],
        (y[-1] + 1) * downsample + crop[0],
    )


def test_shapely_finds_the_same_pixels_in_geojson(rng, tmp_path):
    rois = regions(rng)
    content = json.loads(rois.write(tmp_path / "regions.geojson").read_text())
    rows, cols = np.mgrid[:30, :40]
    for feature in content["features"]:
        polygon = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert polygon.is_valid
        about = feature["properties"]["classification"]
        code = rois.code_of(about["name"])
        assert about["color"] == list(COLORS[code])
        inside = shapely.contains_xy(polygon, cols + 0.5, rows + 0.5)
        assert (inside == (rois.codes == code)).all()


def test_imagej_finds_colours_and_names_in_a_tiff(rng, tmp_path):
    rois = regions(rng, pixel_size_um=2.5)
    with tifffile.TiffFile(rois.write(tmp_path / "regions.tif")) as tif:
        assert tif.is_imagej
        about = tif.imagej_metadata
        assert (tif.asarray() == rois.codes).all()
        assert tif.pages.first.tags["XResolution"].value == (2, 5)
    assert about["unit"] == "um"
    assert about["LUTs"][:, 9].tolist() == [200, 0, 9]
    assert '6,"cc ""x""",4,5,6' in about["Info"]


def test_nibabel_finds_the_labels_in_a_nifti(rng, tmp_path):
    rois = regions(rng, pixel_size_um=2.5)
    image = nibabel.load(rois.write(tmp_path / "regions.nii.gz"))
    assert image.shape == (40, 30, 1)
    assert (np.asarray(image.dataobj)[:, :, 0].T == rois.codes).all()
    assert image.header.get_zooms()[:2] == pytest.approx((0.0025, 0.0025))
    assert image.header.get_xyzt_units()[0] == "mm"
    described = (tmp_path / "regions.label").read_text()
    assert '"Körper, b"' in described


def test_ome_zarr_finds_the_labels_with_names_and_colours(rng, tmp_path):
    rois = regions(rng, pixel_size_um=2.5)
    path = rois.write(tmp_path / "regions.ome.zarr")
    nodes = list(Reader(parse_url(path))())
    labels = next(node for node in nodes if "labels/regions" in str(node.zarr))
    assert (np.asarray(labels.data[0]).squeeze() == rois.codes).all()
    assert labels.metadata["properties"][3]["name"] == "CTX"


def test_the_table_lists_codes_names_colours_and_areas(rng, tmp_path):
    rois = regions(rng, pixel_size_um=2.5)
    with rois.write(tmp_path / "regions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [*NAMES.values()]
    assert [int(row["pixels"]) for row in rows] == [*rois.areas().values()]
    assert float(rows[0]["area_mm2"]) == rois.areas()["CTX"] * 6.25e-6
    assert [rows[0][key] for key in ("red", "green", "blue")] == ["1", "2", "3"]


def test_regions_without_a_colour_get_unlike_ones(rng, tmp_path):
    rois = regions(rng).replace(colors={})
    back = read_rois(rois.write(tmp_path / "regions.tif"))
    assert len({back.colors[code] for code in NAMES}) == 3


@pytest.mark.parametrize("chosen", list(FORMATS))
def test_nothing_is_replaced_unasked(rng, tmp_path, chosen):
    rois = regions(rng)
    path = rois.write(tmp_path / "regions", chosen)
    with pytest.raises(FileExistsError, match="regions"):
        rois.write(path, chosen)
    rois.write(path, chosen, overwrite=True)


def test_a_file_of_names_beside_is_not_replaced_unasked(rng, tmp_path):
    (tmp_path / "regions.label").write_text("mine")
    with pytest.raises(FileExistsError, match=r"regions\.label"):
        regions(rng).write(tmp_path / "regions.nii")
    assert [file.name for file in tmp_path.iterdir()] == ["regions.label"]


@pytest.mark.parametrize("suffix", ["tif", "nii"])
def test_a_place_that_is_not_kept_is_said(rng, tmp_path, suffix):
    rois = regions(rng, pixel_size_um=20.0).replace(offset_um=(30.0, 0.0))
    with pytest.warns(AnnotationWarning, match=r"offset_um=\(30, 0\)"):
        path = rois.write(tmp_path / f"regions.{suffix}")
    assert read_rois(path, offset_um=(30.0, 0.0)).offset_um == rois.offset_um


def test_what_cannot_be_written_says_why(rng, tmp_path):
    rois = regions(rng)
    with pytest.raises(ValueError, match=r"\.geojson.*format="):
        rois.write(tmp_path / "regions.xyz")
    with pytest.raises(ValueError, match="format='svg'"):
        rois.write(tmp_path / "regions", "svg")
    with pytest.raises(FileNotFoundError, match="no folder"):
        rois.write(tmp_path / "none" / "regions.tif")
    with pytest.raises(ValueError, match="no region"):
        rois.exclude(rois.region_names).write(tmp_path / "regions.tif")
    with pytest.raises(TypeError, match="image"):
        rois.write(tmp_path / "regions.tif", image=5)
    zero = RoiMap([[0, 1]], {0: "a"}, unannotated_code=1)
    with pytest.raises(ValueError, match="code 0 is the region 'a'"):
        zero.write(tmp_path / "regions.tif")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_traced_outlines_are_valid_and_have_the_area_of_the_pixels(rng, share):
    for _ in range(30):
        inside = rng.random(rng.integers(1, 14, 2)) < share
        polygons = [shapely.Polygon(p[0], p[1:]) for p in trace_outlines(inside)]
        assert all(polygon.is_valid for polygon in polygons)
        assert sum(polygon.area for polygon in polygons) == inside.sum()
