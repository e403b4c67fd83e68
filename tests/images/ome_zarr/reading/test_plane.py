"""Tests of sklearn_microarch.images.ome_zarr.reading._plane."""

import numpy as np
import pytest
import zarr

from sklearn_microarch.images.ome_zarr.reading._plane import ZarrPlane, select_slice

ALL = slice(None)


@pytest.fixture
def stack(rng):
    """Return values on axes t, c, z, y, x of unequal lengths."""
    return rng.integers(0, 2**15, (2, 3, 4, 7, 9)).astype(">u2")


@pytest.fixture
def plane(stack):
    """Return time 1 and depth 2 of a stack, of which nothing is loaded."""
    chunks = (1, 1, 1, 4, 4)
    array = zarr.create_array({}, data=stack, chunks=chunks, zarr_format=2)
    return ZarrPlane(array, (1, ALL, 2, ALL, ALL))


def test_it_looks_like_the_part_it_shows(stack, plane):
    assert (plane.shape, plane.ndim, plane.chunks) == ((3, 7, 9), 3, (1, 4, 4))
    assert plane.dtype == np.uint16
    assert plane.dtype.isnative
    np.testing.assert_array_equal(np.asarray(plane), stack[1, :, 2])
    assert np.asarray(plane).dtype.isnative
    assert np.asarray(plane, dtype="float32").dtype == np.float32
    assert repr(plane).endswith("shape=(3, 7, 9), dtype=uint16)")


@pytest.mark.parametrize(
    "key",
    [
        (0, 3, 5),
        (..., slice(2, 5), slice(3, 50)),
        (1,),
        1,
        (slice(0, 2), ...),
        (slice(0, 2), ..., 4),
        (..., slice(None, None, 2), slice(None, None, 3)),
        ...,
    ],
)
def test_it_is_indexed_as_an_array_is(stack, plane, key):
    np.testing.assert_array_equal(plane[key], stack[1, :, 2][key])


def test_too_many_indices_are_an_error(plane):
    with pytest.raises(IndexError, match=r"too many indices.* 3 axes"):
        plane[0, 0, 0, 0]


def test_it_cannot_be_had_without_a_copy(plane):
    with pytest.raises(ValueError, match="makes a copy"):
        np.asarray(plane, copy=False)


@pytest.mark.parametrize(
    "axes, shape, chosen, index",
    [
        ("yx", (7, 9), {}, (ALL, ALL)),
        ("cyx", (3, 7, 9), {}, (ALL, ALL, ALL)),
        ("cyx", (1, 7, 9), {}, (0, ALL, ALL)),
        ("tczyx", (1, 3, 1, 7, 9), {}, (0, ALL, 0, ALL, ALL)),
        ("tczyx", (2, 1, 5, 7, 9), {"t": 1, "z": 4}, (1, 0, 4, ALL, ALL)),
        ("zyx", (1, 7, 9), {"z": 0, "t": 0}, (0, ALL, ALL)),
    ],
)
def test_a_slice_is_chosen_by_its_axes(axes, shape, chosen, index):
    chosen = {"t": None, "z": None} | chosen
    assert select_slice(list(axes), shape, **chosen) == index


@pytest.mark.parametrize(
    "axes, shape, chosen, message",
    [
        ("zyx", (5, 7, 9), {}, r"5 positions along z; choose one with z=0 to z=4"),
        ("tyx", (2, 7, 9), {}, r"2 positions along t; choose one with t=0 to t=1"),
        ("zyx", (5, 7, 9), {"z": 5}, r"z=5 does not exist; the choices are z=0 to z=4"),
        ("yx", (7, 9), {"z": 1}, r"z=1 does not exist; the choices are z=0"),
        ("yxc", (7, 9, 3), {}, r"axes are y=7, x=9, c=3; .*in the order"),
        ("ayx", (7, 7, 9), {}, r"axes are a=7, y=7, x=9"),
        ("zy", (7, 9), {}, r"a slice needs y, x"),
    ],
)
def test_what_is_not_one_slice_names_the_choices(axes, shape, chosen, message):
    chosen = {"t": None, "z": None} | chosen
    with pytest.raises(ValueError, match=message):
        select_slice(list(axes), shape, **chosen)
