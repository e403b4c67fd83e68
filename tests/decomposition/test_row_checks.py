"""Tests of sklearn_microarch.decomposition._row_checks."""

import numpy as np
import pytest

from sklearn_microarch._row_batches import row_batches
from sklearn_microarch.decomposition import _row_checks
from sklearn_microarch.decomposition._row_checks import check_rows


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(
        _row_checks, "row_batches", lambda n_rows: row_batches(n_rows, rows_per_batch=7)
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_largest_entry_is_returned(rng, dtype):
    X = rng.uniform(size=(40, 9)).astype(dtype)
    assert check_rows(X, whom="fit") == X.max()


@pytest.mark.parametrize("row", [0, 20, 39])
@pytest.mark.parametrize(
    "value, words",
    [
        (-1e-3, "Negative values in data passed to fit"),
        (np.nan, "Input X contains NaN"),
        (np.inf, "Input X contains infinity"),
        (-np.inf, "Input X contains infinity"),
    ],
)
def test_one_bad_entry_anywhere_is_found(rng, row, value, words):
    X = rng.uniform(size=(40, 9))
    X[row, 4] = value
    with pytest.raises(ValueError, match=words):
        check_rows(X, whom="fit")


def test_negative_zero_is_zero():
    assert check_rows(np.full((3, 2), -0.0), whom="fit") == 0.0
