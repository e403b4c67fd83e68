"""Arguments that are none of what a user meant."""

import numpy as np
import pytest
from wrong_arguments import WRONG, check_that_errors_name

from sklearn_microarch import SliceImage, read_image
from sklearn_microarch.images import OmeZarrWriter, write_tiff

PIXELS = np.arange(40 * 60, dtype="uint16").reshape(40, 60)

wrong = pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)


@pytest.fixture(scope="module", params=["tif", "zarr", "png", "nii"])
def path(request, tmp_path_factory):
    found = tmp_path_factory.mktemp("images") / f"z159.{request.param}"
    if request.param == "tif":
        write_tiff(found, SliceImage(PIXELS, pixel_size_um=1.17))
    elif request.param == "zarr":
        with OmeZarrWriter(found, shape=PIXELS.shape, pixel_size_um=1.17) as writer:
            writer.add_image(["grey"], dtype="uint16")[:] = PIXELS[np.newaxis]
    elif request.param == "png":
        pytest.importorskip("PIL.Image").fromarray(PIXELS).save(found)
    else:
        nibabel = pytest.importorskip("nibabel")
        nibabel.save(nibabel.Nifti1Image(PIXELS, np.eye(4)), found)
    return found


@wrong
@pytest.mark.parametrize(
    "argument",
    [
        *("series", "level", "page", "z", "t", "channels", "pixel_size_um"),
        *("name", "specimen"),
    ],
)
def test_reading_names_the_wrong_argument(path, argument, value):
    check_that_errors_name(argument, lambda: read_image(path, **{argument: value}))


@wrong
def test_reading_names_a_wrong_path(value):
    if isinstance(value, str):
        pytest.skip("a file that does not exist is named by its path")
    check_that_errors_name("path", lambda: read_image(value))


@wrong
@pytest.mark.parametrize(
    "argument", ["pixel_size_um", "name", "specimen", "downsample", "crop", "notes"]
)
def test_a_slice_names_the_wrong_argument(argument, value):
    check_that_errors_name(argument, lambda: SliceImage(PIXELS, **{argument: value}))
