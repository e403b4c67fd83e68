"""Tests of sklearn_microarch.annotation.shapes._read_geojson."""

import json
import warnings
import zipfile

import numpy as np
import pytest

from sklearn_microarch import SliceImage, read_rois
from sklearn_microarch.annotation.tables._structure_tree import StructureTree
from sklearn_microarch.exceptions import AnnotationWarning, ImageFileError

IMAGE = SliceImage(np.zeros((40, 60)), pixel_size_um=2.0)


def square(x0, y0, x1, y1):
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]


def feature(rings, region=None, **properties):
    if region is not None:
        properties["classification"] = {"name": region}
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": rings},
        "properties": {"objectType": "annotation", **properties},
    }


@pytest.fixture
def read(tmp_path):
    def read_content(content, like=IMAGE, **options):
        path = tmp_path / "section.geojson"
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text)
        return read_rois(path, like=like, **options)

    return read_content


CTX = feature([square(0, 0, 30, 20)], "CTX")


@pytest.mark.parametrize(
    "content",
    [
        {"type": "FeatureCollection", "features": [CTX]},
        [CTX],
        CTX,
        "\ufeff" + json.dumps(CTX),
    ],
)
def test_a_collection_a_list_and_an_object_are_read(read, content):
    assert read(content).areas() == {"CTX": 600}


def test_a_bare_geometry_is_one_unnamed_region(read):
    multi = {
        "type": "MultiPolygon",
        "coordinates": [
            [square(0, 0, 10, 10), square(2, 2, 4, 4)],
            [square(20, 0, 25, 10)],
        ],
    }
    rois = read(multi)
    assert rois.areas() == {"unnamed": 146}
    assert rois.codes[3, 3] == 0
    assert "without class and name" in rois.notes[0]
    collected = {"type": "GeometryCollection", "geometries": [multi]}
    assert read(collected).areas() == {"unnamed": 146}


def test_a_zipped_export_is_read(tmp_path):
    path = tmp_path / "section.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("section.geojson", json.dumps(CTX))
    assert read_rois(path, like=IMAGE).areas() == {"CTX": 600}


@pytest.mark.parametrize(
    "properties, name",
    [
        ({"classification": {"name": "a", "colorRGB": -1}, "name": "b"}, "a"),
        ({"classification": {"names": ["a", "b"]}}, "a: b"),
        ({"classification": "{'name': 'Tumor'}"}, "Tumor"),
        ({"classification": "Tumor"}, "Tumor"),
        ({"classification": None, "name": " b "}, "b"),
        ({"classification": {}, "name": "b"}, "b"),
        ({}, "unnamed"),
    ],
)
def test_the_class_or_else_the_name_is_the_region(read, properties, name):
    rois = read(feature([square(0, 0, 30, 20)], **properties))
    assert rois.region_names == [name]


@pytest.mark.parametrize(
    "properties, color",
    [
        ({"classification": {"name": "a", "colorRGB": -3670016}}, (200, 0, 0)),
        ({"classification": {"name": "a", "color": [1, 2, 3]}}, (1, 2, 3)),
        ({"name": "a", "color": [0, 255, 0]}, (0, 255, 0)),
        ({"name": "a", "color": "#0a0b0c"}, (10, 11, 12)),
        ({"name": "a", "color": ["x", 2, 3]}, None),
        ({"name": "a", "color": [1, 2, 999]}, None),
    ],
)
def test_colours_are_read_in_every_notation(read, properties, color):
    rois = read(feature([square(0, 0, 30, 20)], **properties))
    assert rois.colors.get(1) == color


def test_what_is_no_area_is_left_out_and_counted(read):
    point = {"type": "Point", "coordinates": [1, 2]}
    line = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
    objects = [CTX, {"type": "Feature", "geometry": None, "properties": {}}]
    for geometry in (point, point, line):
        objects.append({"type": "Feature", "geometry": geometry, "properties": None})
    objects.append(feature([square(0, 0, 9, 9)], "x", objectType="cell"))
    old = feature([square(0, 0, 9, 9)], objectType=None)
    objects.append({**old, "id": "PathDetectionObject"})
    rois = read(objects)
    assert rois.areas() == {"CTX": 600}
    for words in ("2 points", "1 line", "1 cell", "1 detection", "1 empty object"):
        assert words in rois.notes[0]


def test_unclosed_and_crossing_outlines_are_mended_and_named(read):
    bow = [[0, 0], [20, 20], [20, 0], [0, 20], [0, 0]]
    rois = read([feature([square(30, 0, 40, 10)[:-1]], "open"), feature([bow], "bow")])
    assert rois.areas() == {"open": 100, "bow": 180}
    assert any("unclosed" in note and "open" in note for note in rois.notes)
    assert any("cross themselves" in note and "bow" in note for note in rois.notes)


