"""Tests of sklearn_microarch.annotation.shapes._read_imagej."""

import zipfile
from contextlib import suppress

import numpy as np
import pytest
import roifile

from sklearn_microarch import SliceImage, read_rois
from sklearn_microarch.annotation.shapes import _imagej_outlines
from sklearn_microarch.exceptions import AnnotationWarning, ImageFileError

IMAGE = SliceImage(np.zeros((60, 80)), pixel_size_um=2.0)
SQUARE = [[5, 10], [45, 10], [45, 40], [5, 40]]


def polygon(points=SQUARE, name="CTX", **fields):
    roi = roifile.ImagejRoi.frompoints(np.array(points), name=name)
    roi.roitype = roifile.ROI_TYPE.POLYGON
    for field, value in fields.items():
        setattr(roi, field, value)
    return roi


def box(roitype, left, top, right, bottom, **fields):
    roi = roifile.ImagejRoi()
    roi.roitype, roi.version, roi.name = roitype, 228, "box"
    roi.left, roi.top, roi.right, roi.bottom = left, top, right, bottom
    for field, value in fields.items():
        setattr(roi, field, value)
    return roi


def composite(*rings):
    path = []
    for ring in rings:
        for number, (x, y) in enumerate(ring):
            path += [float(number > 0), x, y]
        path.append(4.0)
    return box(
        roifile.ROI_TYPE.RECT,
        0,
        0,
        50,
        50,
        shape_roi_size=len(path),
        multi_coordinates=np.array(path, dtype=np.float32),
    )


@pytest.fixture
def read(tmp_path):
    def read_roi(*rois, like=IMAGE, name="section", **options):
        path = tmp_path / (f"{name}.roi" if len(rois) == 1 else f"{name}.zip")
        path.unlink(missing_ok=True)
        roifile.roiwrite(path, list(rois) if len(rois) > 1 else rois[0])
        return read_rois(path, like=like, **options)

    return read_roi


def test_polygons_are_filled_to_their_corners(read):
    rois = read(polygon())
    assert rois.areas() == {"CTX": 1200}
    assert rois.codes[10:40, 5:45].all()
    assert rois.pixel_size_um == 2.0


def test_polygons_of_fractions_of_pixels_are_read(read):
    points = np.array(SQUARE) + 0.25
    rois = read(polygon(points.astype(np.float32)))
    assert rois.areas() == {"CTX": 1200}
    assert rois.codes[10:40, 5:45].all()


def test_a_set_is_read_with_its_names_and_colours(read):
    other = polygon(np.add(SQUARE, (30, 18)), "CC", stroke_color=b"\xff\x01\x02\x03")
    with pytest.warns(AnnotationWarning, match="CC lost|CTX lost"):
        rois = read(polygon(), other)
    assert rois.region_names == ["CTX", "CC"]
    assert dict(rois.colors) == {2: (1, 2, 3)}


def test_a_region_without_a_name_is_called_as_its_file(read):
    assert read(polygon(name=""), name="cortex").region_names == ["cortex"]


def test_names_that_imagej_made_up_are_said(read):
    rois = read(polygon(name="0025-0025"), polygon(name="a"))
    assert any("nobody named" in note for note in rois.notes)
    rois = read(polygon(name="a"), polygon(name="a-1"))
    assert any("'a-1'" in note for note in rois.notes)


def test_rectangles_are_read_sharp_and_rounded(read):
    rect = roifile.ROI_TYPE.RECT
    assert read(box(rect, 5, 10, 45, 40)).areas() == {"box": 1200}
    rounded = read(box(rect, 5, 10, 45, 40, rounded_rect_arc_size=20))
    assert rounded.areas()["box"] == pytest.approx(1200 - (4 - np.pi) * 100, abs=8)
    assert rounded.codes[10, 5] == 0
    assert rounded.codes[10, 25] == rounded.codes[25, 5] == 1


def test_an_oval_has_the_pixels_whose_centre_is_inside(read):
    rois = read(box(roifile.ROI_TYPE.OVAL, 10, 20, 51, 47))
    rows, cols = np.mgrid[:60, :80]
    x, y = (cols + 0.5 - 30.5) / 20.5, (rows + 0.5 - 33.5) / 13.5
    expected = x**2 + y**2 < 1
    assert (rois.codes.astype(bool) != expected).sum() <= 2


