"""Whatever a splitter or a report is given, it is taken or the argument is named."""

from functools import partial

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch import Patches
from sklearn_microarch.images import SliceImage
from sklearn_microarch.model_selection import (
    LeaveOneSpecimenOut,
    SpatialBlockKFold,
    SpatialBlockShuffleSplit,
    leakage_report,
    leave_one_region_out,
    search_table,
    specimen_report,
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


def leave_one_out(X, y, groups):
    splitter = LeaveOneSpecimenOut()
    splitter.get_n_splits(X, y, groups)
    splitter.specimens(X, groups)
    return list(splitter.split(X, y, groups))


ANIMALS = Patches(
    [IMAGE.replace(specimen=name) for name in ("m1", "m2")],
    [[at, row, col] for at in (0, 1) for row in (12, 28) for col in range(10, 90, 15)],
    8,
)
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
    leave_one_region_out: {
        "patches": PATCHES,
        "y": ["CTX", "CTX", "VP", "VP", "ZI", "ZI"],
        "regions": None,
        "unannotated": None,
        "buffer": 0,
        "buffer_um": None,
        "z_um": None,
    },
    search_table: {"search": None},
    leave_one_out: {**ROWS, "groups": ["m1"] * 3 + ["m2"] * 3},
    specimen_report: {
        "classifier": DummyClassifier(),
        "patches": ANIMALS,
        "labels": ["CTX"] * 6 + ["VP"] * 6 + ["CTX"] * 6 + ["VP"] * 6,
        "cv": None,
        "block_size": None,
        "z_um": None,
        "n_resamples": 20,
        "confidence_level": 0.9,
        "unannotated": -1,
        "random_state": 0,
    },
}
CASES = [(function, name) for function, given in CALLS.items() for name in given]


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_named(value):
    for function, name in CASES:
        given = {**CALLS[function], name: value}
        check_that_errors_name(name, partial(function, **given))
