"""Whatever a function over patches is given, it is taken or the argument is named."""

from functools import partial

import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch import Patches
from sklearn_microarch.spatial import (
    border_distance,
    border_distance_at,
    count_independent,
    shares_pixels,
    spatial_blocks,
    spatial_strips,
    strip_holdout,
)

PATCHES = Patches(np.zeros((40, 100)), [[20, col] for col in range(10, 90, 15)], 16)
ROIS = np.repeat([[1] * 50 + [2] * 50], 40, axis=0)
STRIPS = {
    "patches": PATCHES,
    "labels": ["CTX", "CTX", "CTX", "VP", "VP", "VP"],
    "axis": None,
    "separation": None,
}
CALLS = {
    border_distance: {"rois": ROIS, "unannotated_code": 0},
    border_distance_at: {"patches": PATCHES, "rois": ROIS, "unannotated_code": 0},
    count_independent: {"patches": PATCHES, "separation": None},
    shares_pixels: {"patches": PATCHES, "others": PATCHES[:1], "separation": None},
    spatial_blocks: {"patches": PATCHES, "block_size": None, "z_um": None},
    spatial_strips: {**STRIPS, "n_strips": 2},
    strip_holdout: {**STRIPS, "share": 0.5, "min_kept": 0.5},
}
CASES = [(function, name) for function, given in CALLS.items() for name in given]


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_named(value):
    for function, name in CASES:
        given = {**CALLS[function], name: value}
        check_that_errors_name(name, partial(function, **given))
