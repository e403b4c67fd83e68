"""Work over batches of rows, on as many threads as matrix products may use."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Protocol, TypeVar

from threadpoolctl import ThreadpoolController

# Rows of a batch unless told otherwise: enough for many to share a support of their
# loadings, few enough for a core's cache.
ROWS_PER_BATCH = 32768

# Each thread holds a batch's working arrays, so that more would cost memory.
_MAX_THREADS = 8

Batch = TypeVar("Batch")
Result = TypeVar("Result")


def row_batches(n_rows: int, *, rows_per_batch: int = ROWS_PER_BATCH) -> list[slice]:
    """Return the consecutive slices that cover the rows."""
    return [
        slice(start, min(start + rows_per_batch, n_rows))
        for start in range(0, n_rows, rows_per_batch)
    ]


def map_batches(
    function: Callable[[Batch], Result], batches: Sequence[Batch]
) -> Iterator[Result]:
    """Call a function for each batch, several at a time, and yield in order."""
    with row_workers(min(len(batches), _MAX_THREADS)) as map_rows:
        yield from map_rows(function, batches)


class RowMap(Protocol):
    """What `row_workers` yields: it does what `map` does, on several threads."""

    def __call__(
        self, function: Callable[[Batch], Result], batches: Iterable[Batch], /
    ) -> Iterator[Result]:
        """Call the function for each batch and return the results in order."""


@contextmanager
def row_workers(max_threads: int) -> Iterator[RowMap]:
    """Provide as many threads as BLAS would use, which then uses one itself.

    The number is the one set by ``OMP_NUM_THREADS`` or `threadpoolctl`; a single thread
    is the caller's own. Not to be used after the context.
    """
    # Products with rows are so narrow that BLAS threads only cost, and with one of them
    # a result has the same bits on any number of threads.
    controller = _controller()
    n_threads = min(max_threads, _n_blas_threads(controller))
    with controller.limit(limits=1, user_api="blas"):
        if n_threads <= 1:
            yield map
            return
        with ThreadPoolExecutor(n_threads) as executor:
            yield executor.map


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


def _n_blas_threads(controller: ThreadpoolController) -> int:
    return max(
        (
            library["num_threads"]
            for library in controller.info()
            if library["user_api"] == "blas"
        ),
        default=1,
    )
