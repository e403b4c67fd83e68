"""Tests of sklearn_microarch.decomposition.nnls._support_table."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nnls._pivoting import MARGIN
from sklearn_microarch.decomposition.nnls._support_codes import encode_supports
from sklearn_microarch.decomposition.nnls._support_table import SupportTable


def padded_gram(components):
    components = components / np.linalg.norm(components, axis=1, keepdims=True)
    gram = np.zeros((8, 8))
    gram[: len(components), : len(components)] = components @ components.T
    return gram


@pytest.fixture
def gram(rng):
    return padded_gram(rng.gamma(0.5, size=(6, 20)))


def codes_of(*supports):
    flags = np.zeros((len(supports), 8), dtype=bool)
    for row, support in zip(flags, supports, strict=True):
        row[list(support)] = True
    return np.sort(encode_supports(flags))


def test_one_product_gives_loadings_inside_and_descents_outside(rng, gram):
    matrices, places = SupportTable(gram).look_up(codes_of({0, 2, 5}))
    projections = np.zeros(8)
    projections[:6] = rng.uniform(size=6)
    solution = projections @ matrices[places[0]]

    inside = [0, 2, 5]
    loadings = np.zeros(8)
    loadings[inside] = np.linalg.solve(
        gram[np.ix_(inside, inside)], projections[inside]
    )
    expected = projections - gram @ loadings + loadings
    np.testing.assert_allclose(solution, expected, atol=1e-12)


def test_matrices_have_the_same_bits_in_any_company(gram):
    every = np.arange(64, dtype=np.uint8) << 2
    matrices, places = SupportTable(gram).look_up(every)
    for code, place in zip(every, places, strict=True):
        table = SupportTable(gram)
        alone, first = table.look_up(np.array([code]))
        np.testing.assert_array_equal(alone[first[0]], matrices[place])


def test_what_is_known_is_not_made_again(gram, monkeypatch):
    table = SupportTable(gram)
    table.look_up(codes_of({0}, {1}))
    made = []
    original = SupportTable._make
    monkeypatch.setattr(
        SupportTable,
        "_make",
        lambda self, codes: made.append(codes) or original(self, codes),
    )
    table.look_up(codes_of({0}, {1}, {2}))
    assert made[0].tolist() == codes_of({2}).tolist()


def test_singular_and_nearly_singular_supports_are_zero_beside_sound_ones(rng):
    components = rng.gamma(0.5, size=(4, 20))
    components[1] = components[0]
    components[3] = components[2] + 1e-5 * rng.uniform(size=20)
    codes = codes_of({0, 1}, {0, 2}, {2, 3})
    matrices, places = SupportTable(padded_gram(components)).look_up(codes)
    is_zero = {
        int(code): not matrices[place].any()
        for code, place in zip(codes, places, strict=True)
    }
    assert is_zero == {
        int(codes_of({0, 1})[0]): True,
        int(codes_of({0, 2})[0]): False,
        int(codes_of({2, 3})[0]): True,
    }


def test_a_descent_is_allowed_only_where_the_solution_is_unique(rng, gram):
    assert 0 < SupportTable(gram).largest_descent < MARGIN
    components = rng.gamma(0.5, size=(4, 20))
    components[1] = components[0]
    assert SupportTable(padded_gram(components)).largest_descent == -MARGIN
