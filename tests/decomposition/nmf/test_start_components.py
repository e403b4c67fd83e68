"""Tests of sklearn_microarch.decomposition.nmf._start_components."""

import numpy as np

from sklearn_microarch.decomposition.nmf._start_components import nndsvd_components


def test_components_are_the_heavier_halves_of_the_singular_vectors(rng):
    X = rng.gamma(0.5, size=(60, 12))
    components = nndsvd_components(X, 6)
    u, _, vt = np.linalg.svd(X, full_matrices=False)
    for index, component in enumerate(components):
        positive = [np.maximum(a, 0) for a in (u[:, index], vt[index])]
        negative = [np.maximum(-a, 0) for a in (u[:, index], vt[index])]
        weights = [
            np.linalg.norm(a) * np.linalg.norm(b) for a, b in (positive, negative)
        ]
        half = (positive, negative)[int(np.argmax(weights))][1]
        np.testing.assert_allclose(component, half / np.linalg.norm(half), atol=1e-7)


def test_components_beyond_the_rank_are_unit_and_non_negative(rng):
    X = rng.uniform(size=(50, 2)) @ rng.uniform(size=(2, 9))
    components = nndsvd_components(X, 8)
    assert (components >= 0).all()
    np.testing.assert_allclose(np.linalg.norm(components, axis=1), 1.0)


def test_vectors_outside_the_range_of_one_row_are_still_unit():
    components = nndsvd_components(np.array([[1.0, 0.0], [0.0, 1e-200]]), 2)
    np.testing.assert_allclose(np.linalg.norm(components, axis=1), 1.0)