def test_outlines_without_an_area_are_left_out(read):
    rois = read([CTX, feature([[[1, 1], [5, 5], [1, 1]]], "flat"), feature([], "none")])
    assert rois.region_names == ["CTX"]
    assert any("without an area" in note for note in rois.notes)


@pytest.mark.parametrize(
    "content, words",
    [
        ({"pathClasses": [{"name": "a", "color": -1}]}, "list of classes"),
        ([{"name": "a", "color": -1}], "list of classes"),
        ([{"acronym": "a", "id": 1, "name": "b"}], "tree="),
        ({"images": [], "annotations": []}, "COCO"),
        ({"a": 1}, "no GeoJSON"),
        ([], "empty list"),
        ({"type": "FeatureCollection", "features": 5}, "no list of features"),
        ({"type": "FeatureCollection", "features": []}, "It is empty"),
        ({"type": "Point", "coordinates": [1, 2]}, "holds 1 point"),
        ({"type": "Polygon", "coordinates": 5}, "without coordinates"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3]]]}, "object 1|inhomogen"),
        ({"type": "Polygon", "coordinates": [[["a", 2], [3, 4]]]}, "could not"),
        (
            {"type": "Polygon", "coordinates": [[[1e300, 2], [3, 4], [5, 6]]]},
            "object 1",
        ),
        (
            '{"type": "Polygon", "coordinates": [[[NaN, 2], [3, 4], [5, 6]]]}',
            "no place",
        ),
        ({"type": "Curve", "coordinates": []}, "no GeoJSON|unknown type"),
        ("[" * 100_000, "too deep|no complete JSON"),
        ('{"type": "Feature", "geom', "no complete JSON"),
        ("", "it is empty"),
        ("<xml/>", "of another kind"),
    ],
)
def test_what_holds_no_areas_says_what_it_holds(read, content, words):
    with pytest.raises(ImageFileError, match=words) as caught:
        read(content)
    assert "section.geojson" in str(caught.value)


def test_deeply_nested_collections_end_in_a_typed_error(read):
    geometry = {"type": "Polygon", "coordinates": [square(0, 0, 9, 9)]}
    for _ in range(200):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    with pytest.raises(ImageFileError, match="no geometry"):
        read(geometry)


def test_of_several_planes_one_is_chosen(read):
    objects = [feature([square(0, 0, 30, 9)], "a"), feature([square(0, 0, 32, 2)], "b")]
    objects[1]["geometry"]["plane"] = {"c": -1, "z": 3, "t": 0}
    with pytest.raises(ImageFileError, match="z=0, 3; choose"):
        read(objects)
    assert read(objects, z=3).areas() == {"b": 64}
    with pytest.raises(ImageFileError, match="no area on the plane z=1"):
        read(objects, z=1)


def test_the_smaller_area_lies_upon_the_larger_whatever_the_order(read):
    inner, outer = feature([square(5, 5, 15, 15)], "in"), CTX
    for objects in ([inner, outer], [outer, inner]):
        rois = read(objects)
        assert rois.areas() == {"in": 100, "CTX": 500}
        assert "CTX lost 100 pixels (16.7%)" in rois.notes[-1]


def test_overlaps_are_warned_of_with_what_each_loses(read):
    with pytest.warns(AnnotationWarning, match=r"CTX lost 50 pixels \(8\.3%\)"):
        rois = read([CTX, feature([square(25, 0, 35, 10)], "b")])
    assert rois.areas() == {"CTX": 550, "b": 100}


def test_what_lies_outside_the_slice_is_cut_and_said(read):
    with pytest.warns(AnnotationWarning, match=r"b \(50\.0%\)"):
        rois = read([CTX, feature([square(50, 0, 70, 10)], "b")])
    assert rois.areas()["b"] == 100


def test_out_of_frame_or_tiny_asks_for_a_scale(read):
    with pytest.raises(ImageFileError, match="scale="):
        read(feature([square(500, 500, 700, 700)], "b"))
    tiny = feature([square(1, 1, 10, 6)], "b")
    with pytest.warns(AnnotationWarning, match="scale="):
        read(tiny)
    assert read(tiny, scale=5.0).areas() == {"b": 45 * 25}
    # The copy's pixels were 10 um, the slice's are 2.
    assert read(tiny, pixel_size_um=10.0) == read(tiny, scale=5.0)


