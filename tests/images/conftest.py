"""Pictures to write and damage in the tests of this room."""

import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture
def grey(rng) -> NDArray[np.uint8]:
    """Return a picture whose height, width and values are all unlike."""
    return rng.integers(0, 256, size=(70, 90), dtype=np.uint8)
