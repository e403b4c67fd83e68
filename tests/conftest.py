"""Fixtures shared by all tests."""

import os

# scikit-learn skips its array API checks unless this is set before SciPy loads.
os.environ.setdefault("SCIPY_ARRAY_API", "1")

import matplotlib as mpl
import numpy as np
import pytest
import torch

from sklearn_microarch.images import SliceImage

mpl.use("Agg")
# Two threads would wait for each other in small networks; tests of threads set more.
torch.set_num_threads(1)


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a freshly seeded generator, so that test order cannot matter."""
    return np.random.default_rng(0)


@pytest.fixture
def image(rng):
    """Return a slice of unequal sides whose pixels are all different."""
    data = rng.permutation(70 * 90).reshape(70, 90).astype(np.uint16)
    return SliceImage(data, pixel_size_um=1.17, name="slice", specimen="mouse")


@pytest.fixture
def rois():
    """Return region 3 on the left, region 5 on the right, a blank frame around."""
    codes = np.zeros((70, 90), dtype=np.uint8)
    codes[4:66, 5:50] = 3
    codes[4:66, 50:85] = 5
    return codes