def test_a_region_without_a_pixel_is_said(read):
    with pytest.warns(AnnotationWarning, match="too small"):
        read([CTX, feature([square(40.6, 3, 41.4, 5)], "thin")])


@pytest.mark.parametrize("downsample", [1, 2, 4])
@pytest.mark.parametrize("crop", [(0, 0), (8, 4)])
def test_half_a_pixel_is_lost_on_no_level_and_no_crop(read, downsample, crop):
    outline = [[[8, 8], [36, 8], [36, 28], [8, 28], [8, 8]]]
    whole = read(feature(outline, "a")).codes
    # Edges lie on those of pixels of every level.
    expected = whole[crop[0] :, crop[1] :][::downsample, ::downsample]
    image = SliceImage(
        np.zeros(expected.shape),
        pixel_size_um=2.0 * downsample,
        downsample=downsample,
        crop=crop,
    )
    rois = read(feature(outline, "a"), like=image)
    assert (rois.codes == expected).all()
    assert (rois.on(image) == expected).all()
    rows, cols = np.nonzero(whole)
    assert set(rois.labels_at(IMAGE, rows, cols)) == {"a"}


def test_without_a_slice_the_outlines_make_the_grid(read):
    rois = read(CTX, like=None)
    assert rois.shape == (20, 30)
    with pytest.raises(ImageFileError, match="like=image"):
        read(feature([square(0, 0, 1e5, 1e5)], "a"), like=None)


def test_names_fix_the_codes_of_regions(read):
    objects = [CTX, feature([square(30, 0, 40, 20)], "CC")]
    assert dict(read(objects, names={7: "CC", 3: "CTX"}).names) == {3: "CTX", 7: "CC"}
    with pytest.raises(ImageFileError, match=r"'CC'.*did you mean 'CCC'"):
        read(objects, names={7: "CCC", 3: "CTX"})


def test_a_mirrored_annotation_is_turned_when_it_is_said(read):
    rois = read(CTX, flip=True)
    assert (rois.codes == read(CTX).codes[:, ::-1]).all()
    assert "mirrored" in rois.notes[-1]


TREE = StructureTree(
    names={997: "root", 8: "Grey", 688: "Cortex", 453: "Somato", 73: "Ventricles"},
    parents={997: None, 8: 997, 688: 8, 453: 688, 73: 997},
    acronyms={997: "root", 8: "grey", 688: "CTX", 453: "SSp", 73: "VS"},
    colors={453: (1, 2, 3)},
)


def abba():
    """Return objects as ABBA writes them: nested by the atlas, and on two sides."""
    objects = [
        feature([square(0, 0, 60, 40)], "root"),
    ]
    for x0, side in ((0, "Left"), (30, "Right")):
        for name, (a, b) in {
            "grey": (0, 30),
            "CTX": (2, 28),
            # As large as its parent, and listed before it below.
            "SSp": (2, 28),
        }.items():
            entry = feature([square(x0 + a, 2, x0 + b, 30)], name=name)
            entry["properties"]["classification"] = {
                "names": [side, name],
                "color": [9, 9, 9],
            }
            objects.insert(0, entry)
    return objects


def test_the_leaf_wins_where_annotations_nest_by_the_tree(read):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rois = read(abba(), tree=TREE)
    # SSp covers all of CTX, whatever the order in the file.
    assert rois.areas() == {
        "grey": 2 * 4 * 28,
        "SSp": 2 * 26 * 28,
        "root": 60 * 40 - 60 * 28,
    }
    assert rois.code_of("SSp") == 453
    assert rois.colors[453] == (1, 2, 3)
    assert not any("lost" in note for note in rois.notes)
    assert any("read without it" in note for note in rois.notes)
    assert rois.to_level(["CTX"]).areas() == {"CTX": 2 * 26 * 28}


def test_sides_are_kept_or_chosen(read):
    split = read(abba(), tree=TREE, sides="split")
    assert split.areas()["Left: SSp"] == split.areas()["Right: SSp"] == 26 * 28
    assert split.sides[split.code_of("Right: SSp")] == "right"
    left = read(abba(), tree=TREE, sides="left")
    assert left.areas() == {"grey": 4 * 28, "SSp": 26 * 28}
    assert left.codes[10, 40] == 0
    with pytest.raises(ImageFileError, match="states no sides"):
        read(CTX, sides="left")


def test_names_that_no_structure_bears_are_said(read):
    rois = read([CTX, feature([square(40, 0, 50, 9)], "SSpp")], tree=TREE)
    assert any("'SSpp', did you mean 'SSp'" in note for note in rois.notes)
