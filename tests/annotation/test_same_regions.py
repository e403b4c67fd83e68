"""One annotated section in the files of five programs: the same regions come out."""

import json

import nibabel
import numpy as np
import pytest
import roifile
import shapely
from PIL import Image

from sklearn_microarch import PatchSampler, SliceImage, read_rois
from sklearn_microarch.datasets import make_thalamocortical_phantom

PIXEL_UM = 5.0
# Regions whose outline is a simple polygon of whole pixels.
BOXES = {
    "CTX": [(20, 10), (20, 150), (90, 150), (90, 70), (60, 40), (60, 10)],
    "VP": [(100, 20), (100, 140), (150, 140), (150, 20)],
    "WM": [(60, 160), (60, 290), (130, 290), (130, 160)],
}
COLORS = {"CTX": (200, 0, 0), "VP": (0, 150, 30), "WM": (20, 40, 220)}


@pytest.fixture(scope="module")
def section():
    grey = make_thalamocortical_phantom(
        shape=(160, 320), pixel_size_um=PIXEL_UM, random_state=0
    ).images[0]
    return SliceImage(grey.data, pixel_size_um=PIXEL_UM, name="section")


@pytest.fixture(scope="module")
def codes():
    rows, cols = np.mgrid[:160, :320]
    found = np.zeros((160, 320), dtype=np.int64)
    for code, corners in enumerate(BOXES.values(), start=1):
        polygon = shapely.Polygon([(col, row) for row, col in corners])
        inside = shapely.contains_xy(polygon, cols + 0.5, rows + 0.5)
        found[inside] = code
    return found


def as_geojson(folder, codes):
    features = [
        {
            "type": "Feature",
            "id": str(at),
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[col, row] for row, col in [*corners, corners[0]]]],
            },
            "properties": {
                "objectType": "annotation",
                "classification": {"name": name, "color": COLORS[name]},
            },
        }
        for at, (name, corners) in enumerate(BOXES.items())
    ]
    path = folder / "section.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path, {}


def as_roi_set(folder, codes):
    rois = []
    for name, corners in BOXES.items():
        points = np.array([(col, row) for row, col in corners])
        roi = roifile.ImagejRoi.frompoints(points)
        roi.name = name
        rois.append(roi)
    path = folder / "RoiSet.zip"
    roifile.roiwrite(path, rois)
    return path, {}


def as_nifti(folder, codes):
    # Stored [x, y, z], five pixels a voxel: 25 um.
    every = codes[2::5, 2::5].T[..., None].astype(np.uint16)
    image = nibabel.Nifti1Image(every, np.diag([0.025, 0.025, 0.05, 1]))
    image.header.set_xyzt_units("mm")
    path = folder / "section.nii.gz"
    nibabel.save(image, path)
    (folder / "section.label").write_text(
        "".join(
            f'{at} {" ".join(map(str, COLORS[name]))} 1 1 1 "{name}"\n'
            for at, name in enumerate(BOXES, start=1)
        )
    )
    return path, {"table": folder / "section.label"}


def as_color_mask(folder, codes):
    colors = np.array([(0, 0, 0), *COLORS.values()], dtype=np.uint8)
    path = folder / "section.png"
    Image.fromarray(colors[codes]).save(path)
    table = folder / "colors.csv"
    lines = [
        f"{at},{name},{','.join(map(str, COLORS[name]))}"
        for at, name in enumerate(BOXES, start=1)
    ]
    table.write_text("\n".join(["id,name,r,g,b", *lines]))
    return path, {"table": table}


def as_napari(folder, codes):
    path = folder / "labels.npy"
    np.save(path, codes.astype(np.int32))
    return path, {"names": dict(enumerate(BOXES, start=1))}


@pytest.mark.parametrize(
    "write", [as_geojson, as_roi_set, as_color_mask, as_napari, as_nifti]
)
def test_every_program_s_file_gives_the_same_regions(tmp_path, section, codes, write):
    path, settings = write(tmp_path, codes)
    rois = read_rois(path, like=section, **settings)
    assert rois.region_names == list(BOXES)
    found = rois.on(section)
    names = {"": 0} | {name: at for at, name in enumerate(BOXES, start=1)}
    as_ours = np.vectorize(lambda code: names[rois.names.get(code, "")])(found)
    if write is as_nifti:
        # Its own pixels are five of ours: right but for half of one at each border.
        assert (as_ours != codes).mean() < 0.02
    else:
        np.testing.assert_array_equal(as_ours, codes)


def test_they_give_the_same_training_patches(tmp_path, section, codes):
    drawn = {}
    for write in (as_geojson, as_roi_set, as_color_mask, as_napari):
        path, settings = write(tmp_path, codes)
        rois = read_rois(path, like=section, **settings)
        sampler = PatchSampler(
            16, n_patches_per_roi=20, tissue=None, min_purity=0.9, random_state=0
        )
        patches, labels = sampler.sample(section, rois)
        drawn[write] = patches.positions.tolist(), labels.tolist()
    first = drawn[as_geojson]
    assert set(first[1]) == set(BOXES)
    for found in drawn.values():
        assert found == first


def test_a_coarser_annotation_gives_patches_of_the_same_regions(
    tmp_path, section, codes
):
    path, settings = as_nifti(tmp_path, codes)
    rois = read_rois(path, like=section, **settings)
    sampler = PatchSampler(16, n_patches_per_roi=20, tissue=None, random_state=0)
    patches, labels = sampler.sample(section, rois)
    at = codes[tuple(patches.positions[:, 1:].T)]
    names = np.array(["", *BOXES])
    assert (names[at] == labels).mean() > 0.95
