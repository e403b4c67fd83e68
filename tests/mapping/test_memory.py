"""Tests of sklearn_microarch.mapping._memory."""

from pathlib import Path

import numpy as np
import pytest

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.mapping._memory import (
    MAX_ROWS,
    MIN_ROWS,
    parse_memory,
    rows_at_a_time,
)

MEMINFO = Path("/proc/meminfo")


@pytest.mark.parametrize(
    "given, n_bytes",
    [
        ("1GB", 10**9),
        ("1.5 gb", 1_500_000_000),
        (" 500 MiB ", 500 * 1024**2),
        ("2TB", 2 * 10**12),
        ("1.KiB", 1024),
        (".5kB", 500),
        ("100B", 100),
        (12345, 12345),
        (np.int64(7), 7),
    ],
)
def test_sizes_are_read_in_bytes(given, n_bytes):
    assert parse_memory(given) == n_bytes


@pytest.mark.skipif(not MEMINFO.exists(), reason="the machine does not tell its memory")
def test_auto_is_half_of_the_machine():
    total = 1024 * int(MEMINFO.read_text().split()[1])
    assert parse_memory("auto") == pytest.approx(total / 2, rel=0.01)


@pytest.mark.parametrize(
    "given",
    [
        *("", "1", "GB", ".GB", "1.2.3GB", "-1GB", "1XB", "1e9B", "nan GB", "0GB"),
        *(0, -5, 10**400, True, 1.5e9, None, "0.5B", "9" * 400 + "GB", ["1GB"]),
    ],
)
def test_what_is_no_size_is_named(given):
    with pytest.raises(ValueError, match="'auto', a number of bytes or a text") as info:
        parse_memory(given)
    assert f"memory_limit={shown(given)} " in str(info.value)


def test_rows_fill_what_is_left_of_the_limit():
    assert rows_at_a_time(10**7 + 20_000 * 1500, 10**7, 1500, "") == 20_000
    assert rows_at_a_time(10**12, 0, 1500, "") == MAX_ROWS
    # Whole patches are large: few of them are a piece worth passing on.
    assert rows_at_a_time(10**9, 0, 10**6, "") == 1000
    needed = 10**7 + MIN_ROWS * 1500
    assert rows_at_a_time(needed, 10**7, 1500, "") == MIN_ROWS
    with pytest.raises(
        ValueError, match=r"22 MB is too small.* 23 MB are needed\. Wait"
    ):
        rows_at_a_time(needed - 1, 10**7, 1500, "Wait.")
