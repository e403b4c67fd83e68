"""Tests of sklearn_microarch.annotation._read_rois."""

import json

import nibabel
import numpy as np
import pytest
import roifile
import tifffile
from PIL import Image

from sklearn_microarch import SliceImage, read_rois
from sklearn_microarch.exceptions import AnnotationWarning, ImageFileError

EDGE = 5.0
IMAGE = SliceImage(np.zeros((200, 240), dtype=np.uint8), pixel_size_um=EDGE)
# Rows and columns of each region, on whole cells of 25 um.
BOXES = {"CTX": (10, 90, 20, 120), "CC": (90, 115, 20, 200), "STR": (120, 180, 40, 160)}
COLORS = {"CTX": (200, 0, 0), "CC": (0, 200, 0), "STR": (0, 0, 200)}


def codes():
    found = np.zeros(IMAGE.shape, dtype=np.uint8)
    for code, (r0, r1, c0, c1) in enumerate(BOXES.values(), start=1):
        found[r0:r1, c0:c1] = code
    return found


def write_geojson(folder):
    objects = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[c0, r0], [c1, r0], [c1, r1], [c0, r1], [c0, r0]],
                ],
            },
            "properties": {"classification": {"name": name, "color": COLORS[name]}},
        }
        for name, (r0, r1, c0, c1) in BOXES.items()
    ]
    path = folder / "section.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": objects}))
    return path, {}


def write_rois(folder):
    path = folder / "RoiSet.zip"
    rois = [
        roifile.ImagejRoi.frompoints(
            np.array([[c0, r0], [c1, r0], [c1, r1], [c0, r1]]), name=name
        )
        for name, (r0, r1, c0, c1) in BOXES.items()
    ]
    for roi in rois:
        roi.roitype = roifile.ROI_TYPE.POLYGON
    roifile.roiwrite(path, rois)
    return path, {}


def write_nifti(folder):
    path = folder / "section.nii.gz"
    small = codes()[2::5, 2::5]
    image = nibabel.Nifti1Image(small.T[:, :, None], np.diag([0.025, 0.025, 1, 1]))
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)
    return path, {"names": dict(enumerate(BOXES, start=1))}


def write_png(folder):
    path = folder / "mask.png"
    table = np.array([(0, 0, 0), *COLORS.values()], dtype=np.uint8)
    Image.fromarray(table[codes()]).save(path)
    names = dict(enumerate(BOXES, start=1))
    return path, {
        "names": names,
        "colors": dict(zip(names, COLORS.values(), strict=True)),
    }


def write_napari(folder):
    np.save(folder / "labels.npy", codes().astype(np.int64))
    return folder / "labels.npy", {"names": dict(enumerate(BOXES, start=1))}


WRITERS = [write_geojson, write_rois, write_nifti, write_png, write_napari]


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_one_section_annotated_in_any_program_is_the_same(tmp_path, write):
    path, options = write(tmp_path)
    rois = read_rois(path, like=IMAGE, **options)
    found = rois.on(IMAGE)
    names = np.array(["", *BOXES])[codes()]
    mapped = {0: ""} | dict(rois.names)
    assert (np.vectorize(mapped.get)(found) == names).all()
    rows, cols = np.indices(IMAGE.shape).reshape(2, -1)
    assert (rois.labels_at(IMAGE, rows, cols) == names.ravel()).all()


def test_arrays_of_codes_are_read(tmp_path):
    rois = read_rois(codes(), like=IMAGE, names=dict(enumerate(BOXES, start=1)))
    assert rois.region_names == list(BOXES)
    assert (rois.on(IMAGE) == codes()).all()


def test_a_mirrored_coarse_map_is_turned_about_the_middle_of_the_slice(tmp_path):
    path, options = write_nifti(tmp_path)
    rois = read_rois(path, like=IMAGE, flip=True, **options)
    assert (rois.on(IMAGE) == codes()[:, ::-1]).all()