def test_composites_have_holes_and_parts(read):
    hole = [[10, 15], [20, 15], [20, 25], [10, 25]]
    island = [[12, 17], [14, 17], [14, 19], [12, 19]]
    rois = read(composite(SQUARE, hole, island, [[60, 5], [70, 5], [70, 9], [60, 9]]))
    assert rois.areas() == {"box": 1200 - 100 + 4 + 40}
    assert rois.codes[16, 11] == 0
    assert rois.codes[18, 13] == 1


def test_composites_of_many_rings_are_read_at_once(read, monkeypatch):
    monkeypatch.setattr(_imagej_outlines, "_RINGS_ONE_BY_ONE", 10)
    rings = [
        [[x, y], [x + 3, y], [x + 3, y + 3], [x, y + 3]]
        for x in range(6, 44, 5)
        for y in range(11, 36, 3)
    ]
    rings = rings[::2]
    assert read(composite(SQUARE, *rings)).areas() == {"box": 1200 - 9 * len(rings)}


def test_curves_of_a_path_are_followed(read):
    k = 0.5522847498
    x, y, r = 30, 30, 20
    path = [0, x + r, y]
    for a, b, c in (
        ((x + r, y + k * r), (x + k * r, y + r), (x, y + r)),
        ((x - k * r, y + r), (x - r, y + k * r), (x - r, y)),
        ((x - r, y - k * r), (x - k * r, y - r), (x, y - r)),
        ((x + k * r, y - r), (x + r, y - k * r), (x + r, y)),
    ):
        path += [3, *a, *b, *c]
    path.append(4)
    roi = composite(SQUARE)
    roi.multi_coordinates = np.array(path, dtype=np.float32)
    roi.shape_roi_size = len(path)
    assert read(roi).areas()["box"] == pytest.approx(np.pi * r**2, rel=0.01)


def test_lines_and_points_are_left_out_by_name(read):
    line = box(roifile.ROI_TYPE.LINE, 0, 0, 9, 9)
    point = polygon([[3, 3]], "p", roitype=roifile.ROI_TYPE.POINT)
    rois = read(polygon(), line, point)
    assert rois.areas() == {"CTX": 1200}
    assert "1 line, 1 point selection" in rois.notes[0]
    with pytest.raises(ImageFileError, match=r"no areas.* 1 line, 1 point selection"):
        read(line, point)


def test_positions_in_a_stack_are_chosen(read):
    first, second = polygon(name="a", position=1), polygon(name="b", position=4)
    with pytest.raises(ImageFileError, match="z=0, 3; choose"):
        read(first, second)
    assert read(first, second, z=3).region_names == ["b"]
    everywhere = polygon(name="c", position=0)
    assert set(read(first, everywhere, z=0).names.values()) == {"a", "c"}


def test_a_set_drawn_on_a_smaller_copy_is_scaled(read):
    points = np.array([[5, 10], [15, 10], [15, 13], [5, 13]])
    with pytest.warns(AnnotationWarning, match="scale="):
        read(polygon(points))
    rois = read(polygon(points), scale=4)
    assert rois.areas() == {"CTX": 40 * 12}
    assert rois.codes[40:52, 20:60].all()


def test_a_zip_file_of_other_things_is_refused(tmp_path, read):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ImageFileError, match=r"readme\.txt"):
        read_rois(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._a.roi", b"junk")
        archive.writestr("deep/er/c\u00f6rtex.ROI", polygon(name="").tobytes())
        archive.writestr("readme.txt", "hello")
    rois = read_rois(path, like=IMAGE)
    assert rois.region_names == ["c\u00f6rtex"]
    assert "2 other files" in rois.notes[0]


def test_a_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.roi", b"Iout" + bytes(2**26 + 10))
    with pytest.raises(ImageFileError, match="unpacks to more"):
        read_rois(path)


def test_damaged_files_end_in_an_error_that_names_the_file(tmp_path, rng):
    whole = polygon().tobytes()
    path = tmp_path / "damaged.roi"
    for _ in range(200):
        data = bytearray(whole)
        for at in rng.integers(4, len(data), rng.integers(1, 5)):
            data[at] = rng.integers(256)
        path.write_bytes(bytes(data[: rng.integers(4, len(data) + 1)]))
        # A number that was changed may still be one of an outline.
        with suppress(ImageFileError, AnnotationWarning):
            read_rois(path, like=IMAGE)
    path.write_bytes(whole[:40])
    with pytest.raises(ImageFileError, match=r"damaged\.roi.* is damaged"):
        read_rois(path, like=IMAGE)
