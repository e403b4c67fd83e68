"""Tests that sections through a volume have what its planes have, in place."""

import numpy as np
import pytest
from volumes.test_write_isotropic import PIXEL_UM, SHAPE, SPACING_UM, grey, map_it

from sklearn_microarch.cli import main
from sklearn_microarch.cli.files._find_maps import find_maps
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.report import generate_report
from sklearn_microarch.volumes import cut_sections

# In the cuboid: plane 5, row 30, column 37.
POINT = (5.5 * SPACING_UM, 30.5 * PIXEL_UM, 37.5 * PIXEL_UM)
MISSING = 7


@pytest.fixture(scope="module")
def whole(client, tmp_path_factory):
    """Return the folder of the mapped volume, of which one plane is missing."""
    out = tmp_path_factory.mktemp("whole") / "maps.zarr"
    planes = [z for z in range(SHAPE[0]) if z != MISSING]
    map_it(out, client, specimen="m1", slices=planes)
    return out


def test_sections_are_lines_of_the_planes(whole):
    xy, xz, yz = cut_sections(whole, at_um=POINT)
    np.testing.assert_array_equal(xy.clusters, open_maps(whole, z=5).clusters)
    assert xy.image.name == "brain xy at z = 30 um"
    assert (xz.image.specimen, xz.image.pixel_size_um) == ("m1", PIXEL_UM)
    # A plane is as thick as three pixels, and as one cell.
    for section, line in ((xz, np.s_[:, 30]), (yz, np.s_[:, :, 37])):
        expected = grey()[line].copy()
        expected[MISSING] = np.nan
        found = section.image.pixels
        assert found.shape[0] == SHAPE[0] * 3
        np.testing.assert_array_equal(found, expected.repeat(3, axis=0))
    for z in range(SHAPE[0]):
        if z == MISSING:
            assert (xz.clusters[z] == -1).all()
            assert np.isnan(yz.factors[z]).all()
            continue
        maps = open_maps(whole, z=z)
        row = round((30 - maps.offset[0]) / maps.cell_size)
        column = round((37 - maps.offset[1]) / maps.cell_size)
        np.testing.assert_array_equal(xz.clusters[z], maps.clusters[row])
        np.testing.assert_array_equal(yz.factors[z], maps.factors[:, column])
    assert xz.factor_names == xy.factor_names
    assert [one.record.get("section") for one in (xy, xz, yz)] == [None, "xz", "yz"]
    assert yz.about == {"model_fingerprint": xy.about["model_fingerprint"]}
    # Rows of cells lie in the middle of their planes.
    assert xz.offset == (1.0, xy.offset[1])
    assert yz.offset == (1.0, xy.offset[0])


def test_planes_that_are_near_are_left_out(client, tmp_path):
    map_it(tmp_path / "maps.zarr", client, spacing_um=0.8)
    _, xz, _ = cut_sections(tmp_path / "maps.zarr")
    # 8.8 um are four pixels of 2 um, whose middles are 1, 3, 5 and 7 um deep.
    np.testing.assert_array_equal(xz.image.pixels, grey()[[1, 3, 6, 8], 26])
    # One cell of three pixels.
    plane = open_maps(tmp_path / "maps.zarr", z=3)
    row = round((26 - plane.offset[0]) / plane.cell_size)
    np.testing.assert_array_equal(xz.clusters[0], plane.clusters[row])


def test_a_page_shows_the_three_in_the_same_colours(whole):
    sections = [part.open() for part in find_maps(whole, at_um=POINT)]
    names = [part.image.name for part in sections]
    assert names == [one.image.name for one in cut_sections(whole, at_um=POINT)]
    page = generate_report(sections)
    assert list(page.slice_sizes) == [f"m1: {name}" for name in names]
    assert "xz at y = 61 um" in page.html
    # That nobody looked for drift is said of the plane, which could be compared.
    assert page.html.count("was not compared") == 1
    # Three maps of clusters, with the same colour of each cluster.
    keys = page.html.split('<ul class="key">')[1:]
    for name in ("cluster 0", "cluster 2"):
        colors = {
            line.split("background:")[1][:7]
            for key in keys
            for line in key.split("</ul>")[0].splitlines()
            if f">{name}<" in line
        }
        assert len(colors) == 1


def test_the_page_of_a_volume_is_called_after_it(whole, tmp_path, capsys):
    out = tmp_path / "page.html"
    point = map(str, POINT)
    assert main(["report", str(whole), "--at-um", *point, "-o", str(out)]) == 0
    assert "<h1>Three sections through maps.zarr</h1>" in out.read_text()


def test_without_a_point_it_is_the_middle(whole):
    xy, xz, _ = cut_sections(whole)
    assert xy.image.name == "brain xy at z = 30 um"
    assert xz.image.name == "brain xz at y = 53 um"


@pytest.mark.parametrize(
    "at_um, error, message",
    [
        ((1, 2), ValueError, "2 numbers"),
        ((1, 2, 1e4), ValueError, r"at_um\[2\]=10000"),
        ((-1, 2, 3), ValueError, r"at_um\[0\]=-1"),
        (("a", 2, 3), TypeError, r"at_um\[0\]='a'"),
    ],
)
def test_a_wrong_point_is_named(whole, at_um, error, message):
    with pytest.raises(error, match=message):
        cut_sections(whole, at_um=at_um)
