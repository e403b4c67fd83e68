"""Freed memory of a worker, kept while it computes."""

import ctypes
import os
from functools import cache

# Parameters of glibc's mallopt, and the default of the second.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_DEFAULT_MMAP_THRESHOLD = 128 * 1024

# As much as glibc would come to by itself.
_LARGEST_MMAP_THRESHOLD, _KEPT = 32 * 1024**2, 1024**3

# Dask sets it in every worker, to 64 KiB.
_SETTING = "MALLOC_TRIM_THRESHOLD_"


def keep_freed_memory() -> None:
    """Keep what is freed in this process, since arrays of the same size come again.

    Dask's workers give it back at once, and have it cleared for each array: as much
    time goes there as into a plane.
    """
    libc = _libc()
    if libc is not None and os.environ.get(_SETTING, "").isdecimal():
        libc.mallopt(_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD)
        libc.mallopt(_TRIM_THRESHOLD, _KEPT)


def give_back_freed_memory() -> None:
    """Give it back, and be as Dask had it: other tasks may need it."""
    libc = _libc()
    if libc is not None and (before := os.environ.get(_SETTING, "")).isdecimal():
        libc.mallopt(_TRIM_THRESHOLD, int(before))
        libc.mallopt(_MMAP_THRESHOLD, _DEFAULT_MMAP_THRESHOLD)
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
