"""Damaged files of every kind that is read: something is read, or a typed error."""

import gzip
import json
import os
import shutil
import time
import warnings

import nibabel
import numpy as np
import pytest
import roifile
import tifffile
from fuzz.damage import damaged, edits
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from PIL import Image
from pipelines import fitted_pipeline, phantom

from sklearn_microarch import map_slice
from sklearn_microarch.annotation import RoiMap, read_rois
from sklearn_microarch.images import (
    OmeZarrWriter,
    SliceImage,
    read_image,
    read_ome_zarr,
    read_ome_zarr_labels,
    read_ome_zarr_provenance,
    read_tiff,
)
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.model_file import load_model, read_manifest, save_model
from sklearn_microarch.sheets import draft_sheet, read_sheet

SHAPE = (40, 56)
SECONDS = 10.0
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
TYPED = (TypeError, ValueError, OSError, MemoryError)
thorough = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    # What is found is short already: there is no time to make it shorter.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Of what takes seconds to read.
shorter = settings(thorough, max_examples=max(1, EXAMPLES // 3))
seeded = seed(int(os.environ.get("FUZZ_SEED", "0")))


def grey():
    """Return a picture."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 255, SHAPE, dtype=np.uint8)


def regions():
    """Return an annotation of three regions."""
    codes = np.zeros(SHAPE, dtype=np.uint8)
    codes[4:30, 3:20], codes[4:30, 25:40], codes[34:, 10:50] = 1, 2, 3
    return RoiMap(codes, {1: "root", 2: "CTX", 3: "VP"}, pixel_size_um=1.0)


def of_tiff(**options):
    """Return what writes a TIFF file."""
    return lambda path: tifffile.imwrite(path, grey(), **options)


def of_regions(path):
    """Write an annotation in the format of the suffix."""
    regions().write(path)


def of_imagej(path):
    """Write outlines as ImageJ does."""
    rois = [
        roifile.ImagejRoi.frompoints([[3, 4], [20, 4], [20, 30]], name=name)
        for name in ("CTX", "VP")
    ]
    if path.suffix == ".zip":
        roifile.roiwrite(path, rois)
    else:
        rois[0].tofile(path)


def of_nifti(path):
    """Write a label image as ITK-SNAP does, packed or not."""
    volume = nibabel.Nifti1Image(regions().codes.T[:, :, None].astype("u1"), np.eye(4))
    packed = path.name.endswith(".gz")
    content = volume.to_bytes()
    path.write_bytes(gzip.compress(content) if packed else content)


def of_text(text):
    """Return what writes a text."""
    return lambda path: path.write_text(text, encoding="utf-8")


TREE = json.dumps(
    [
        {
            "id": number,
            "acronym": name,
            "name": name,
            "parent_structure_id": None if number == 1 else 1,
            "rgb_triplet": [9, number, 7],
        }
        for number, name in ((1, "root"), (2, "CTX"), (3, "VP"))
    ]
)
LABKIT = json.dumps(
    {
        "interval": {"min": [0, 0], "max": [55, 39], "n": 2},
        "labels": {"CTX": [[3, 4], [4, 4]], "VP": [[20, 20]]},
        "colors": {"CTX": -65536, "VP": -256},
    }
)
SNAP = "".join(
    f'{code} {60 * code} 0 9 1 1 1 "{name}"\n'
    for code, name in enumerate(("Clear", "root", "CTX", "VP"))
)
SHEET = "image,rois,animal,group,z_um\ns1.tif,,m1,a,10\ns2.tif,,m2,b,20\n"


def with_table(path):
    """Read an annotation whose names are in a damaged table."""
    return read_rois(regions().codes, table=path)


def with_tree(path):
    """Read outlines whose regions are in a damaged tree."""
    whole = path.parent / "whole.geojson"
    if not whole.exists():
        of_regions(whole)
    return read_rois(whole, like=SliceImage(grey(), 1.0), tree=path)


def pixels(read):
    """Return what reads a picture to the last pixel."""
    return lambda path: read(path).pixels.sum()


def on_slice(path):
    """Read an annotation of a slice."""
    return read_rois(path, like=SliceImage(grey(), 1.0)).codes


# A file's name, what writes it, what reads it, and whether it is text.
FILES = {
    "tiff": ("a.tif", of_tiff(), pixels(read_tiff), False),
    "tiff, zlib tiles": (
        "a.tif",
        of_tiff(compression="zlib", tile=(16, 16)),
        pixels(read_tiff),
        False,
    ),
    "tiff, lzw": ("a.tif", of_tiff(compression="lzw"), pixels(read_image), False),
    "tiff, jpeg": ("a.tif", of_tiff(compression="jpeg"), pixels(read_image), False),
    "tiff, imagej": ("a.tif", of_tiff(imagej=True), pixels(read_image), False),
    "tiff, ome": ("a.ome.tif", of_tiff(ome=True), pixels(read_image), False),
    "png": (
        "a.png",
        lambda path: Image.fromarray(grey()).save(path),
        pixels(read_image),
        False,
    ),
    "jpeg": (
        "a.jpg",
        lambda path: Image.fromarray(grey()).save(path),
        pixels(read_image),
        False,
    ),
    "nifti picture": ("a.nii", of_nifti, pixels(read_image), False),
    "labels, tiff": ("r.tif", of_regions, on_slice, False),
    "labels, png": (
        "r.png",
        lambda path: Image.fromarray(regions().codes.astype("u1")).save(path),
        on_slice,
        False,
    ),
    "labels, nifti": ("r.nii", of_nifti, on_slice, False),
    "labels, nifti.gz": ("r.nii.gz", of_nifti, on_slice, False),
    "labels, npy": (
        "r.npy",
        lambda path: np.save(path, regions().codes),
        on_slice,
        False,
    ),
    "outlines, geojson": ("r.geojson", of_regions, on_slice, True),
    "outlines, roi": ("r.roi", of_imagej, on_slice, False),
    "outlines, zip": ("r.zip", of_imagej, on_slice, False),
    "labels, labkit": ("r.labeling", of_text(LABKIT), on_slice, True),
    "table, csv": ("t.csv", of_regions, with_table, True),
    "table, snap": ("t.txt", of_text(SNAP), with_table, True),
    "table, json": ("t.json", of_text(TREE), with_table, True),
    "tree, json": ("t.json", of_text(TREE), with_tree, True),
    "sheet": ("s.csv", of_text(SHEET), read_sheet, True),
}


def try_to_read(read, path, tally):
    """Read a file that may be damaged, or get a typed error, before long."""
    began = time.monotonic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(path)
        tally["read"] += 1
    except TYPED as error:
        tally["refused"] += 1
        words = str(error)
    else:
        words = "nothing is to be said"
    assert len(words) > 10
    assert time.monotonic() - began < SECONDS


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", FILES)
def test_a_damaged_file_is_read_or_refused(kind, tmp_path, tally):
    name, write, read, is_text = FILES[kind]
    path = tmp_path / name
    write(path)
    for number in (1, 2):
        # Slices that the sheet names.
        of_tiff()(tmp_path / f"s{number}.tif")
    whole = path.read_bytes()
    read(path)

    @seeded
    @thorough
    @given(edits(is_text=is_text))
    def run(changes):
        path.write_bytes(damaged(whole, changes))
        try_to_read(read, path, tally)

    run()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Return folders of several files, and what reads each."""
    home = tmp_path_factory.mktemp("folders")
    for version in ("0.4", "0.5"):
        with OmeZarrWriter(
            home / f"{version}.zarr", shape=SHAPE, version=version
        ) as writer:
            writer.add_image(["a"], dtype="uint8")[:] = grey()[None]
            about = {1: {"name": "CTX"}}
            writer.add_label("regions", properties=about)[:] = regions().codes
    image = phantom().images[1]
    small = image.replace(data=image.data[:100, 300:420], name="a")
    for name in ("maps.zarr", "maps"):
        map_slice(fitted_pipeline(), small, stride=12, out=home / name)
    of_regions(home / "regions.zarr")
    return home


def read_zarr(path):
    """Read all there is in an OME-Zarr image."""
    read_ome_zarr_provenance(path)
    read_ome_zarr(path).pixels.sum()
    read_ome_zarr_labels(path, "regions")[0].pixels.sum()


def read_maps(path):
    """Read maps to the last value."""
    maps = open_maps(path)
    for kind in ("factors", "clusters", "region_probabilities", "novelty"):
        np.asarray(getattr(maps, kind))
    maps.image.pixels.sum()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "name, read",
    [
        ("0.4.zarr", read_zarr),
        ("0.5.zarr", read_zarr),
        ("maps.zarr", read_maps),
        ("maps", read_maps),
        ("regions.zarr", on_slice),
    ],
)
def test_a_damaged_folder_is_read_or_refused(folders, tmp_path, tally, name, read):
    path = tmp_path / name
    shutil.copytree(folders / name, path)
    files = sorted(file for file in path.rglob("*") if file.is_file())

    @seeded
    @thorough
    @given(st.sampled_from(files), st.booleans(), st.data())
    def run(file, is_gone, data):
        whole = file.read_bytes()
        is_text = file.suffix in (".json", "") and whole[:1] == b"{"
        try:
            if is_gone and data.draw(st.booleans()):
                file.unlink()
            else:
                changes = data.draw(edits(is_text=is_text))
                file.write_bytes(damaged(whole, changes))
            try_to_read(read, path, tally)
        finally:
            file.write_bytes(whole)

    run()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("read", [load_model, read_manifest])
def test_a_damaged_model_is_refused_or_the_same(tmp_path, tally, read):
    path = tmp_path / "model.microarch"
    save_model(fitted_pipeline(), path)
    whole = path.read_bytes()

    @seeded
    @shorter
    @given(edits())
    def run(changes):
        path.write_bytes(damaged(whole, changes))
        try_to_read(read, path, tally)

    run()


@pytest.mark.timeout(600)
def test_a_folder_of_damaged_files_is_drafted_or_refused(tmp_path, tally):
    of_tiff()(tmp_path / "s1.tif")
    of_regions(tmp_path / "s1.geojson")
    files = {file: file.read_bytes() for file in sorted(tmp_path.iterdir())}

    @seeded
    @thorough
    @given(st.sampled_from(list(files)), edits(is_text=True))
    def run(file, changes):
        file.write_bytes(damaged(files[file], changes))
        try_to_read(draft_sheet, tmp_path, tally)
        file.write_bytes(files[file])

    run()
