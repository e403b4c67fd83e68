"""Write a file, a folder or several files as a whole or not at all."""

import errno
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def replace_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that takes the place of ``path`` once it is complete.

    What was at ``path`` stays as it was until then, and after any failure. Only an
    ordinary file is replaced; of a link, what it points to. Raises FileExistsError
    or another OSError that names ``path``.
    """
    target = resolve_link(path)
    if target.exists() and not target.is_file():
        raise FileExistsError(
            f"{path} is a folder, a device or a pipe, which is not replaced; choose "
            "another path."
        )
    partial = _beside(target, "part")
    try:
        # mkstemp would leave the file readable by its owner alone.
        with partial.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except BaseException as exc:
        partial.unlink(missing_ok=True)
        if isinstance(exc, OSError) and exc.errno is not None:
            raise _not_written(exc, path) from exc
        raise


@contextmanager
def replace_folder(path: Path, *, check: Callable[[Path], None]) -> Iterator[Path]:
    """Give a folder that takes the place of ``path`` once it is complete.

    What was at ``path`` stays as it was until then, and after any failure; of a link,
    what it points to is replaced. ``check`` raises, at the last moment, where what is
    there may not be replaced. OSErrors of writing name ``path``.
    """
    target = resolve_link(path)
    partial = _beside(target, "part")
    try:
        partial.mkdir()
        yield partial
        check(target)
        _move_into_place(partial, target)
    except BaseException as exc:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(exc, OSError) and _is_about_writing(exc, partial):
            raise _not_written(exc, path) from exc
        raise


@contextmanager
def staging_folder(folder: Path) -> Iterator[Path]:
    """Give a place for files within ``folder``, which is gone when the context ends.

    Files need only be renamed to be in place together. ``folder`` is made when
    missing, and taken away again after a failure if nothing is in it. OSErrors name
    the final place of a file.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    staging = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".maps-", dir=folder) as name:
            staging = Path(name)
            yield staging
    except BaseException as exc:
        for place in made:
            with suppress(OSError):
                place.rmdir()
        if isinstance(exc, OSError) and exc.errno is not None:
            where = _final_place(exc.filename, staging, folder)
            if where is not None:
                raise OSError(exc.errno, exc.strerror, str(where)) from exc
        raise


def resolve_link(path: Path) -> Path:
    """Return what a link points to, or the path itself; OSError for a loop."""
    try:
        return path.resolve()
    # Which of them tells of a loop depends on the version of Python.
    except (RuntimeError, OSError) as exc:
        reason = f"{os.strerror(errno.ELOOP)}; choose another path"
        raise OSError(errno.ELOOP, reason, str(path)) from exc


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{uuid.uuid4().hex}.{kind}")


def _not_written(exc: OSError, path: Path) -> OSError:
    reason = f"{exc.strerror}; it was not written, an earlier one is untouched"
    return OSError(exc.errno, reason, str(path))


def _move_into_place(partial: Path, target: Path) -> None:
    if not target.exists():
        partial.rename(target)
        return
    earlier = _beside(target, "old")
    target.rename(earlier)
    try:
        partial.rename(target)
    except BaseException:
        earlier.rename(target)
        raise
    shutil.rmtree(earlier)


def _is_about_writing(exc: OSError, folder: Path) -> bool:
    """Tell whether an error comes from writing, not from what else was done."""
    if exc.errno is None:
        return False
    name = exc.filename
    inside = isinstance(name, str | Path) and Path(name).is_relative_to(folder)
    return inside or (name is None and exc.errno in _FULL)


def _final_place(name: object, staging: Path | None, folder: Path) -> Path | None:
    """Return what to call a file in a message; None if it is named well already."""
    if not isinstance(name, str | Path):
        return None
    if staging is None:
        # The temporary folder's own name would mean nothing to a user.
        return folder if Path(name).parent == folder else None
    path = Path(name)
    return folder / path.relative_to(staging) if path.is_relative_to(staging) else None
