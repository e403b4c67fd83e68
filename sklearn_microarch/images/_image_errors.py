"""One typed error for whatever a damaged or unknown file makes a reader raise."""

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from typing import SupportsIndex

from sklearn_microarch.exceptions import ImageFileError


@contextmanager
def as_image_file_error(where: str) -> Iterator[None]:
    """Turn whatever a damaged file brings about into one error that names it."""
    try:
        yield
    except ImageFileError:
        raise
    # Damaged files fail in a dozen types, from struct.error to MemoryError.
    except Exception as exc:
        reason = str(exc) or type(exc).__name__
        raise ImageFileError(f"{where} cannot be read as a slice: {reason}.") from exc


def _check_index(name: str, value: SupportsIndex | None) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}={value!r} must be an integer from 0 or None.")
    return operator.index(value)
