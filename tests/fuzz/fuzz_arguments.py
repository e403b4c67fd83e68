"""Every public function with every argument wrong: a result, or an error that names it.

More than two thousand cases: valid calls, one argument of which is replaced.
"""

import contextlib
import io
import os
import random
import re
import time
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from fuzz.fuzz_calls import clean, functions

WRONG = {
    "None": None,
    "NaN": np.nan,
    "infinity": np.inf,
    "-1": -1,
    "0": 0,
    "0.5": 0.5,
    "1e300": 1e300,
    "10**30": 10**30,
    "10**400": 10**400,
    "empty text": "",
    "text": "x",
    "null character": "a\0b",
    "bytes": b"x",
    "a path": Path("no such file"),
    "an object": object(),
    "a switch": True,
    "complex": 1j,
    "a date": np.datetime64("2026-01-01"),
    "empty list": [],
    "dict": {"a": 1},
    "numbers and text": [1, "x"],
    "ragged": [[1.0], [1.0, 2.0]],
    "empty array": np.empty(0),
    "empty rows": np.empty((0, 6)),
    "a row": np.arange(6.0),
    "four axes": np.zeros((2, 3, 4, 5)),
    "NaN rows": np.full((60, 6), np.nan),
    "huge rows": np.full((60, 6), 1e300),
    "text rows": np.full((60, 6), "x"),
    "objects": np.array([None, {}, 3] * 20, dtype=object),
    "one label": np.zeros(60, dtype=int),
    "negative": np.full((60, 6), -1),
    "a type": int,
    "a function": len,
    "tensor": torch.ones(60, 6, requires_grad=True),
}
# Of the wrong values, how many each argument is given: another choice for each.
N_VALUES = int(os.environ.get("FUZZ_VALUES", "9"))
SEED = os.environ.get("FUZZ_SEED", "0")
# Slow functions are spoiled for so long, and the cases left out are counted.
SECONDS_OF_A_FUNCTION = 25.0
TYPED = (TypeError, ValueError, OSError, ImportError, MemoryError)
# What scikit-learn says without a name, and what becomes of huge numbers.
OF_OTHERS = (
    "Found input variables with inconsistent numbers of samples",
    "Negative values in data passed to",
    "training diverged",
)
SECONDS = 10.0
NAMES = [
    "read_image",
    "read_tiff",
    "read_ome_zarr",
    "read_ome_zarr_labels",
    "read_ome_zarr_provenance",
    "trust_report",
    "write_tiff",
    "write_zarr",
    "read_rois",
    "read_sheet",
    "draft_sheet",
    "Section",
    "Sheet",
    "get_data_home",
    "fetch_prasad2020",
    "load_model",
    "read_manifest",
    "save_model",
    "open_maps",
    "study_statistics",
    "map_study",
    "train_study",
    "SliceImage",
    "measure_grey_levels",
    "share_grey_levels",
    "RoiMap",
    "alter_exposure",
    "make_thalamocortical_phantom",
    "Patches",
    "map_slice",
    "MicroarchMaps",
    "regional_summary",
    "check_slice",
    "border_distance",
    "evaluation_centres",
    "FactorMapDisplay",
    "CompositeMapDisplay",
    "ClusterMapDisplay",
    "RegionMapDisplay",
    "generate_report",
    "Exposure",
    "region_scores",
    "region_f1_score",
    "region_balanced_accuracy_score",
    "scores_by_specimen",
    "region_agreement_score",
    "calibration_report",
    "expected_calibration_error",
    "border_recall_curve",
    "factor_localization_score",
    "block_bootstrap",
    "novelty_report",
    "reconstruction_score",
    "specimen_separation",
    "feature_report",
    "match_factors",
    "stability_of_components",
    "select_factors",
    "lam_path",
    "match_clusters",
    "exemplars",
    "border_distance_at",
    "count_independent",
    "separation_of",
    "shares_pixels",
    "spatial_blocks",
    "spatial_strips",
    "strip_holdout",
    "leakage_report",
    "leave_one_region_out",
    "GapNet",
    "PaperNet",
    "make_microarch_pipeline",
    "region_report",
    "recommend_settings",
    "drift_report",
    "fit_drift_reference",
    "SpatialBlockKFold().split",
    "SpatialBlockShuffleSplit().split",
    "NMFEmbedder().fit",
    "CoverageLeakageSelector().fit",
    "GMMClusterer().fit",
    "PatchSampler().fit",
    "CNNFeatureExtractor().fit",
    "PatchSampler.transform",
    "PatchSampler.cut",
    "PatchSampler.sample",
    "CNNFeatureExtractor.transform",
    "CNNFeatureExtractor.predict",
    "CNNFeatureExtractor.novelty",
    "NMFEmbedder.transform",
    "CoverageLeakageSelector.transform",
    "GMMClusterer.predict",
    "NMFEmbedder.fit",
    "CoverageLeakageSelector.fit",
    "GMMClusterer.fit",
    "CNNFeatureExtractor.fit",
]


