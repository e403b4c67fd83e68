"""Tests of sklearn_microarch.features.dense._threads: side by side, and well ended."""

import threading
import time

import pytest
import torch

from sklearn_microarch.features.dense._threads import iterate_in_threads


@pytest.fixture(autouse=True)
def two_torch_threads():
    """Let torch have two threads, whatever the machine, and put its number back."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def count(first, n, seen=None):
    for value in range(first, first + n):
        if seen is not None:
            seen.append(torch.get_num_threads())
        yield value


def test_all_items_come_those_of_one_iterator_in_order():
    found = list(iterate_in_threads([lambda: count(0, 50), lambda: count(100, 70)]))
    assert sorted(found) == [*range(50), *range(100, 170)]
    assert [v for v in found if v < 100] == list(range(50))
    assert [v for v in found if v >= 100] == list(range(100, 170))


def test_torch_computes_with_one_thread_each_and_as_before_afterwards():
    before, seen, later = torch.get_num_threads(), [], []
    list(iterate_in_threads([lambda: count(0, 3, seen)] * 2))
    assert seen == [1] * 6
    assert torch.get_num_threads() == before
    thread = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert later == [before]


def test_an_error_in_one_stops_the_others_and_is_raised():
    def fail():
        yield 1
        raise ZeroDivisionError("in a thread")

    n_before = threading.active_count()
    with pytest.raises(ZeroDivisionError, match="in a thread"):
        list(iterate_in_threads([fail, lambda: count(0, 10**9)]))
    assert threading.active_count() == n_before


def test_leaving_early_ends_the_threads():
    n_before = threading.active_count()
    items = iterate_in_threads([lambda: count(0, 10**9)] * 3)
    next(items)
    items.close()
    assert threading.active_count() == n_before


def test_work_is_not_far_ahead_of_what_is_taken():
    made = []

    def make():
        for value in range(1000):
            made.append(value)
            yield value

    items = iterate_in_threads([make, make])
    next(items)
    time.sleep(0.3)
    assert len(made) <= 1 + 2 + 2
    items.close()
