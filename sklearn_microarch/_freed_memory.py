"""Freed memory of a Dask worker, kept while it computes."""

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# Dask sets it in every worker, to 64 KiB.
_SETTING = "MALLOC_TRIM_THRESHOLD_"

# Parameters of glibc's mallopt, and its default of the second.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_DEFAULT_MMAP_THRESHOLD = 128 * 1024

# As much as glibc would come to by itself, and more than a piece of a slice takes.
_LARGEST_MMAP_THRESHOLD, _KEPT = 32 * 1024**2, 1024**3

_lock, _n_inside = threading.Lock(), 0


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Keep what is freed while a block runs: arrays of the same size come again.

    Dask's workers give it back at once and have it cleared for each array, which takes
    nearly as long as to map a slice. After the block that is as it was, since other
    tasks may need the memory. Where Dask has set nothing, nothing is done.
    """
    global _n_inside
    with _lock:
        _n_inside += 1
        if _n_inside == 1:
            _set(_LARGEST_MMAP_THRESHOLD, _KEPT)
    try:
        yield
    finally:
        with _lock:
            _n_inside -= 1
            if not _n_inside:
                _set(_DEFAULT_MMAP_THRESHOLD, None)


def _set(mmap_threshold: int, trim_threshold: int | None) -> None:
    """Set both thresholds in bytes; None: as the process was started, and give back."""
    libc, before = _libc(), os.environ.get(_SETTING, "")
    if libc is None or not before.isdecimal():
        return
    libc.mallopt(_MMAP_THRESHOLD, mmap_threshold)
    libc.mallopt(_TRIM_THRESHOLD, trim_threshold or int(before))
    if trim_threshold is None:
        libc.malloc_trim(0)


@cache
def _libc() -> ctypes.CDLL | None:
    """Return the C library, where it is glibc."""
    try:
        libc = ctypes.CDLL(None)
        found = libc.mallopt, libc.malloc_trim
    except (OSError, AttributeError, TypeError):
        return None
    return libc if all(found) else None
