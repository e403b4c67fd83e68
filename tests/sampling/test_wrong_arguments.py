"""Arguments that are none of what a user meant."""

import re

import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch import Patches, PatchSampler, RoiMap, SliceImage

PIXELS = (np.arange(60 * 80).reshape(60, 80) % 200).astype("uint8")
IMAGE = SliceImage(PIXELS, pixel_size_um=1.0, name="z1")
CODES = np.ones(PIXELS.shape, dtype=int)
ROIS = RoiMap(CODES, {1: "CTX"}, pixel_size_um=1.0)

wrong = pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
ignored = pytest.mark.filterwarnings("ignore::UserWarning")


@ignored
@wrong
@pytest.mark.parametrize("argument", sorted(PatchSampler().get_params()))
def test_the_sampler_names_the_wrong_argument(argument, value):
    given = {"patch_size": 8, "n_patches_per_roi": 5, "random_state": 0}
    if argument == "patch_size_um":
        del given["patch_size"]
    sampler = PatchSampler(**given | {argument: value})
    check_that_errors_name(argument, lambda: sampler.sample(IMAGE, ROIS))
    check_that_errors_name(argument, lambda: sampler.training_rows(IMAGE, ROIS))
    check_that_errors_name(argument, lambda: sampler.fit(IMAGE).transform(IMAGE))


@ignored
@wrong
def test_regions_and_names_that_are_none_are_named(value):
    sampler = PatchSampler(8, n_patches_per_roi=5, tissue=None)
    patches = Patches(IMAGE, [[20, 20]], 8)
    for names, rois in (("names", CODES), ("names", ROIS)):
        check_that_errors_name(
            names, lambda rois=rois: sampler.sample(IMAGE, rois, value)
        )
        check_that_errors_name(
            names, lambda rois=rois: sampler.training_rows(IMAGE, rois, names=value)
        )
        check_that_errors_name(names, lambda rois=rois: patches.labels(rois, value))
    check_that_errors_name("rois", lambda: sampler.sample(IMAGE, value))
    check_that_errors_name("rois", lambda: sampler.training_rows(IMAGE, value))
    check_that_errors_name(
        "stride", lambda: sampler.training_rows(IMAGE, CODES, stride=value)
    )
    check_that_errors_name("images", lambda: sampler.training_rows(value, CODES))
    check_that_errors_name("rois", lambda: patches.labels(value))


def test_a_pixel_larger_than_the_slice_is_refused():
    sampler = PatchSampler(8, pixel_size_um=100.0)
    with pytest.raises(ValueError, match=re.escape("pixel_size_um=1, so that")):
        sampler.sample(IMAGE, CODES)