def test_offsets_of_outlines_are_in_micrometres(tmp_path):
    path, _ = write_geojson(tmp_path)
    shifted = read_rois(path, like=IMAGE, offset_um=(4 * EDGE, -3 * EDGE))
    assert (shifted.codes[4:, :-3] == codes()[:-4, 3:]).all()


def test_a_tree_is_read_from_its_file(tmp_path):
    tree = [
        {"id": 1, "acronym": "root", "name": "root", "structure_id_path": [1]},
        {"id": 5, "acronym": "GM", "name": "grey", "structure_id_path": [1, 5]},
        {"id": 7, "acronym": "CTX", "name": "cortex", "structure_id_path": [1, 5, 7]},
        {"id": 9, "acronym": "STR", "name": "striatum", "structure_id_path": [1, 5, 9]},
        {"id": 2, "acronym": "CC", "name": "callosum", "structure_id_path": [1, 2]},
    ]
    for entry in tree:
        entry["rgb_triplet"] = [1, 2, 3]
    (tmp_path / "structures.json").write_text(json.dumps(tree))
    path, _ = write_geojson(tmp_path)
    rois = read_rois(path, like=IMAGE, tree=tmp_path / "structures.json")
    assert dict(rois.names) == {7: "CTX", 2: "CC", 9: "STR"}
    assert rois.to_level(["grey"]).areas() == {"grey": 80 * 100 + 60 * 120}
    with pytest.raises(ImageFileError, match="tree="):
        read_rois(tmp_path / "structures.json", like=IMAGE)


@pytest.mark.parametrize(
    "options, error, words",
    [
        ({"sides": "both"}, ValueError, "sides='both'"),
        ({"unannotated_code": 0.5}, TypeError, "unannotated_code"),
        ({"scale": -1}, ValueError, "scale=-1"),
        ({"scale": 2, "pixel_size_um": 3}, ValueError, "both scale and"),
        ({"pixel_size_um": "a"}, TypeError, "pixel_size_um"),
        ({"flip": 1}, TypeError, "flip=1"),
        ({"like": "image.tif"}, TypeError, "like"),
        ({"offset_um": (0, "a")}, TypeError, "offset_um"),
    ],
)
def test_wrong_arguments_are_named(tmp_path, options, error, words):
    path, _ = write_geojson(tmp_path)
    with pytest.raises(error, match=words):
        read_rois(path, **({"like": IMAGE} | options))


def test_files_of_no_kind_end_in_an_error_that_names_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_rois(tmp_path / "nowhere.geojson")
    (tmp_path / "notes.txt").write_text("regions: none")
    with pytest.raises(ImageFileError, match=r"notes\.txt"):
        read_rois(tmp_path / "notes.txt")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(ImageFileError, match="empty"):
        read_rois(tmp_path / "empty")
    with pytest.raises(ImageFileError):
        read_rois(tmp_path)


def test_scale_is_for_outlines_only(tmp_path):
    tifffile.imwrite(tmp_path / "labels.tif", codes())
    with pytest.raises(ValueError, match="pixel_size_um"):
        read_rois(tmp_path / "labels.tif", like=IMAGE, scale=2)


def test_a_set_for_a_smaller_copy_asks_for_its_scale(tmp_path):
    roi = roifile.ImagejRoi.frompoints(
        np.array([[2, 1], [12, 1], [12, 9], [2, 9]]), name="CTX"
    )
    roi.roitype = roifile.ROI_TYPE.POLYGON
    roi.tofile(tmp_path / "a.roi")
    with pytest.warns(AnnotationWarning, match="scale="):
        read_rois(tmp_path / "a.roi", like=IMAGE)
    rois = read_rois(tmp_path / "a.roi", like=IMAGE, scale=10)
    assert rois.codes[10:90, 20:120].all()
    assert rois.areas() == {"CTX": 8000}
