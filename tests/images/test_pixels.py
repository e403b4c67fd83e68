"""Tests of sklearn_microarch.images._pixels."""

from pathlib import Path

import dask.array
import numpy as np
import pytest
import torch

from sklearn_microarch.images import SliceImage, write_tiff
from sklearn_microarch.images._pixels import check_pixels
from sklearn_microarch.images._slice_image import as_slice_image

MASK = np.eye(4, 5, dtype=bool)
MASKED = np.ma.masked_array(np.ones((4, 5)), MASK)


@pytest.mark.parametrize(
    "data",
    [
        MASKED,
        MASKED.astype("uint8"),
        np.ma.masked_invalid(np.where(MASK, np.nan, 1.0)),
        [MASKED, np.ones((4, 5))],
        [[1, 2, np.ma.masked], [1, 2, 3]],
    ],
    ids=["float", "uint8", "invalid", "channels", "constant"],
)
def test_a_mask_is_refused_with_what_to_do_about_it(data):
    message = r"background is a masked .* background\.filled\(value\).*mask=~background"
    with pytest.raises(TypeError, match=message):
        as_slice_image(data, name="background")


def test_every_door_of_images_refuses_a_mask(tmp_path):
    with pytest.raises(TypeError, match="data is a masked array with 4 masked pixels"):
        SliceImage(MASKED)
    with pytest.raises(TypeError, match="image is a masked array"):
        write_tiff(tmp_path / "slice.tif", MASKED)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mask", [False, np.zeros((4, 5), bool)])
def test_a_masked_array_that_hides_nothing_is_an_array(mask):
    image = SliceImage(np.ma.masked_array(np.ones((4, 5)), mask))
    assert type(image.data) is np.ndarray


def test_the_mask_of_a_lazy_array_is_found_where_it_is_read():
    whole = np.arange(20.0).reshape(4, 5)
    lazy = dask.array.ma.masked_equal(dask.array.from_array(whole, chunks=2), 7)
    image = SliceImage(lazy)
    np.testing.assert_array_equal(image.read(slice(0, 1), slice(None)), whole[:1])
    with pytest.raises(TypeError, match="masked array with 1 masked"):
        image.read(slice(0, 2), slice(None))
    with pytest.raises(TypeError, match="masked array with 1 masked"):
        image.pixels  # noqa: B018


@pytest.mark.parametrize("path", ["z159.tif", Path("z159.tif"), b"z159.tif"])
def test_a_path_is_told_how_it_is_read(path):
    message = r"image is a path \('z159.tif'\); read it with read_image"
    with pytest.raises(TypeError, match=message):
        as_slice_image(path)


@pytest.mark.parametrize(
    "data, error, message",
    [
        (np.zeros((4, 5), complex), TypeError, "image has dtype complex128.*real"),
        (
            np.zeros((4, 5), "M8[s]"),
            TypeError,
            r"image has dtype datetime64.*real",
        ),
        (np.zeros((4, 5), "m8[s]"), TypeError, r"image has dtype timedelta64\[s\]"),
        (["a.tif", "b.tif"], TypeError, "image has dtype <U5.*read_image"),
        (None, TypeError, "image has dtype object"),
        ([[1, 2], [3]], ValueError, "image cannot be made an array: .*inhomogeneous"),
        (torch.zeros(4, 5, requires_grad=True), TypeError, r"Pass image\.detach\(\)"),
    ],
)
def test_what_holds_no_grey_levels_is_an_error_that_names_the_argument(
    data, error, message
):
    with pytest.raises(error, match=message):
        as_slice_image(data)


def test_a_tensor_is_an_array():
    assert SliceImage(torch.ones(4, 5)).dtype == np.float32


def test_values_of_the_other_byte_order_come_in_that_of_the_machine():
    whole = np.arange(20, dtype=np.uint16).reshape(4, 5)
    other = whole.astype(whole.dtype.newbyteorder("S"))
    image = SliceImage(other)
    assert image.dtype.isnative
    np.testing.assert_array_equal(image.data, whole)


def test_a_lazy_array_of_the_other_byte_order_stays_lazy(tmp_path):
    whole = np.arange(20, dtype=np.uint16).reshape(4, 5)
    np.save(tmp_path / "slice.npy", whole.astype(whole.dtype.newbyteorder("S")))
    mapped = np.load(tmp_path / "slice.npy", mmap_mode="r")
    for data in (mapped, dask.array.from_array(mapped, chunks=2)):
        image = SliceImage(data)
        assert not isinstance(image.data, np.ndarray)
        assert image.dtype == whole.dtype
        part = image.read(slice(1, 3), slice(2, 9))
        assert part.dtype == whole.dtype
        np.testing.assert_array_equal(part, whole[1:3, 2:])
        np.testing.assert_array_equal(image.pixels, whole)
        np.testing.assert_array_equal(np.asarray(image.data), whole)


def test_subclasses_of_arrays_become_plain_ones():
    class Labelled(np.ndarray):
        """An array of another package."""

    labelled = np.ones((4, 5)).view(Labelled)
    assert type(check_pixels(labelled, name="image")) is np.ndarray
