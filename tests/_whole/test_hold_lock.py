"""Tests of sklearn_microarch._whole._hold_lock and _owner."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from sklearn_microarch._whole import _owner
from sklearn_microarch._whole._hold_lock import hold_lock, is_held
from sklearn_microarch._whole._owner import is_running, start_of, this_process
from sklearn_microarch.exceptions import OutputInUseError


@pytest.fixture
def ended():
    """Return a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    owner = this_process() | {"pid": child.pid, "started": start_of(child.pid)}
    child.wait()
    return owner


def hold(path):
    with hold_lock(path, what=path.parent):
        assert is_held(path)


def test_a_lock_is_gone_afterwards(tmp_path):
    path = tmp_path / "lock"
    hold(path)
    assert not is_held(path)
    assert list(tmp_path.iterdir()) == []


def test_a_dead_process_is_told_from_a_running_one(ended):
    assert is_running(this_process())
    assert not is_running(ended)
    # Another process may have its number by now.
    assert not is_running(this_process() | {"started": "before"})
    # Nobody knows what runs elsewhere.
    assert is_running(ended | {"host": "elsewhere"})


def test_a_lock_of_a_dead_process_is_taken_over(tmp_path, ended):
    path = tmp_path / "lock"
    path.write_text(json.dumps(ended))
    assert not is_held(path)
    hold(path)
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"pid": "x"}', '{"host": "a"}'])
def test_a_lock_that_was_written_half_is_taken_over(tmp_path, text):
    path = tmp_path / "lock"
    path.write_text(text)
    hold(path)
    assert not path.exists()


def test_a_running_process_is_named_and_so_is_the_remedy(tmp_path):
    path = tmp_path / "lock"
    path.write_text(
        json.dumps(this_process() | {"pid": os.getppid(), "host": "far away"})
    )
    with pytest.raises(OutputInUseError, match=rf"process {os.getppid()} on far.*lock"):
        hold(path)
    assert path.exists()


def test_of_many_threads_one_holds_a_lock(tmp_path):
    path = tmp_path / "lock"
    inside, most = [], []

    def work(_):
        try:
            with hold_lock(path, what=path):
                inside.append(1)
                most.append(len(inside))
                inside.pop()
        except OutputInUseError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        n_held = sum(pool.map(work, range(200)))
    assert n_held >= 1
    assert max(most) == 1
    assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no ps")
def test_where_no_proc_is_ps_tells_when_a_process_began(monkeypatch, tmp_path, ended):
    monkeypatch.setattr(_owner, "_PROC", tmp_path)
    assert start_of(os.getpid()) == start_of(os.getpid())
    assert start_of(ended["pid"]) is None
