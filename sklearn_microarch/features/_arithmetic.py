"""Settings of torch while a network is evaluated: precision, gradients, threads."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

import torch

Found = TypeVar("Found")


@contextmanager
def exact_arithmetic(device: str, dtype: torch.dtype) -> Iterator[None]:
    """Compute without gradients, in one precision, for as long as the context lasts.

    With a dtype of less digits than float32, layers compute with that.
    """
    kind = torch.device(device).type
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode())
        if kind == "cuda":
            stack.enter_context(_FULL_PRODUCTS)
        if dtype != torch.float32:
            stack.enter_context(torch.autocast(kind, dtype=dtype))
        yield


class _FullProducts:
    """Float32 products on a GPU are not rounded to TF32 while any thread is within.

    torch does so by default in convolutions, and may be told to in other products. Its
    flags are those of all threads: the first to come sets them, the last to go resets.
    """

    def __init__(self) -> None:
        self._lock, self._n_within = threading.Lock(), 0
        self._before = ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if not self._n_within:
                self._before.callback(
                    torch.set_float32_matmul_precision,
                    torch.get_float32_matmul_precision(),
                )
                torch.set_float32_matmul_precision("highest")
                self._before.enter_context(
                    torch.backends.cudnn.flags(
                        enabled=True,
                        benchmark=False,
                        deterministic=True,
                        allow_tf32=False,
                    )
                )
            self._n_within += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._n_within -= 1
            if not self._n_within:
                self._before.close()


_FULL_PRODUCTS = _FullProducts()
_COUNTING = threading.Lock()


def n_torch_threads() -> int:
    """Return how many threads torch computes with when called from this thread."""
    # torch asks for the number at a thread's first call. While another thread sets its
    # own number, it would be told that one.
    with _COUNTING:
        return torch.get_num_threads()


def set_torch_threads(n_threads: int) -> None:
    """Let torch compute with so many threads when called from this thread.

    torch takes the last number set, by any thread, as that of threads to come; so what
    it would have been is set again.
    """
    with _COUNTING:
        # The first call makes torch set this thread up; it would else undo the second.
        torch.get_num_threads()
        of_others = _in_new_thread(torch.get_num_threads)
        torch.set_num_threads(n_threads)
        _in_new_thread(lambda: torch.set_num_threads(of_others))


def _in_new_thread(function: Callable[[], Found]) -> Found:
    found: list[Found] = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute small things without its threads.

    They would wait for each other longer than they compute, above all while the
    network is evaluated beside.
    """
    n_threads = n_torch_threads()
    if n_threads == 1:
        yield
        return
    set_torch_threads(1)
    try:
        yield
    finally:
        set_torch_threads(n_threads)