@pytest.fixture(scope="module", autouse=True)
def files():
    """Remove what calls were made of."""
    yield
    clean()


def is_named(name, arguments, words):
    """Tell whether an error names an argument, its value, or the other of two."""
    value = arguments[name]
    one = name.removesuffix("s")
    if re.search(rf"\b{one}s?\b", words) or any(said in words for said in OF_OTHERS):
        return True
    if isinstance(value, str | Path) and str(value):
        return repr(str(value)) in words or f" {value}" in f" {words}"
    # Of two arrays that do not fit together, either may be named.
    several = isinstance(value, list | np.ndarray | torch.Tensor)
    return several and any(re.search(rf"\b{other}\b", words) for other in arguments)


def complaint(call, arguments, name, tally, usual):
    """Return what is wrong with how a call ends; None where it ends well.

    ``usual`` is the error of the call before it was spoiled, if it had one.
    """
    began = time.monotonic()
    error = None
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            call(**arguments)
    except Exception as caught:
        error = caught
    finally:
        plt.close("all")
    took = time.monotonic() - began
    tally["taken" if error is None else "refused"] += 1
    if took > SECONDS:
        return f"took {took:.0f} s"
    if error is None:
        return None
    if str(error) == usual:
        tally["hidden by another error"] += 1
        return None
    words = f"{type(error).__name__}: {' '.join(str(error).split())[:150]}"
    if not isinstance(error, TYPED):
        return words
    return None if is_named(name, arguments, str(error)) else f"names nothing: {words}"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("function", NAMES)
def test_a_wrong_argument_is_taken_or_named(function, tally, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, arguments = functions()[function]
    found, usual = [], None
    try:
        call(**arguments)
    except Exception as error:
        usual = str(error)
    began = time.monotonic()
    for name in arguments:
        chosen = random.Random(f"{SEED} {function} {name}").sample(
            list(WRONG.items()), min(N_VALUES, len(WRONG))
        )
        for kind, value in chosen:
            if time.monotonic() - began > SECONDS_OF_A_FUNCTION:
                tally["left out for time"] += 1
                continue
            wrong = complaint(call, {**arguments, name: value}, name, tally, usual)
            if wrong is not None:
                found.append(f"{name}={kind}: {wrong}")
    assert not found, f"{len(found)} complaints:\n" + "\n".join(found)


def test_the_calls_that_are_spoiled_are_good(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # What there is nothing for here, such as a study of several animals.
    refused = {
        "fetch_prasad2020",
        "specimen_separation",
        "study_statistics",
        "train_study",
    }
    for name, (call, arguments) in functions().items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with contextlib.suppress(*(TYPED if name in refused else ())):
                call(**arguments)


def test_no_public_function_is_left_out():
    assert sorted(functions()) == sorted(NAMES)
