"""Tests of sklearn_microarch.drift._factor_agreement."""

import numpy as np
from sklearn.decomposition import PCA

from sklearn_microarch import NMFEmbedder
from sklearn_microarch.drift import _factor_agreement
from sklearn_microarch.drift._factor_agreement import (
    has_comparable_factors,
    refitted_cosines,
)


def rows_of(rng, parts, n=400):
    return (rng.gamma(0.3, size=(n, len(parts))) @ parts).astype(np.float32)


def test_factors_of_like_rows_are_found_again(rng, monkeypatch):
    monkeypatch.setattr(_factor_agreement, "MOST_ROWS", 300)
    parts = np.kron(np.eye(3), np.ones(4))
    nmf = NMFEmbedder(3, random_state=0).fit(rows_of(rng, parts))
    again = refitted_cosines(nmf, rows_of(rng, parts), np.random.RandomState(0))
    assert again.shape == (3,)
    assert again.min() > 0.99


def test_the_factor_that_changed_is_told(rng):
    parts = np.kron(np.eye(3), np.ones(4))
    nmf = NMFEmbedder(3, random_state=0).fit(rows_of(rng, parts))
    changed = parts.copy()
    changed[1] = np.roll(changed[1], 2)
    cosines = refitted_cosines(nmf, rows_of(rng, changed), np.random.RandomState(0))
    hit = nmf.components_ @ parts[1] > 1
    assert cosines[hit].max() < 0.9 < cosines[~hit].min()


def test_only_non_negative_factors_are_compared(rng):
    rows = rows_of(rng, np.eye(4))
    assert has_comparable_factors(NMFEmbedder(2, random_state=0).fit(rows))
    assert not has_comparable_factors(PCA(2).fit(rows))
    assert not has_comparable_factors(None)
