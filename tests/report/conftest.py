"""What reports are made of, and a real browser to open them in."""

import shutil

import numpy as np
import pytest
from report.made_maps import make_maps

from sklearn_microarch import RoiMap
from sklearn_microarch.mapping import MicroarchMaps


@pytest.fixture
def maps(rng) -> MicroarchMaps:
    return make_maps(rng)


@pytest.fixture
def rois() -> RoiMap:
    codes = np.zeros((242, 403), dtype=int)
    codes[20:220, 30:180], codes[40:200, 180:350] = 1, 2
    return RoiMap(codes, {1: "CTX", 2: "VP"}, colors={2: (10, 20, 30)})


@pytest.fixture
def training() -> dict:
    """Return a training record as the command line keeps it in a model."""
    return {
        "sections": [{"name": "s1", "animal": "m1", "fingerprint": "f" * 32}],
        "settings": {"stride": 8, "nmf__n_components": 15},
        "validation": {
            "balanced_accuracy": 0.77,
            "low": 0.70,
            "high": 0.82,
            "regions": [
                {"region": "CTX", "recall": 0.9, "low": 0.8, "high": 0.95},
                {"region": "VP", "recall": None, "low": None, "high": None},
            ],
        },
        "animals": {
            "balanced_accuracy": 0.6,
            "left_out": [{"animal": "m1", "balanced_accuracy": 0.6}],
        },
        "factors": [
            {
                "name": "factor01_CTX",
                "inside": 0.9,
                "rim": None,
                "per_animal": {"m1": 2.0},
            }
        ],
        "curve": [{"epoch": 1, "share_right": 0.3}, {"epoch": 8, "share_right": 0.8}],
        "warnings": ["region VP offers few patches."],
        "versions": {"torch": "2.13.0"},
        "minutes": 4.2,
    }


@pytest.fixture(scope="session")
def browser():
    """Return a real Chromium without a window, where one is installed."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no chromium is installed, so that no page can be opened in it")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()
