"""Which kind of label image a file is, and what it seems to be if it is none."""

import json
from collections.abc import Mapping
from pathlib import Path

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.annotation.labels._flat_labels import flat_shape
from sklearn_microarch.annotation.labels._labkit_labels import is_labkit
from sklearn_microarch.annotation.labels._nifti_labels import holds_nifti
from sklearn_microarch.annotation.labels._zarr_labels import is_zarr
from sklearn_microarch.annotation.tables._read_table import table_of_text
from sklearn_microarch.annotation.tables._table_text import decode_text, read_text

_BEGINS = {
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    b"\x89PNG": "png",
    b"\x93NUMPY": "npy",
}
_NOT_READ = {
    b"\xff\xd8\xff": "a JPEG, which blurs labels; save the labels as PNG or TIFF",
    b"GIF8": "a GIF; save the labels as PNG or TIFF",
    b"BM": "a BMP; save the labels as PNG or TIFF",
    b"\x89HDF": "HDF5 (an ilastik project, .h5); export the labels or the simple "
    "segmentation from ilastik as TIFF",
    b"PK": "a zip archive; save the labels as TIFF, PNG or .npy",
    b"Iout": "an outline of ImageJ (.roi), no label image",
    b"ZISRAWFILE": "a CZI picture of Zeiss; annotations are read from GeoJSON, RoiSet "
    "or label images",
    b"SQLite": "a database; export the annotations as GeoJSON or a label image",
}
# A key, or keys, by which JSON of other programs is known.
_JSON_KINDS = {
    ("annotations", "categories"): "COCO JSON (COCO Annotator, CVAT, Roboflow)",
    ("_via_img_metadata",): "a project of the VGG Image Annotator (VIA)",
    ("imagePath", "shapes"): "JSON of labelme",
    ("slices", "target"): "an alignment of QuickNII, VisuAlign or DeepSlice (anchoring "
    "only): export the .flat maps from VisuAlign and pass one with table=",
    ("atlas", "orientation"): "the settings of brainreg, not regions: pass the "
    "registered_atlas.tiff beside it",
    ("pathClasses",): "a list of QuPath's classes, not annotations: export the "
    "annotations as GeoJSON",
}
_EXPORT = ", which is not read; export GeoJSON, an ImageJ RoiSet or a label image"
# Headings by which tables that hold no names of labels are known.
_CSV_KINDS = {
    "shape-type": "a shapes layer of napari as CSV",
    "axis-0": "points of napari as CSV",
    "axis_0_min_um": "volumes of regions from brainglobe-segmentation",
    "volume_mm3": "volumes of regions from brainglobe-segmentation",
    "region_shape_attributes": "a table of the VGG Image Annotator (VIA)",
}
KNOWN = (
    "TIFF, PNG, OME-Zarr, NIfTI, .flat of QuickNII or VisuAlign, .npy, .labeling of "
    "Labkit"
)


def label_kind(path: Path) -> str:
    """Return the kind of a label image by its content.

    One of "tiff", "png", "zarr", "nifti", "flat", "npy" and "labkit"; ValueError, which
    says what the file seems to be, for any other.
    """
    if path.is_dir():
        if is_zarr(path) or is_zarr(path / "labels") or (path / "labels").is_dir():
            return "zarr"
        raise ValueError(f"it is a folder, and none of OME-Zarr; known are {KNOWN}")
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise ValueError("it is empty")
    for begin, kind in _BEGINS.items():
        if head.startswith(begin):
            return kind
    if holds_nifti(path):
        return "nifti"
    for begin, kind in _NOT_READ.items():
        if head.startswith(begin):
            raise ValueError(f"it is {kind}")
    if flat_shape(path) or path.suffix.lower() == ".flat":
        return "flat"
    return _kind_of_text(path, head)


def _kind_of_text(path: Path, head: bytes) -> str:
    try:
        text = decode_text(head).lstrip()
    except ValueError:
        text = ""
    if text[:1] in ("{", "["):
        return _kind_of_json(path)
    if text[:1] == "<":
        kind = _kind_of_xml(text)
        words = _words_for_text(path, text) if kind == "XML" else ""
        raise ValueError(words if "table=" in words else f"it is {kind}{_EXPORT}")
    for heading, kind in _CSV_KINDS.items():
        if heading in text.partition("\n")[0]:
            raise ValueError(
                f"it is {kind}, not a label image; save the labels layer, or the "
                "registered atlas, as TIFF"
            )
    if text:
        raise ValueError(_words_for_text(path, text))
    raise ValueError(
        f"it is of no known kind, it begins with {shown(head[:16])}; known are {KNOWN}"
    )


def _kind_of_json(path: Path) -> str:
    content = json.loads(read_text(path, max_bytes=16 * 1024**2))
    if is_labkit(content):
        return "labkit"
    keys = set(content) if isinstance(content, Mapping) else set()
    for known, kind in _JSON_KINDS.items():
        if set(known) <= keys:
            raise ValueError(f"it is {kind}" + ("" if ": " in kind else _EXPORT))
    first = next(iter(content.values()), None) if isinstance(content, Mapping) else None
    if isinstance(first, Mapping) and {"filename", "regions"} <= set(first):
        kind = _JSON_KINDS[("_via_img_metadata",)]
        raise ValueError(f"it is {kind}{_EXPORT}")
    raise ValueError(_words_for_text(path, "{"))


def _kind_of_xml(text: str) -> str:
    marks = {
        "<annotations": "XML of CVAT",
        "<Annotations": "XML of Aperio ImageScope",
        "<ASAP_Annotations": "XML of ASAP",
        "<annotation": "XML of labelImg or Pascal VOC",
    }
    return next((kind for mark, kind in marks.items() if mark in text), "XML")


def _words_for_text(path: Path, text: str) -> str:
    """Return what a text file seems to be: perhaps a table of names."""
    try:
        table = table_of_text(read_text(path), source=str(path))
    except (ValueError, RecursionError):
        kind = "JSON" if text.startswith("{") else "text"
        return f"it is {kind} of no known layout; known are {KNOWN}"
    return (
        f"it is a table of {len(table.names)} regions with names, not an annotation; "
        "pass it as table= beside the label image"
    )
