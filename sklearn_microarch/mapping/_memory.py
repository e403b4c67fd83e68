"""How much memory a map may take, and how many rows fit in it at a time."""

import os
import re
from math import ceil, inf
from numbers import Integral

UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
UNITS |= {f"{unit[0]}IB": 1024**at for at, unit in enumerate(UNITS) if at}

# Numbers a row takes on its way: features, loadings and what solvers hold of them.
BYTES_PER_ROW = 1500
MIN_ROWS, MAX_ROWS = 8192, 1 << 18


def parse_memory(memory_limit: object) -> int:
    """Return a memory limit in bytes.

    Parameters
    ----------
    memory_limit : {"auto"}, str or int
        Such as "1GB", "500 MiB", or bytes. "auto": half of the machine's memory.

    Raises
    ------
    ValueError
        If it cannot be read, or is not positive.
    """
    if memory_limit == "auto":
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    number: float | None = None
    if isinstance(memory_limit, Integral) and not isinstance(memory_limit, bool):
        number = int(memory_limit)
    elif isinstance(memory_limit, str):
        match = re.fullmatch(
            r"(\d+\.?\d*|\.\d+)\s*([KMGT]?I?B)", memory_limit.strip().upper()
        )
        if match and match[2] in UNITS:
            number = float(match[1]) * UNITS[match[2]]
    if number is None or not 1 <= number < inf:
        raise ValueError(
            f"memory_limit={memory_limit!r} must be 'auto', a number of bytes or a "
            "text such as '1GB' or '500 MiB'."
        )
    return int(number)


def rows_at_a_time(limit: int, held: int, remedy: str) -> int:
    """Return how many rows may pass the steps together.

    Parameters
    ----------
    limit : int, unit: bytes
    held : int, unit: bytes
        What the slice, the maps and the network's layers take all along.
    remedy : str
        What a user can do when that is too much, for the message.

    Raises
    ------
    ValueError
        If fewer than 8192 rows fit; says how much is needed.
    """
    room = (limit - held) // BYTES_PER_ROW
    if room < MIN_ROWS:
        needed = held + MIN_ROWS * BYTES_PER_ROW
        raise ValueError(
            f"memory_limit={limit / 1e6:.0f} MB is too small for this slice: at least "
            f"{ceil(needed / 1e6)} MB are needed. {remedy}"
        )
    return min(room, MAX_ROWS)
