"""Supports of many rows as one integer each, so that rows can be grouped by them."""

import numpy as np
from numpy.typing import NDArray

# A code is one machine word.
MAX_COMPONENTS = 64


def padded_size(n_components: int) -> int:
    """Return the number of columns that fills whole bytes of a code.

    Parameters
    ----------
    n_components : int
        At most 64.

    Returns
    -------
    size : int
        The next multiple of 8.
    """
    return -(-n_components // 8) * 8


def encode_supports(support: NDArray[np.bool_]) -> NDArray[np.unsignedinteger]:
    """Return one integer for each row of flags.

    Parameters
    ----------
    support : ndarray of shape (n_samples, n_columns), dtype bool
        A multiple of 8 columns, at most 64.

    Returns
    -------
    codes : ndarray of shape (n_samples,), dtype uint8, uint16, uint32 or uint64
        The smallest of these types that holds the flags.
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
    """Return the flags that `encode_supports` was given.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Codes.
    n_columns : int
        Number of flags in each.

    Returns
    -------
    support : ndarray of shape (n_samples, n_columns), dtype bool
    """
    packed = codes.view(np.uint8).reshape(len(codes), codes.dtype.itemsize)
    return np.unpackbits(packed, axis=1, count=n_columns).astype(bool)


def sort_codes(codes: NDArray[np.unsignedinteger]) -> NDArray[np.intp]:
    """Return an order that brings equal codes together.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Codes.

    Returns
    -------
    order : ndarray of shape (n_samples,)
    """
    # Short words have a radix sort, long ones a vectorised quicksort.
    return np.argsort(codes, kind="stable" if codes.dtype.itemsize <= 2 else None)


def _word_size(n_bytes: int) -> int:
    return next(size for size in (1, 2, 4, 8) if size >= n_bytes)
