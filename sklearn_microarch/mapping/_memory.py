"""How much memory a map may take, and how many rows fit in it at a time."""

import os
import re
from contextlib import suppress
from math import ceil, prod
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._lazy_array import is_lazy
from sklearn_microarch.images.lazy._block_cache import cache_memory

UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
UNITS |= {f"{unit[0]}IB": 1024**at for at, unit in enumerate(UNITS) if at}

# What a row takes on its way beside its features: loadings, what solvers hold.
BYTES_BESIDE = 700
# Rows that pass the steps together take so much: enough for the steps' overhead not to
# count. Their number depends on nothing else, so that a value never does.
BYTES_OF_A_PIECE = 32 * 10**6
# A lazy slice of no more bytes is loaded whole: reading it part by part is slower.
SOON_LOADED = 256 * 10**6
# What finding tissue takes, block by block, and measuring grey levels.
BYTES_OF_FINDING = 200 * 10**6
# More than any machine has.
LARGEST_LIMIT = 2**63 - 1
# Where a container states its memory, and what to assume where nothing is stated.
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")
UNKNOWN = 8 * 10**9


def parse_memory(memory_limit: object) -> int:
    """Return a memory limit in bytes; "auto" is half of the machine's memory."""
    if isinstance(memory_limit, str) and memory_limit == "auto":
        return _memory_here() // 2
    number: float | None = None
    if isinstance(memory_limit, Integral) and not isinstance(memory_limit, bool):
        number = int(memory_limit)
    elif isinstance(memory_limit, str):
        match = re.fullmatch(
            r"(\d+\.?\d*|\.\d+)\s*([KMGT]?I?B)", memory_limit.strip().upper()
        )
        if match and match[2] in UNITS:
            number = float(match[1]) * UNITS[match[2]]
    if number is None or not 1 <= number <= LARGEST_LIMIT:
        raise ValueError(
            f"memory_limit={shown(memory_limit)} must be 'auto', a number of bytes or "
            "a text such as '1GB' or '500 MiB', from 1 byte to 2**63 - 1."
        )
    return int(number)


def _memory_here() -> int:
    """Return the memory of the machine or the container, in bytes."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        # Not on every system.
        total = UNKNOWN
    with suppress(OSError, ValueError):
        total = min(total, int(CONTAINER_LIMIT.read_text()))
    return total


def stays_in_its_file(image: SliceImage) -> bool:
    """Tell whether a slice is read part by part; what is small is loaded."""
    return is_lazy(image.data) and _size_of(image) > SOON_LOADED


def memory_of_slice(image: SliceImage, steps: list[Any], stride: int) -> int:
    """Return the bytes that a slice at hand and the network's layers take."""
    stays = stays_in_its_file(image)
    held = cache_memory(image.data) if stays else _size_of(image)
    # First where tissue is and how it is exposed, a bit for each pixel; then the
    # network, and which row is where.
    n_pixels = image.shape[0] * image.shape[1]
    finding = n_pixels // 8 + min(BYTES_OF_FINDING, 16 * n_pixels)
    mapping = 0
    if hasattr(steps[0], "dense_memory"):
        mapping = steps[0].dense_memory(image.shape, step=stride)
    return held + max(finding, mapping)


def _size_of(image: SliceImage) -> int:
    return prod(image.data.shape) * image.dtype.itemsize


def memory_of_rows(n_rows: int) -> int:
    """Return the bytes that it takes to know all rows: place, number, whether done."""
    return (12 + 4 + 1) * n_rows


def bytes_per_row(
    patch_shape: tuple[int, ...], dtype: np.dtype, steps: list[Any]
) -> int:
    """Return the bytes that a row takes while it passes the steps.

    A whole patch, or its features where the first step gives them piece by piece.
    """
    if hasattr(steps[0], "iter_transform"):
        # Features as float32, and as a solver's float64.
        return BYTES_BESIDE + 12 * int(getattr(steps[0], "n_features", 64))
    return BYTES_BESIDE + 2 * prod(patch_shape) * max(4, dtype.itemsize)


def rows_of_a_piece(each: int) -> int:
    """Return how many rows pass the steps together, where one takes so many bytes."""
    return max(1, BYTES_OF_A_PIECE // each)


def spare_memory(limit: int, held: int, each: int, remedy: str) -> int:
    """Return the bytes that are free while rows pass the steps, piece by piece.

    All in bytes: ``held`` is taken all along, ``each`` by a row. ValueError, which says
    how much is needed and then the ``remedy``, where not even one piece fits.
    """
    needed = held + rows_of_a_piece(each) * each
    if needed > limit:
        raise ValueError(
            f"memory_limit={limit / 1e6:.0f} MB is too small for this slice: at least "
            f"{ceil(needed / 1e6)} MB are needed. {remedy}"
        )
    return limit - needed
