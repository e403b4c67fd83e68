"""Supports of many rows as one integer each, so that rows can be grouped by them."""

import numpy as np
from numpy.typing import NDArray


def padded_size(n_components: int) -> int:
    """Return the next multiple of 8, the columns that fill whole bytes of a code."""
    return -(-n_components // 8) * 8


def encode_supports(support: NDArray[np.bool_]) -> NDArray[np.unsignedinteger]:
    """Return one integer, of a short type, for each row of flags (n, n_columns).

    Columns are a multiple of 8, at most 64.
    """
    n_bytes = support.shape[1] // 8
    packed = np.packbits(support.ravel()).reshape(-1, n_bytes)
    word = np.dtype(f"u{_word_size(n_bytes)}")
    if word.itemsize == n_bytes:
        return packed.view(word)[:, 0]
    words = np.zeros((len(packed), word.itemsize), dtype=np.uint8)
    words[:, :n_bytes] = packed
    return words.view(word)[:, 0]


def decode_supports(
    codes: NDArray[np.unsignedinteger], n_columns: int
) -> NDArray[np.bool_]:
    """Return the flags (n_samples, n_columns) that `encode_supports` was given."""
    packed = codes.view(np.uint8).reshape(len(codes), codes.dtype.itemsize)
    return np.unpackbits(packed, axis=1, count=n_columns).astype(bool)


def sort_codes(codes: NDArray[np.unsignedinteger]) -> NDArray[np.intp]:
    """Return an order that brings equal codes together."""
    # Short words have a radix sort, long ones a vectorised quicksort.
    return np.argsort(codes, kind="stable" if codes.dtype.itemsize <= 2 else None)


def _word_size(n_bytes: int) -> int:
    return next(size for size in (1, 2, 4, 8) if size >= n_bytes)
