"""Write a file as a whole or not at all."""

import errno
import os
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sklearn_microarch._whole._move import move
from sklearn_microarch._whole._owner import start_of, this_host
from sklearn_microarch._whole._place import UNTOUCHED


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
    _remove_strays(target)
    partial = target.with_name(f".{target.name}.{_mark()}.{uuid.uuid4().hex}.part")
    try:
        # mkstemp would leave the file readable by its owner alone.
        with partial.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        move(partial, target, replace=True)
    except BaseException as exc:
        partial.unlink(missing_ok=True)
        if isinstance(exc, OSError) and exc.errno is not None:
            reason = f"{exc.strerror}; {UNTOUCHED}"
            raise OSError(exc.errno, reason, str(path)) from exc
        raise


def resolve_link(path: Path) -> Path:
    """Return what a link points to, or the path itself; OSError for a loop."""
    try:
        return path.resolve()
    # Which of them tells of a loop depends on the version of Python.
    except (RuntimeError, OSError) as exc:
        reason = f"{os.strerror(errno.ELOOP)}; choose another path"
        raise OSError(errno.ELOOP, reason, str(path)) from exc


def _mark(pid: int | None = None) -> str:
    """Return what tells whose a partial file is: a process, and where it runs."""
    number = os.getpid() if pid is None else pid
    host, start = (
        f"{zlib.crc32(words.encode()):08x}"
        for words in (this_host(), str(start_of(number)))
    )
    return f"{host}-{start}-{number}"


def _remove_strays(target: Path) -> None:
    """Remove partial files of a target whose processes have ended on this machine."""
    with suppress(OSError):
        for path in target.parent.iterdir():
            head, _, tail = path.name.rpartition(f".{target.name}.")
            mark, _, end = tail.partition(".")
            number = mark.rpartition("-")[2]
            if head or not end.endswith(".part") or not number.isdigit():
                continue
            now = _mark(int(number))
            if now != mark and now.partition("-")[0] == mark.partition("-")[0]:
                path.unlink(missing_ok=True)
