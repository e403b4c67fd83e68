"""The code of the README and of every page runs; pages are found, and so are names."""

import copy
import functools
import importlib
import pickle
import pkgutil
import re
import warnings
from fnmatch import fnmatch
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from joblib.externals.loky import get_reusable_executor
from pipelines import small_pipeline
from sklearn.base import clone

import sklearn_microarch
from sklearn_microarch import RoiMap, SliceImage, fit_drift_reference
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.exceptions import CollapsedFeaturesWarning, DriftWarning
from sklearn_microarch.features import CNNFeatureExtractor
from sklearn_microarch.images import write_tiff
from sklearn_microarch.metrics import evaluation_centres, region_report

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
# What a build of the site leaves among the pages.
BUILT = [DOCS / "_build", DOCS / "gallery", DOCS / "reference" / "generated"]
SITE = [
    page
    for page in sorted(DOCS.glob("**/*.md"))
    if not any(page.is_relative_to(folder) for folder in BUILT)
]
PAGES = [ROOT / "README.md", *SITE]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
# What is written for a slice of life size, and what a small phantom takes instead.
SMALL = {
    "n_patches_per_roi=2000": "n_patches_per_roi=60",
    "patch_size_um=150": "patch_size_um=21",
    "patch_size_um=75": "patch_size_um=21",
    "shape=(700, 2800)": "shape=(128, 512)",
    "[10, 15, 20]": "[4, 6, 8]",
    "n_permutations=100": "n_permutations=2",
    "min_resources=500": "min_resources=60",
    "n_animals=2": "n_animals=1",
    "training_rows(image, rois, stride=8)": "training_rows(image, rois, stride=16)",
    "image, rois, step=8)": "image, rois, step=12)",
    "max_epochs=8": "max_epochs=1",
}

# Warnings that a page is about, or that its network is too small to do without.
EXPECTED = {
    # Three passes over sixty patches a region leave little beside the labels.
    "features": [CollapsedFeaturesWarning],
    # A network of few patches is easily thrown by another slice; the page tells how.
    "own_slices": [DriftWarning],
}


def blocks(page):
    """Return the Python blocks of a page, at the size of the phantom."""
    text = page.read_text()
    for large, small in SMALL.items():
        text = text.replace(large, small)
    return BLOCK.findall(text)


WITH_CODE = [page for page in PAGES if blocks(page)]


@functools.cache
def phantom():
    """Return two slices of a phantom as small as the pages can do with."""
    return make_thalamocortical_phantom(
        2, shape=(192, 768), six_class=True, z_step_um=40.0, random_state=0
    )


@functools.cache
def taken_for_granted():
    """Return the pickled objects that pages name and do not make, by name."""
    found = phantom()
    pipe = small_pipeline(features__unannotated=-1, patches__patch_size=18)
    sampler = pipe["patches"]
    patches, labels = sampler.sample(found.images[0], found.rois[0], found.roi_names)
    # Copies of it are trained on some pages.
    pipe.fit(patches, labels).set_params(features__max_epochs=1)
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
    """Go to a folder that holds the slices of the README; train and draw for short."""
    for function, short in (
        (CNNFeatureExtractor.__init__, {"max_epochs": 1}),
        (fit_drift_reference, {"n_draws": 20}),
    ):
        defaults = function.__kwdefaults__ | short
        monkeypatch.setattr(function, "__kwdefaults__", defaults)
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


def name_of(page):
    """Return a page's path from the folder of the repository."""
    return str(page.relative_to(ROOT))


def test_pages_are_found():
    assert len(PAGES) >= 60


@pytest.mark.parametrize("page", PAGES, ids=name_of)
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
@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_the_code_of_a_page_runs(page):
    for category in EXPECTED.get(page.stem, []):
        warnings.simplefilter("ignore", category)
    names = pickle.loads(taken_for_granted())
    for number, block in enumerate(blocks(page), start=1):
        exec(compile(block, f"{name_of(page)}, block {number}", "exec"), names)
    plt.close("all")


FENCED = re.compile(r"^(`{3,}|:{3,}).*?^\1\s*$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)


def anchors(page):
    """Return the places of a page that links may go to, as the site makes them."""
    text = FENCED.sub("", page.read_text())
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(text)
    }


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=name_of)
def test_links_to_other_pages_go_somewhere(page):
    for link in LINK.findall(FENCED.sub("", page.read_text())):
        path, _, anchor = link.partition("#")
        # The gallery is made by the build.
        if "://" in link or path == "gallery/index":
            continue
        target = page if not path else (page.parent / path).resolve()
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```", re.DOTALL | re.MULTILINE)


def matching(pattern):
    """Return the pages of a folder whose names match."""
    return [
        page
        for page in SITE
        if page.parent == pattern.parent and fnmatch(page.name, pattern.name)
    ]


def entries(page):
    """Yield the pages that a page lists in its tables of contents."""
    for tree in TOCTREE.findall(page.read_text()):
        lines = [line.strip() for line in tree.splitlines()]
        options = {line for line in lines if line.startswith(":")}
        for line in lines:
            if not line or line in options:
                continue
            # "Title <page>", or the page alone.
            path = re.sub(r".*<(.+)>", r"\1", line)
            target = f"{(page.parent / path).resolve()}.md"
            if ":glob:" in options:
                yield from matching(Path(target))
            else:
                yield Path(target)


def reached(page):
    """Return the pages that a reader comes to from a page, by tables of contents."""
    below = [other for other in entries(page) if other != page and other in SITE]
    return {page}.union(*map(reached, below))


def test_every_page_is_in_a_table_of_contents():
    assert reached(DOCS / "index.md") == set(SITE)


def test_tables_of_contents_list_pages_that_exist():
    gallery = DOCS / "gallery" / "index.md"
    listed = {other for page in SITE for other in entries(page)} - {gallery}
    assert listed <= set(SITE)


AUTOSUMMARY = re.compile(
    r"\.\. currentmodule:: (\S+)\n\n\.\. autosummary::\n(.*?)^```",
    re.DOTALL | re.MULTILINE,
)


def names_in_reference():
    """Return the public names that the reference lists, with their rooms."""
    found = []
    for page in sorted((DOCS / "reference").glob("*.md")):
        for room, listed in AUTOSUMMARY.findall(page.read_text()):
            assert page.stem == room.rpartition(".")[2]
            found += [
                f"{room}.{name}" for name in re.findall(r"^ +(\w+)$", listed, re.M)
            ]
    return found


def public_names():
    """Return the public names of every room."""
    rooms = [
        f"sklearn_microarch.{room}"
        for _, room, _ in pkgutil.iter_modules(sklearn_microarch.__path__)
        if not room.startswith("_")
    ]
    return [
        f"{room}.{name}"
        for room in rooms
        for name in importlib.import_module(room).__all__
    ]


def test_every_public_name_has_its_place_in_the_reference():
    # A name that is missing goes to the page of its room, docs/reference/<room>.md.
    assert sorted(names_in_reference()) == sorted(public_names())
