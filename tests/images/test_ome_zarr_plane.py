"""Tests of sklearn_microarch.images._ome_zarr_plane."""

import numpy as np
import pytest
import zarr

from sklearn_microarch.images._ome_zarr_plane import ZarrPlane

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
