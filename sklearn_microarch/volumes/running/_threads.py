"""Threads and memory of a worker while it computes, so that workers do not fight."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from sklearn_microarch._freed_memory import freed_memory_kept


class _Threads:
    """Threads of torch in a process, limited while any of its tasks computes.

    A worker may have several tasks at a time, and the limit holds for all of them.
    """

    def __init__(self) -> None:
        self._lock, self._n_inside = threading.Lock(), 0

    @contextmanager
    def limited(self, n_threads: int) -> Iterator[None]:
        """Limit them while a block runs, and keep what memory it frees.

        Products of rows use one thread anyway.
        """
        with self._lock:
            if not self._n_inside:
                self._before = torch.get_num_threads()
                torch.set_num_threads(n_threads)
            self._n_inside += 1
        try:
            with freed_memory_kept():
                yield
        finally:
            with self._lock:
                self._n_inside -= 1
                if not self._n_inside:
                    torch.set_num_threads(self._before)


THREADS = _Threads()
