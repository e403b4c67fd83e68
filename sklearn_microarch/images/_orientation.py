"""Pictures stored turned or mirrored, as the orientation tag of TIFF and JPEG says."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# To show what is stored: swap rows and columns, then mirror rows, then columns.
_STEPS = {
    1: (False, False, False),
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}


def check_orientation(code: object) -> int:
    """Return the code, 1 to 8; a file without one shows its pixels as stored."""
    if code is None:
        return 1
    try:
        number = int(code)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        number = -1
    if number not in _STEPS:
        raise ValueError(
            f"its orientation tag is {code!r}, which is none of 1 to 8; the file is "
            "damaged"
        )
    return number


def turned(pixels: NDArray, code: int) -> NDArray:
    """Return (..., height, width) as it is meant to be shown."""
    transpose, rows, cols = _STEPS[code]
    if transpose:
        pixels = np.swapaxes(pixels, -1, -2)
    if rows:
        pixels = pixels[..., ::-1, :]
    if cols:
        pixels = pixels[..., ::-1]
    return pixels if code == 1 else np.ascontiguousarray(pixels)


def turned_shape(shape: tuple[int, int], code: int) -> tuple[int, int]:
    """Return the height and width of the shown picture."""
    return (shape[1], shape[0]) if _STEPS[code][0] else shape


def stored_part(
    rows: slice, cols: slice, shape: tuple[int, int], code: int
) -> tuple[slice, slice]:
    """Return where a part of the shown picture, of `shape`, lies in the stored one."""
    transpose, mirror_rows, mirror_cols = _STEPS[code]
    if mirror_rows:
        rows = slice(shape[0] - rows.stop, shape[0] - rows.start)
    if mirror_cols:
        cols = slice(shape[1] - cols.stop, shape[1] - cols.start)
    return (cols, rows) if transpose else (rows, cols)


def orientation_note(code: int) -> tuple[str, ...]:
    """Say that a picture was turned."""
    if code == 1:
        return ()
    return (f"turned or mirrored as its orientation tag {code} says",)


def as_ranges(key: Any, shape: tuple[int, ...]) -> tuple[list[Any], list[Any]]:  # noqa: ANN401
    """Split an index of an array: whole runs to load, and what to take of them then.

    An index is made of integers, slices, ``...`` and lists along the first axis.
    """
    parts = list(key) if isinstance(key, tuple) else [key]
    if not any(part is Ellipsis for part in parts):
        parts.append(Ellipsis)
    at = next(i for i, part in enumerate(parts) if part is Ellipsis)
    n_whole = len(shape) - (len(parts) - 1)
    if n_whole < 0:
        raise IndexError(f"too many indices: {key} for an array of {len(shape)} axes")
    parts[at : at + 1] = [slice(None)] * n_whole
    load: list[Any] = []
    take: list[Any] = []
    for part, length in zip(parts, shape, strict=True):
        if isinstance(part, slice):
            steps = range(*part.indices(length))
            first, last = (
                (min(steps[0], steps[-1]), max(steps[0], steps[-1]))
                if len(steps)
                else (0, -1)
            )
            load.append(slice(first, last + 1))
            take.append(slice(None) if steps.step == 1 else _within(steps, first))
        elif isinstance(part, int | np.integer):
            number = int(part) + (length if part < 0 else 0)
            if not 0 <= number < length:
                raise IndexError(f"index {part} is out of range for {length} places")
            load.append(slice(number, number + 1))
            take.append(0)
        else:
            load.append(slice(0, length))
            take.append(np.asarray(part))
    return load, take


def _within(steps: range, first: int) -> list[int]:
    return [at - first for at in steps]
