"""Public label images hold what other programs counted in them."""

import json

import numpy as np
import pytest

from sklearn_microarch.annotation.labels._read_label_image import read_label_image
from sklearn_microarch.annotation.tables._read_table import read_table
from sklearn_microarch.exceptions import AnnotationWarning, ImageFileError

VISUALIGN = "7_atlas_registration/visualign_allen"
LIST = "7_atlas_registration/allen2017_colours.csv"
REFUSED = {
    "3_nifti_itksnap/seg4d_11f.nii.gz": "probabilities",
    "5_napari/test_region.csv": "brainglobe-segmentation",
    "5_napari/summary.csv": "brainglobe-segmentation",
    "5_napari/test_track.npy": "list of points",
    "5_napari/brainreg.json": "settings of brainreg",
    f"{VISUALIGN}/alignment.json": "alignment of QuickNII",
    "7_atlas_registration/quicknii_linear_allen.json": "alignment of QuickNII",
    LIST: "table of 1328 regions",
    "6_ilastik_labkit/labkit2d/test-image.tif": "whole numbers",
    "10_images/skimage_ihc.png": "colours",
    "9_ome_zarr/galaxy_input10.zarr": "2 channels",
}


def is_counted(name, truth):
    return name.startswith("4_label_tiff") and "probes_rc_value" in truth


def test_label_images_have_the_pixels_that_were_counted(public):
    truth = json.loads((public / "TRUTH.json").read_text())
    names = [name for name, about in truth.items() if is_counted(name, about)]
    assert len(names) >= 9
    for name in names:
        rois = read_label_image(public / name)
        for row, col, value in truth[name]["probes_rc_value"]:
            assert rois.codes[row, col] == value
        if truth[name]["counts"]:
            values, counts = np.unique(rois.codes, return_counts=True)
            found = zip(values.tolist(), counts.tolist(), strict=True)
            assert {str(value): count for value, count in found} == truth[name][
                "counts"
            ]


@pytest.mark.parametrize(
    "name",
    [
        "4_label_tiff/drosophila_3d_labeling.tif",
        "3_nifti_itksnap/seg4d_11f_label1.nii.gz",
    ],
)
@pytest.mark.filterwarnings("ignore:.*holds no region")
def test_the_planes_of_a_stack_add_up(public, name):
    counts = json.loads((public / "TRUTH.json").read_text())[name]["counts"]
    totals = dict.fromkeys(counts, 0)
    times = [None] if name.endswith(".tif") else range(11)
    for t in times:
        for z in range(50 if t is None else 38):
            for code, n in read_label_image(public / name, z=z, t=t).areas().items():
                totals[code] += n
    totals.pop("0")
    assert totals == {code: n for code, n in counts.items() if code != "0"}


def test_values_of_flat_maps_are_rows(public):
    truth = json.loads((public / "TRUTH.json").read_text())
    table = read_table(public / LIST)
    for name in (f"{VISUALIGN}/test_s001_nl.flat", f"{VISUALIGN}/test_s005_nl.flat"):
        rois = read_label_image(public / name, table=table)
        for row, col, value in truth[name]["probes_rc_value"]:
            assert rois.codes[row, col] == table.rows[value]
    first = read_label_image(public / f"{VISUALIGN}/test_s001_nl.flat", table=table)
    assert first.areas()["Caudoputamen"] == 10170
    name = "7_atlas_registration/nutil_Rainbow2015_s0218.flat"
    rois = read_label_image(
        public / name, table=public / "3_nifti_itksnap/ABA_2015_labels.txt"
    )
    found = {
        rois.names[rois.codes[r, c]] for r, c in ((85, 326), (253, 379), (171, 135))
    }
    assert found == {"Field CA1", "Piriform area", "Thalamus"}


def test_scribbles_have_their_pixels(public):
    truth = json.loads((public / "TRUTH.json").read_text())
    for name in ("leaf.tif.labeling", "labkit2d/test-image.tif.labeling"):
        about = truth[f"6_ilastik_labkit/{name}"]
        rois = read_label_image(public / "6_ilastik_labkit" / name)
        assert rois.areas() == about["pixels"]
        for label, (x, y) in about["first_xy"].items():
            assert rois.names[rois.codes[y, x]] == label


@pytest.mark.parametrize("name", REFUSED)
def test_other_files_are_refused_with_words(public, name):
    with pytest.raises(ImageFileError, match=REFUSED[name]):
        read_label_image(public / name)


def test_tables_are_read_whole(public):
    truth = json.loads((public / "TRUTH.json").read_text())
    for name, about in truth.items():
        if name.startswith("3_nifti") and "last" in about:
            table = read_table(public / name)
            assert len(table.names) == about["n"]
            for id_, red, green, blue, label in about["first"]:
                assert table.names[id_] == label
                assert table.colors[id_] == (red, green, blue)
            assert table.names[int(about["last"][0])] == about["last"][-1]


def test_labels_whose_chunks_are_all_missing_are_empty(public):
    with pytest.warns(AnnotationWarning, match="no region"):
        rois = read_label_image(public / "9_ome_zarr/ngio_v05/test_image_yx.zarr")
    assert rois.shape == (64, 64)
    assert rois.pixel_size_um == 0.5
    labels = "9_ome_zarr/vitessce_spatialdata-0.7/blobs.sdata.zarr/labels/blobs_labels"
    assert read_label_image(public / labels).shape == (100, 100)
