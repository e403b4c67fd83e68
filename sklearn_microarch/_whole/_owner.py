"""Which process something belongs to, and whether that process still runs."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_PROC = Path("/proc")
# The states of a process that has ended, but that nobody has asked after.
_ENDED = ("Z", "X")


def this_process() -> dict[str, Any]:
    """Return what tells this process from all others, as plain JSON values."""
    return {"pid": os.getpid(), "started": start_of(os.getpid()), "host": this_host()}


def is_running(owner: dict[str, Any]) -> bool:
    """Tell whether a process runs; of another machine nobody can say, so it may."""
    if owner.get("host") != this_host():
        return True
    started = start_of(int(owner["pid"]))
    # Numbers of processes come again, also after the machine has started anew.
    return started is not None and started == owner.get("started")


def this_host() -> str:
    """Return a name of this machine, or of the container, whose processes count."""
    with suppress(OSError):
        return f"{socket.gethostname()} {(_PROC / 'self/ns/pid').readlink()}"
    return socket.gethostname()


def start_of(pid: int) -> str | None:
    """Return when a process began, in any words; None where there is none."""
    if sys.platform == "win32":
        return _start_on_windows(pid)
    if not (_PROC / "self/stat").exists():
        return _start_by_ps(pid)
    try:
        # The name of the program may hold anything at all, brackets too.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    if fields[0] in _ENDED:
        return None
    boot = ""
    with suppress(OSError):
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return f"{boot} {fields[19]}"


def _start_by_ps(pid: int) -> str | None:
    found = subprocess.run(
        ["ps", "-o", "lstart=,state=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    words = found.stdout.split()
    return None if not words or words[-1][0] in _ENDED else " ".join(words[:-1])


def _start_on_windows(pid: int) -> str | None:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    # The right to ask for times, and no more.
    process = kernel.OpenProcess(0x1000, False, pid)
    if not process:
        return None
    times = [ctypes.c_ulonglong() for _ in range(4)]
    found = kernel.GetProcessTimes(process, *map(ctypes.byref, times))
    kernel.CloseHandle(process)
    began, ended = times[0].value, times[1].value
    return str(began) if found and not ended else None
