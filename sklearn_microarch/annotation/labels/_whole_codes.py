"""Pixels of label images as codes: whole numbers that are held exactly."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.annotation._region_codes import LARGEST_CODE

_PIXELS_OF_A_STRIP = 2**22
# Beyond it floats skip whole numbers.
_EXACT_TO = {2: 2**11, 4: 2**24, 8: 2**53}


def whole_codes(values: NDArray, unannotated: int = 0) -> NDArray[np.int64]:
    """Return labels (height, width) as read-only int64 codes of their own.

    ValueError for numbers that are not whole, negative, or too large to be exact.
    """
    if values.dtype.kind not in "buif":
        raise ValueError(
            f"its values are of type {values.dtype}; labels are whole numbers"
        )
    codes = np.empty(values.shape, dtype=np.int64)
    for rows in _strips(values.shape):
        part = values[rows]
        if part.dtype.kind == "f":
            _check_floats(part)
        _check_range(part, unannotated)
        codes[rows] = part
    codes.flags.writeable = False
    return codes


def _strips(shape: tuple[int, ...]) -> Iterator[slice]:
    step = max(1, _PIXELS_OF_A_STRIP // shape[1])
    for start in range(0, shape[0], step):
        yield slice(start, start + step)


def _check_floats(part: NDArray) -> None:
    whole = np.isfinite(part) & (part == np.rint(part))
    if not whole.all():
        first = part[~whole][0]
        raise ValueError(
            f"it holds {first:g}, but labels are whole numbers; {(~whole).mean():.0%} "
            "of the pixels looked at are none. It seems to be a picture, or a map of "
            "probabilities: export the labels themselves"
        )
    exact = _EXACT_TO.get(part.dtype.itemsize, 2**53)
    if part.max() > exact and exact < LARGEST_CODE:
        raise ValueError(
            f"it holds {int(part.max())} as {part.dtype}, which is exact only up to "
            f"{exact}: larger ids were rounded when it was saved, and are lost. Save "
            "the labels as 32-bit integers (uint32)"
        )


def _check_range(part: NDArray, unannotated: int) -> None:
    if part.dtype.kind == "b":
        return
    smallest, largest = part.min(), part.max()
    if largest > LARGEST_CODE:
        raise ValueError(f"it holds {largest}; ids are at most 2**32")
    if smallest < 0 and (part[part < 0] != unannotated).any():
        raise ValueError(
            f"it holds {smallest}; labels are 0 or more. If it stands for pixels "
            f"without annotation, pass unannotated_code={int(smallest)}"
        )


def codes_that_occur(codes: NDArray[np.int64]) -> list[int]:
    """Return the codes of an image, ascending."""
    found: set[int] = set()
    for rows in _strips(codes.shape):
        part = codes[rows]
        # Labels lie in runs: only where one begins there is something new.
        begins = np.ones(part.shape, dtype=bool)
        begins[:, 1:] = part[:, 1:] != part[:, :-1]
        found.update(np.unique(part[begins]).tolist())
    return sorted(found)


def seems_picture(codes: NDArray[np.int64]) -> bool:
    """Tell whether values change from pixel to pixel, as grey levels do."""
    rows = slice(0, _PIXELS_OF_A_STRIP // max(1, codes.shape[1]) + 1)
    part = codes[rows]
    if part.size < 256 or part.shape[1] < 2:
        return False
    changes = part[:, 1:] != part[:, :-1]
    return bool(changes.mean() > 0.5 and len(np.unique(part)) > 32)
