"""The types that a user's type checker sees: they survive ``fit``, and rows taken."""

import re
import subprocess
import sys

import pytest

pytest.importorskip("mypy")

# The right column is what mypy reveals of the left one, without modules.
SCRIPT = {
    "patches[:10]": "Patches",
    "patches[[0, 1]]": "Patches",
    "patches[np.array([0])]": "Patches",
    "patches[np.flatnonzero(codes == 1)]": "Patches",
    "patches[np.isin(codes, 1)]": "Patches",
    "patches.take([1, 0])": "Patches",
    "patches[0]": "ndarray[Any]",
    "patches[np.int64(0)]": "ndarray[Any]",
    "patches[:2, 0]": "Patches | ndarray[Any]",
    "PatchSampler().training_rows([image], [rois])": "tuple[Patches, ndarray[Any]]",
    "PatchSampler().fit(patches)": "PatchSampler",
    "PatchSampler().fit(patches).transform(image)": "Patches",
    "network.fit(patches, codes)": "CNNFeatureExtractor",
    "network.set_params(lr=0.01).fit(patches, codes)": "CNNFeatureExtractor",
    "network.fit(patches, codes).transform(patches)": "ndarray[float32]",
    "network.fit_transform(patches, codes)": "ndarray[float32]",
    "network.predict_log_proba(patches)": "ndarray[float32]",
    "network.predict(patches)": "ndarray[Any]",
    "network.score(patches, codes)": "float",
    "embedder.fit(rows)": "NMFEmbedder",
    "embedder.partial_fit(rows)": "NMFEmbedder",
    "embedder.fit(rows).components_": "ndarray[floating]",
    "embedder.fit_transform(rows)": "ndarray[floating]",
    "embedder.fit(rows).transform(rows)": "ndarray[floating]",
    "selector.fit(rows, codes)": "CoverageLeakageSelector",
    "selector.fit_transform(rows, codes)": "ndarray[Any]",
    "clusterer.fit(rows)": "GMMClusterer",
    "clusterer.fit(rows).labels_": "ndarray[int64]",
    "clusterer.fit_predict(rows)": "ndarray[int64]",
    "clusterer.fit_transform(rows)": "ndarray[float64]",
    "clusterer.precisions_": "ndarray[float64]",
    "clusterer.sample(3)": "tuple[ndarray[float64], ndarray[int64]]",
    "pipe": "MicroarchPipeline",
    "pipe.fit(patches, codes)": "MicroarchPipeline",
    "pipe.set_params(nmf__n_init=1).fit(patches, codes)": "MicroarchPipeline",
    "pipe.fit(patches, codes).predict(image)": "ndarray[Any]",
    "map_slice(pipe, image)": "MicroarchMaps",
    "pipe[:3]": "MicroarchPipeline",
    "pipe[:3].transform(patches)": "ndarray[Any]",
}
HEAD = """\
import numpy as np
from numpy.typing import NDArray

from sklearn_microarch import (
    CNNFeatureExtractor,
    CoverageLeakageSelector,
    GMMClusterer,
    NMFEmbedder,
    Patches,
    PatchSampler,
    SliceImage,
    make_microarch_pipeline,
    map_slice,
)

image = SliceImage(np.zeros((64, 64), dtype=np.uint8))
rois = np.zeros((64, 64), dtype=np.uint8)
patches = Patches(image, [[20, 20], [30, 30]], 8)
codes = np.array([1, 2])
rows: NDArray[np.float32] = np.zeros((9, 5), dtype=np.float32)
network, embedder = CNNFeatureExtractor(), NMFEmbedder()
selector, clusterer = CoverageLeakageSelector(), GMMClusterer()
pipe = make_microarch_pipeline(n_components=3)
"""
# Libraries below whose types no result has: reading torch alone takes half a minute.
CONFIG = """\
[mypy]
strict = True

[mypy-torch.*,scipy.*,tifffile.*,matplotlib.*,nibabel.*,shapely.*,PIL.*,zarr.*]
follow_imports = skip

[mypy-pandas.*,jinja2.*,tqdm.*]
follow_imports = skip
"""
# How mypy writes what the table writes shorter.
SHORTER = [
    (r"numpy\._typing\._nbit_base\.", ""),
    (r"floating\[_32Bit\]", "float32"),
    (r"signedinteger\[_64Bit\]", "int64"),
    (r"(?:[a-zA-Z_]\w*\.)+(?=[A-Za-z_])", ""),
    (r"floating\[Any\]", "floating"),
    (r"ndarray\[tuple\[Any, \.\.\.\], dtype\[(\w+)\]\]", r"ndarray[\1]"),
]


def check(folder, script):
    """Return what mypy says of a script, as (line, text)."""
    (folder / "script.py").write_text(script)
    (folder / "mypy.ini").write_text(CONFIG)
    settings = ["--config-file", "mypy.ini", "--cache-dir", "cache", "--no-pretty"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *settings, "script.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^script\.py:(\d+): (.*)$", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return [(int(line), text) for line, text in found]


def shorter(revealed):
    for pattern, instead in SHORTER:
        revealed = re.sub(pattern, instead, revealed)
    return revealed


def test_a_users_script_has_its_types_and_wrong_ones_are_found(tmp_path):
    first = HEAD.count("\n") + 1
    lines = [f"reveal_type({expression})" for expression in SCRIPT]
    wrong = ["patches[0].to_map", "patches[:2].posicions"]
    said = check(tmp_path, "\n".join([HEAD + lines[0], *lines[1:], *wrong]) + "\n")
    revealed = {
        line: text.partition('"')[2][:-1]
        for line, text in said
        if text.startswith("note: Revealed type is")
    }
    found = {
        expression: shorter(revealed[first + at])
        for at, expression in enumerate(SCRIPT)
    }
    assert found == SCRIPT
    errors = [text for _, text in said if text.startswith("error")]
    assert len(errors) == 2, errors
    assert (
        '"ndarray[tuple[Any, ...], dtype[Any]]" has no attribute "to_map"' in errors[0]
    )
    assert '"Patches" has no attribute "posicions"' in errors[1]
