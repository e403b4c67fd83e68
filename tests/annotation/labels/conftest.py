"""Label images of unequal sides, and the folder of public files."""

import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def codes():
    """Return three regions of unequal size on 40 x 60 pixels."""
    found = np.zeros((40, 60), dtype=np.uint8)
    found[3:17, 5:30] = 1
    found[20:36, 8:31] = 2
    found[5:30, 40:57] = 7
    return found


@pytest.fixture
def public():
    """Return the folder of public annotation files, where it is."""
    folder = Path(os.environ.get("SKLEARN_MICROARCH_DATA", "")) / "annotations"
    if not (folder / "TRUTH.json").is_file():
        pytest.skip(
            "SKLEARN_MICROARCH_DATA names no folder with annotations/TRUTH.json"
        )
    return folder
