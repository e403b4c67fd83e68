"""Rows in blocks of one height, worked on by as many threads as BLAS would use."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from sklearn.utils import gen_batches
from threadpoolctl import threadpool_limits

Result = TypeVar("Result")

# Numbers in the largest buffer of a block: half a MiB of doubles, of which two or
# three stay in a core's cache.
_NUMBERS_PER_BLOCK = 2**16

# Every height is a multiple of this, so that no vector loop has a remainder.
_HEIGHT_QUANTUM = 64

# Handed to a thread at once: long against what a hand-over costs, and short enough
# that the last one is not waited for.
_BLOCKS_PER_TASK = 16


def rows_per_block(numbers_per_row: int) -> int:
    """Return the height of the blocks in which rows are computed.

    A matrix product may round a row differently in products of another height,
    so every block has this height, the last one too, where the rest is padding.

    Parameters
    ----------
    numbers_per_row : int
        Numbers that the computation holds for each row.

    Returns
    -------
    height : int
        Depends on ``numbers_per_row`` alone. An odd multiple of a power of two:
        lines that lie a power of two apart would evict each other from the cache.
    """
    n_quanta = max(1, _NUMBERS_PER_BLOCK // (_HEIGHT_QUANTUM * numbers_per_row))
    return _HEIGHT_QUANTUM * (n_quanta - 1 + n_quanta % 2)


@contextmanager
def row_workers() -> Iterator[ThreadPoolExecutor]:
    """Provide one thread for each thread BLAS would use, which then uses one.

    The products are so narrow that BLAS threads only cost; blocks of rows are
    independent. What is computed does not depend on the number of threads.

    Yields
    ------
    workers : ThreadPoolExecutor
        For :func:`map_rows`.
    """
    with threadpool_limits(limits=1, user_api="blas") as limits:
        # None where the BLAS is one that cannot be asked.
        n_threads = limits.get_original_num_threads()["blas"] or 1
        with ThreadPoolExecutor(n_threads) as workers:
            yield workers


def map_rows(
    function: Callable[[slice], Result],
    n_samples: int,
    *,
    height: int,
    workers: ThreadPoolExecutor,
) -> Iterator[Result]:
    """Apply a function to consecutive ranges of rows.

    Parameters
    ----------
    function : callable
        Takes the range as a slice.
    n_samples : int
        Number of rows, at least 1.
    height : int
        Rows in a block; a range covers several, only the last one in part.
    workers : ThreadPoolExecutor
        From :func:`row_workers`.

    Returns
    -------
    results : iterator
        In the order of the rows, whichever thread is done first.
    """
    return workers.map(function, gen_batches(n_samples, _BLOCKS_PER_TASK * height))
