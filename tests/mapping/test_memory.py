"""Tests of sklearn_microarch.mapping._memory."""

from pathlib import Path

import numpy as np
import pytest

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.mapping._memory import (
    parse_memory,
    rows_of_a_piece,
    spare_memory,
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


def test_rows_that_pass_together_depend_on_their_size_alone():
    assert rows_of_a_piece(1600) == 20_000
    # Whole patches are large: few of them are a piece worth passing on.
    assert rows_of_a_piece(10**6) == 32
    assert rows_of_a_piece(10**9) == 1


def test_what_is_left_of_the_limit_is_spare():
    needed = 10**7 + 20_000 * 1600
    assert spare_memory(needed + 77, 10**7, 1600, "") == 77
    assert spare_memory(needed, 10**7, 1600, "") == 0
    with pytest.raises(
        ValueError, match=r"42 MB is too small.* 42 MB are needed\. Wait"
    ):
        spare_memory(needed - 1, 10**7, 1600, "Wait.")
