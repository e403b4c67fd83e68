"""Whatever a splitter or a report is given, it is taken or the argument is named."""

from functools import partial

import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch import Patches
from sklearn_microarch.images import SliceImage
from sklearn_microarch.model_selection import (
    SpatialBlockKFold,
    SpatialBlockShuffleSplit,
    leakage_report,
    search_table,
)

IMAGE = SliceImage(np.zeros((40, 100)), pixel_size_um=2.0)
PATCHES = Patches(IMAGE, [[20, col] for col in range(10, 90, 15)], 16)
ROWS = {"X": PATCHES, "y": ["CTX"] * 6, "groups": None}


def of_a_splitter(splitter, **fixed):
    """Return a call that makes a splitter, or splits with it."""

    def call(X, y, groups, **options):
        return list(splitter(**fixed, **options).split(X, y, groups))

    call.__name__ = splitter.__name__
    return call


COMMON = {"axis": None, "buffer": 0, "buffer_um": None, "z_um": None, "verbose": 0}
KFOLD = of_a_splitter(SpatialBlockKFold)
SHUFFLE = of_a_splitter(SpatialBlockShuffleSplit)
CALLS = {
    KFOLD: {**ROWS, **COMMON, "n_splits": 2},
    SHUFFLE: {**ROWS, **COMMON, "n_splits": 1, "test_size": 0.5, "random_state": 0},
    leakage_report: {
        "patches": PATCHES,
        "train": [0, 1, 2],
        "test": [3, 4, 5],
        "y": None,
        "z_um": None,
    },
    search_table: {"search": None},
}
CASES = [(function, name) for function, given in CALLS.items() for name in given]


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_named(value):
    for function, name in CASES:
        given = {**CALLS[function], name: value}
        check_that_errors_name(name, partial(function, **given))
