"""How the reading of a file fails, whatever its format: checks and errors."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sklearn_microarch._arguments._numbers import check_integer, check_path
from sklearn_microarch.exceptions import ImageFileError


@contextmanager
def as_image_file_error(where: str) -> Iterator[None]:
    """Turn whatever a damaged file brings about into one error that names it."""
    try:
        yield
    # An optional package that is missing is no fault of the file.
    except (ImageFileError, ImportError):
        raise
    # Damaged files fail in a dozen types, from struct.error to MemoryError.
    except Exception as exc:
        reason = str(exc) or type(exc).__name__
        raise ImageFileError(f"{where} cannot be read as a slice: {reason}.") from exc


def existing_path(path: object, kind: str) -> Path:
    """Return the path of a file or folder that exists; `kind` is for the message."""
    found = check_path("path", path)
    if isinstance(path, str) and re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", path):
        raise FileNotFoundError(
            f"{path} is an address, and only local files and folders are read; "
            "download it first."
        )
    if not found.exists():
        reason = "; it is a link that leads nowhere" if found.is_symlink() else ""
        raise FileNotFoundError(f"There is no {kind} {found}{reason}; check the path.")
    return found


def check_position(name: str, value: object) -> int | None:
    """Return a number counted from 0, or None; whether it exists, the file must say."""
    return None if value is None else check_integer(name, value, minimum=-(2**31))
