"""A lock file that tells two writers apart, and outlives neither of them."""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sklearn_microarch._whole._owner import is_running, this_process
from sklearn_microarch.exceptions import OutputInUseError


@contextmanager
def hold_lock(path: Path, *, what: Path) -> Iterator[None]:
    """Hold a lock file while a block runs; a dead process's lock is taken over.

    OutputInUseError, which names ``what`` is written and by whom, where a running
    process holds it.
    """
    mine = {**this_process(), "token": uuid.uuid4().hex}
    with _one_at_a_time(path.parent):
        owner = _owner_of(path)
        if owner is not None and is_running(owner):
            raise _in_use(owner, path, what)
        path.write_text(json.dumps(mine))
    try:
        yield
    finally:
        # A forked process that runs through here holds nothing.
        if os.getpid() == mine["pid"]:
            with _one_at_a_time(path.parent):
                if (_owner_of(path) or {}).get("token") == mine["token"]:
                    path.unlink(missing_ok=True)


def is_held(path: Path) -> bool:
    """Tell whether a running process holds a lock file."""
    owner = _owner_of(path)
    return owner is not None and is_running(owner)


def _owner_of(path: Path) -> dict[str, Any] | None:
    """Return who holds a lock; None where nobody does, or died while taking it."""
    try:
        owner = json.loads(path.read_text())
        return {**owner, "pid": int(owner["pid"])}
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _in_use(owner: dict[str, Any], path: Path, what: Path) -> OutputInUseError:
    who = f"process {owner['pid']} on {str(owner.get('host')).split(' ')[0]}"
    if owner["pid"] == os.getpid():
        who = "another thread of this process"
    return OutputInUseError(
        f"{what} is being written by {who}. Wait for its end, or choose another place. "
        f"If nothing writes there any more, delete {path}."
    )


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one process or thread look after locks in a folder at a time.

    Where the system knows no such thing, two may take a dead process's lock over in
    the same instant.
    """
    opened = None
    with suppress(ImportError, OSError):
        import fcntl

        opened = os.open(folder, os.O_RDONLY)
        fcntl.flock(opened, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if opened is not None:
            os.close(opened)
