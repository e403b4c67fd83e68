"""Rename files and folders, also where a viewer or a scanner is in the way."""

import ctypes
import errno
import os
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path

# What another program causes that has a file open for a moment.
_REFUSED = (errno.EACCES, errno.EPERM, errno.EBUSY)
# Seconds to wait before it is tried again.
WAITS_S = (0.05, 0.1, 0.2, 0.4, 0.8)
_HERE = -100
_EXCHANGE = 2


def move(source: Path, target: Path, *, replace: bool = False) -> None:
    """Rename a file or folder; what is refused is tried again for a second or two.

    With ``replace``, a file that is at the target goes.
    """
    for wait in (*WAITS_S, None):
        try:
            if replace:
                source.replace(target)
            else:
                source.rename(target)
        except OSError as error:
            if error.errno not in _REFUSED or wait is None:
                raise
            time.sleep(wait)
        else:
            return


def put_back(source: Path, target: Path) -> None:
    """Bring back what was moved away, by a copy where no rename is let through."""
    try:
        move(source, target)
    except OSError:
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)


def swap_places(one: Path, other: Path) -> bool:
    """Let two files or folders change places in one instant, where that is possible."""
    if sys.platform != "linux":
        return False
    with suppress(OSError, AttributeError):
        rename = ctypes.CDLL(None, use_errno=True).renameat2
        names = os.fsencode(one), os.fsencode(other)
        return bool(rename(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
    return False
