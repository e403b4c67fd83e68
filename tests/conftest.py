"""Fixtures shared by all tests."""

import os

# scikit-learn skips its array API checks unless this is set before SciPy loads.
os.environ.setdefault("SCIPY_ARRAY_API", "1")

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a freshly seeded generator, so that test order cannot matter."""
    return np.random.default_rng(0)
