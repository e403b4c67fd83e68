"""Tests of sklearn_microarch._freed_memory."""

import ctypes
import os
import subprocess
import sys

import pytest

from sklearn_microarch import _freed_memory

COUNT_FAULTS = """
import resource
import numpy as np
from sklearn_microarch._freed_memory import freed_memory_kept

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(50):
        np.ones(2**20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

outside = faults()
with freed_memory_kept(), freed_memory_kept():
    np.ones(2**20)
    inside = faults()
print(outside, inside, faults())
"""


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "mallopt"), reason="only glibc has mallopt"
)
def test_memory_is_kept_while_a_worker_computes_and_given_back_after():
    environment = os.environ | {"MALLOC_TRIM_THRESHOLD_": "65536"}
    found = subprocess.run(
        [sys.executable, "-c", COUNT_FAULTS],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    outside, inside, after = map(int, found.stdout.split())
    assert inside < 0.1 * outside
    assert after > 0.5 * outside


def test_where_nothing_is_set_or_there_is_no_glibc_nothing_is_done(monkeypatch):
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    libc = _Counting()
    monkeypatch.setattr(_freed_memory, "_libc", lambda: libc)
    with _freed_memory.freed_memory_kept():
        pass
    assert not libc.calls
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    monkeypatch.setattr(_freed_memory, "_libc", lambda: None)
    with _freed_memory.freed_memory_kept():
        pass


class _Counting:
    def __init__(self):
        self.calls = []

    def mallopt(self, *arguments):
        self.calls.append(arguments)

    def malloc_trim(self, size):
        self.calls.append(size)
