"""Tests of sklearn_microarch.features.novelty._region_distance."""

from itertools import pairwise

import numpy as np
import pytest

from sklearn_microarch.features.novelty._novelty_reference import NoveltyReference
from sklearn_microarch.features.novelty._region_distance import (
    BATCH_SIZE,
    region_distance,
)


@pytest.fixture
def reference(rng):
    shapes = (7, 7), (7,), (5, 3, 5), (3, 5), (3,), (3, 2)
    arrays = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    arrays[4] = np.abs(arrays[4])
    return NoveltyReference(*arrays)


def test_it_is_the_length_to_the_nearest_region(reference, rng):
    rows = rng.normal(size=(60, 7)).astype(np.float32)
    shown = rows.astype(float) @ reference.seen - reference.origin
    moved = np.einsum("nd,drq->nrq", shown[:, :5], reference.axes) - reference.places
    beyond = shown[:, None, 5:] - reference.rest
    squares = (moved**2).sum(axis=2) + reference.weights * (beyond**2).sum(axis=2)
    expected = np.sqrt(squares.min(axis=1))
    found = region_distance(rows, reference, device="cpu")
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert region_distance(rows[:0], reference, device="cpu").shape == (0,)


def test_a_row_has_the_same_bits_in_whatever_company(reference, rng):
    size = BATCH_SIZE["cpu"]
    rows = rng.normal(size=(2 * size + 77, 7)).astype(np.float32)
    whole = region_distance(rows, reference, device="cpu")
    cuts = [0, 1, 40, size + 3, len(rows)]
    parts = [
        region_distance(rows[first:last], reference, device="cpu")
        for first, last in pairwise(cuts)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
