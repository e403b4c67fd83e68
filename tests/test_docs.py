"""The code of the README and of every page of the manual runs, block after block."""

import copy
import functools
import pickle
import re
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from joblib.externals.loky import get_reusable_executor
from pipelines import fitted_pipeline, phantom, small_pipeline, training_patches
from sklearn.base import clone

from sklearn_microarch import RoiMap, SliceImage
from sklearn_microarch.exceptions import CollapsedFeaturesWarning
from sklearn_microarch.images import write_tiff
from sklearn_microarch.metrics import evaluation_centres, region_report

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
# What is written for a slice of life size, and what a small phantom takes instead.
SMALL = {
    "n_patches_per_roi=2000": "n_patches_per_roi=60",
    "patch_size_um=150": "patch_size_um=28",
    "shape=(700, 2800)": "shape=(128, 512)",
    "[10, 15, 20]": "[4, 6, 8]",
    "n_permutations=100": "n_permutations=2",
    "min_resources=500": "min_resources=60",
}

# Warnings that a page is about, or that its network is too small to do without.
EXPECTED = {
    # Three passes over sixty patches a region leave little beside the labels.
    "features": [CollapsedFeaturesWarning],
}


def blocks(page):
    """Return the Python blocks of a page, at the size of the phantom."""
    text = page.read_text()
    for large, small in SMALL.items():
        text = text.replace(large, small)
    return BLOCK.findall(text)


WITH_CODE = [page for page in PAGES if blocks(page)]


@functools.cache
def taken_for_granted():
    """Return the pickled objects that pages name and do not make, by name."""
    found = phantom()
    pipe = fitted_pipeline(names=True)
    patches, labels = training_patches(names=True)
    sampler = small_pipeline()["patches"]
    other = copy.deepcopy(pipe)
    rows, regions = sampler.sample(found.images[1], found.rois[1], found.roi_names)
    other[2:].fit(pipe["features"].transform(rows), regions)
    baseline = clone(pipe[:2]).set_params(features__max_epochs=1)
    baseline.fit(patches, labels)
    dense = [pipe["patches"].transform(image) for image in found.images]
    clusters = [
        fitted[1:].predict(rows)
        for fitted, rows in zip((pipe, other), dense, strict=True)
    ]
    layers = [
        rows.labels(layer) for rows, layer in zip(dense, found.layers, strict=True)
    ]
    centres = evaluation_centres(
        pipe["patches"], found.images[0], found.rois[0], found.roi_names, step=8
    )
    return pickle.dumps(
        {
            "image": found.images[0],
            "new_image": found.images[1],
            "rois": found.rois[0],
            "new_rois": found.rois[1],
            "names": found.roi_names,
            "sampler": sampler,
            "patches": patches,
            "labels": labels,
            "roi_labels": labels,
            "pipe": pipe,
            "baseline_report": region_report(baseline, *centres, rois=found.rois[0]),
            "one": pipe,
            "other": other,
            "clusters_159": clusters[0],
            "clusters_309": clusters[1],
            "layers_159": layers[0],
            "layers_309": layers[1],
            "map_309": dense[1].to_map(clusters[1]),
        }
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Go to a folder that holds the slices of the README."""
    found = phantom()
    size = found.images[0].pixel_size_um
    write_tiff(tmp_path / "slice.tif", found.images[0])
    write_tiff(
        tmp_path / "slice_rois.tif", SliceImage(found.rois[0], pixel_size_um=size)
    )
    write_tiff(tmp_path / "new_slice.tif", found.images[1])
    rois = RoiMap(found.rois[0], found.roi_names, pixel_size_um=size)
    rois.write(tmp_path / "slice.geojson", image=found.images[0])
    monkeypatch.chdir(tmp_path)
    # Workers of an earlier search are in another folder, those of this one stay there.
    get_reusable_executor().shutdown(wait=True, kill_workers=True)
    yield
    get_reusable_executor().shutdown(wait=True, kill_workers=True)


def test_pages_are_found():
    assert len(PAGES) >= 13


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_code_is_overlooked(page):
    text = page.read_text()
    assert len(blocks(page)) == text.count("```py")
    assert "~~~" not in text


@pytest.mark.parametrize("written", SMALL)
def test_only_numbers_that_are_written_somewhere_are_made_small(written):
    assert any(
        written in block for page in PAGES for block in BLOCK.findall(page.read_text())
    )
    assert re.sub(r"\d+", "", written) == re.sub(r"\d+", "", SMALL[written])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.stem)
def test_the_code_of_a_page_runs(page):
    for category in EXPECTED.get(page.stem, []):
        warnings.simplefilter("ignore", category)
    names = pickle.loads(taken_for_granted())
    for number, block in enumerate(blocks(page), start=1):
        exec(compile(block, f"{page.name}, block {number}", "exec"), names)
    plt.close("all")
