"""Tests of sklearn_microarch.features._arithmetic: settings that threads share."""

import threading

import pytest
import torch

from sklearn_microarch.features._arithmetic import (
    exact_arithmetic,
    n_torch_threads,
    one_thread,
    set_torch_threads,
)


@pytest.fixture(autouse=True)
def two_torch_threads():
    """Let torch have two threads, whatever the machine, and put its number back."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def in_new_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_a_number_of_threads_is_set_for_the_thread_that_sets_it_alone():
    def inside():
        set_torch_threads(1)
        return torch.get_num_threads(), in_new_thread(torch.get_num_threads)

    assert in_new_thread(inside) == (1, 2)
    assert n_torch_threads() == 2


def test_with_one_thread_others_keep_theirs():
    with one_thread():
        assert torch.get_num_threads() == 1
        assert in_new_thread(n_torch_threads) == 2
    assert torch.get_num_threads() == 2


def flags():
    return (
        torch.get_float32_matmul_precision(),
        torch.backends.cudnn.allow_tf32,
        torch.backends.cudnn.benchmark,
        torch.backends.cudnn.deterministic,
    )


@pytest.fixture
def rounded_products():
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    yield
    torch.set_float32_matmul_precision(before)


def test_products_keep_all_digits_until_the_last_thread_is_done(rounded_products):
    before = flags()
    first = exact_arithmetic("cuda", torch.float32)
    second = exact_arithmetic("cuda", torch.float32)
    exact = ("highest", False, False, True)
    entered, leave = threading.Event(), threading.Event()

    def other():
        with second:
            entered.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with first:
        assert flags() == exact
        thread.start()
        entered.wait()
    # This thread is done, the other is not.
    assert flags() == exact
    leave.set()
    thread.join()
    assert flags() == before
