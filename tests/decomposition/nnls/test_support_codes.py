"""Tests of sklearn_microarch.decomposition.nnls._support_codes."""

import numpy as np
import pytest

from sklearn_microarch.decomposition.nnls._support_codes import (
    decode_supports,
    encode_supports,
    padded_size,
    sort_codes,
)


@pytest.mark.parametrize(
    "n_columns, dtype",
    [(8, np.uint8), (16, np.uint16), (24, np.uint32), (32, np.uint32), (40, np.uint64)],
)
def test_codes_are_the_supports_in_one_word(rng, n_columns, dtype):
    support = rng.uniform(size=(50, n_columns)) > 0.5
    codes = encode_supports(support)
    assert codes.dtype == dtype
    np.testing.assert_array_equal(decode_supports(codes, n_columns), support)


def test_flags_in_any_memory_order_have_the_same_codes(rng):
    support = rng.uniform(size=(50, 16)) > 0.5
    np.testing.assert_array_equal(
        encode_supports(np.asfortranarray(support)), encode_supports(support)
    )


@pytest.mark.parametrize("n_columns", [8, 16, 24, 64])
def test_sorting_brings_equal_codes_together(rng, n_columns):
    support = rng.uniform(size=(200, n_columns)) > 0.97
    codes = encode_supports(support)
    assert (np.diff(codes[sort_codes(codes)].astype(float)) >= 0).all()


def test_sizes_are_padded_to_whole_bytes():
    assert [padded_size(k) for k in (1, 8, 9, 15, 64)] == [8, 8, 16, 16, 64]
