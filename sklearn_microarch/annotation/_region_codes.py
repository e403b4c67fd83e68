"""Codes of regions in a label array: checked, counted and replaced, in strips."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_array

LARGEST_CODE = 2**32
_PIXELS_OF_A_STRIP = 2**22
_FEW_CODES = 2**20


def check_codes(codes: ArrayLike, unannotated: int) -> NDArray[np.int64]:
    """Return codes (height, width) as a read-only int64 array of its own."""
    found = as_array("codes", codes)
    if found.ndim != 2 or 0 in found.shape:
        raise ValueError(
            f"codes has shape {found.shape}; it must be 2-D (height, width), not empty."
        )
    if found.dtype.kind not in "iuf" or found.dtype == bool:
        raise TypeError(
            f"codes has dtype {found.dtype}; it must hold whole numbers, one a region."
        )
    for strip in strips(found):
        _check_strip(strip, unannotated)
    if found.dtype == np.int64 and found.base is None and not found.flags.writeable:
        return found
    whole = np.array(found, dtype=np.int64, order="C")
    whole.flags.writeable = False
    return whole


def _check_strip(strip: NDArray, unannotated: int) -> None:
    """Raise where numbers are no codes."""
    if strip.dtype.kind == "f" and not (strip == np.rint(strip)).all():
        first = strip[strip != np.rint(strip)][0]
        raise ValueError(f"codes holds {first}, which is no whole number.")
    if strip.max() > LARGEST_CODE:
        raise ValueError(f"codes holds {strip.max()}; a code is at most 2**32.")
    if strip.min() < 0 and (strip[strip < 0] != unannotated).any():
        raise ValueError(
            f"codes holds {strip.min()}; a code is 0 or more. If it stands for pixels "
            f"without annotation, pass unannotated_code={strip.min()}."
        )


def strips(array: NDArray) -> Iterator[NDArray]:
    """Yield views of some rows after the other."""
    step = max(1, _PIXELS_OF_A_STRIP // array.shape[1])
    for start in range(0, array.shape[0], step):
        yield array[start : start + step]


def count_codes(codes: NDArray[np.int64]) -> dict[int, int]:
    """Return how many pixels each code has that occurs, by code."""
    totals: dict[int, int] = {}
    for strip in strips(codes):
        if strip.min() >= 0 and strip.max() < _FEW_CODES:
            counts = np.bincount(strip.ravel())
            values = np.flatnonzero(counts)
            counts = counts[values]
        else:
            values, counts = np.unique(strip, return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            totals[value] = totals.get(value, 0) + count
    return dict(sorted(totals.items()))


def replace_codes(
    codes: NDArray[np.int64], new: Mapping[int, int]
) -> NDArray[np.int64]:
    """Return read-only codes with some replaced; those that are not named stay."""
    keys = np.array(sorted(new), dtype=np.int64)
    values = np.array([new[key] for key in keys.tolist()], dtype=np.int64)
    replaced = np.array(codes)
    if len(keys):
        for strip in strips(replaced):
            at = np.searchsorted(keys, strip).clip(max=len(keys) - 1)
            np.copyto(strip, values[at], where=keys[at] == strip)
    replaced.flags.writeable = False
    return replaced
