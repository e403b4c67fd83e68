"""Tests of maps in 8 bits."""

import zlib
from base64 import b64decode

import numpy as np
import pytest

from sklearn_microarch.report.slices._planes import (
    category_plane,
    measure_plane,
    pack_codes,
)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 3e7])
def test_every_value_is_right_to_half_a_step(rng, scale):
    values = scale * rng.exponential(size=(7, 9))
    values[2:4, 5] = np.nan
    plane = measure_plane(values)
    known = np.isfinite(values)
    assert np.isnan(plane.values()[~known]).all()
    off = np.abs(plane.values() - values)[known]
    assert off.max() <= plane.step / 2 * (1 + 1e-9)
    assert plane.step == pytest.approx(np.ptp(values[known]) / 254)


def test_maps_of_one_value_and_of_none_are_kept():
    assert (measure_plane(np.full((2, 3), 0.25)).values() == 0.25).all()
    assert np.isnan(measure_plane(np.full((2, 3), np.nan)).values()).all()
    assert np.isnan(measure_plane(np.full((2, 3), np.inf)).values()).all()


def test_categories_keep_their_names(rng):
    places = rng.integers(-1, 4, size=(5, 8))
    plane = category_plane(places, ["a", "b", "c", "d"])
    named = np.array(["", *plane.names])[plane.codes]
    assert (named == np.array(["a", "b", "c", "d", ""])[places]).all()


def test_of_too_many_categories_the_smallest_become_one():
    names = [f"area {at}" for at in range(400)]
    places = np.repeat(np.arange(400), np.arange(1, 401))
    places = np.append(places, [-1])[np.newaxis]
    plane = category_plane(places, names)
    assert len(plane.names) == 255
    named = np.array(["", *plane.names])[plane.codes[0]]
    assert named[-1] == ""
    large = places[0] >= 400 - 254
    assert (named[large] == np.array(names)[places[0, large]]).all()
    assert set(named[:-1][~large[:-1]]) == {"other"}


def test_packed_codes_unpack_to_themselves(rng):
    codes = rng.integers(0, 256, size=(6, 11)).astype(np.uint8)
    steps = np.frombuffer(zlib.decompress(b64decode(pack_codes(codes))), np.uint8)
    back = np.cumsum(steps.reshape(6, 11), axis=1, dtype=np.uint8)
    np.testing.assert_array_equal(back, codes)
