"""Whatever is given to what makes data, it is taken or the argument is named."""

from functools import partial

import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch.datasets import alter_exposure, make_thalamocortical_phantom

PLANTED = ("cells", "cell_size", "axons", "layer_thickness")
NUMBERS = ("streaks", "cupping", "uneven_layers", "variation", "noise", "shading")
ALTERED = {
    "image": np.full((30, 40), 7, np.uint8),
    "gain": 1.0,
    "offset": 0.0,
    "gamma": 1.0,
    "shading": 0.0,
    "ramp": 0.0,
    "streaks": 0.0,
    "blur_px": 0.0,
    "noise": 0.0,
    "n_grey_levels": None,
    "dtype": None,
    "random_state": 0,
}


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_named(value):
    for name in ALTERED:
        check_that_errors_name(
            name, partial(alter_exposure, **{**ALTERED, name: value})
        )
    # What plants nothing, or is refused, is not drawn in full: small frames will do.
    small = {"shape": (64, 256), "pixel_size_um": 5.0, "random_state": 0}
    for name in (*PLANTED, *NUMBERS):
        if value is None and name in PLANTED:
            continue
        check_that_errors_name(
            name, partial(make_thalamocortical_phantom, **small, **{name: value})
        )
