"""Write a file as a whole or not at all."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replace_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that takes the place of ``path`` once it is complete.

    What was at ``path`` stays as it was until then, and after any failure.

    Parameters
    ----------
    path : pathlib.Path
        Final name; its folder must exist.

    Yields
    ------
    file : binary file
        Open for reading and writing, under a temporary name beside ``path``.

    Raises
    ------
    FileExistsError
        If ``path`` is a folder, a device or a pipe, which no file may replace.
    OSError
        If the folder cannot be written or the disk is full; the subclass
        tells which, the message names ``path``.
    """
    if path.exists() and not path.is_file():
        raise FileExistsError(
            f"{path} is a folder, a device or a pipe, which is not replaced; choose "
            "another path."
        )
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        # mkstemp would leave the file readable by its owner alone.
        with partial.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException as exc:
        partial.unlink(missing_ok=True)
        if isinstance(exc, OSError) and exc.errno is not None:
            reason = f"{exc.strerror}; it was not written, an earlier one is untouched"
            raise OSError(exc.errno, reason, str(path)) from exc
        raise
