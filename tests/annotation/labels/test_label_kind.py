"""Files of other kinds are refused with words that name what they are."""

import json

import pytest

from sklearn_microarch.annotation.labels._read_label_image import read_label_image
from sklearn_microarch.exceptions import ImageFileError

FILES = {
    "coco.json": (
        json.dumps({"images": [], "annotations": [], "categories": []}),
        "COCO JSON",
    ),
    "via.json": (
        json.dumps({"a.png99": {"filename": "a.png", "regions": []}}),
        "VGG Image Annotator",
    ),
    "project.json": (json.dumps({"_via_img_metadata": {}}), "VGG Image Annotator"),
    "labelme.json": (json.dumps({"shapes": [], "imagePath": "a"}), "labelme"),
    "s.json": (json.dumps({"target": "ABA", "slices": []}), "export the .flat maps"),
    "brainreg.json": (json.dumps({"atlas": "a", "orientation": "psl"}), "brainreg"),
    "classes.json": (json.dumps({"pathClasses": []}), "QuPath's classes"),
    "other.json": ("{}", "JSON of no known layout"),
    "deep.json": ("[" * 50_000, "cannot be read"),
    "cvat.xml": ("<?xml version='1.0'?>\n<annotations>", "XML of CVAT"),
    "shapes.csv": ("index,shape-type,vertex-index,axis-0\n", "shapes layer of napari"),
    "points.csv": ("index,axis-0,axis-1\n0,1.5,2.5\n", "points of napari"),
    "names.csv": ("id,name\n1,CTX\n", "table of 1 regions.*table="),
    "notes.txt": ("some words\n", "text of no known layout; known are TIFF"),
    "empty.tif": ("", "it is empty"),
    "ilastik.ilp": ("\x89HDF\r\n", "HDF5"),
    "set.zip": ("PK\x03\x04", "zip archive"),
    "scan.czi": ("ZISRAWFILE", "CZI"),
    "random.bin": ("\x01\x02\x03\x00\x00", "no known kind"),
    "bad.flat": ("\x02\x00\x00\x00\x05", "truncated, damaged or no .flat"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_kind_is_named(tmp_path, name):
    text, words = FILES[name]
    path = tmp_path / name
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ImageFileError, match=words) as caught:
        read_label_image(path)
    assert name in str(caught.value)
