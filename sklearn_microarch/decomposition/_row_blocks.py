"""Work over blocks of rows, on as many threads as matrix products may use."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController

# Enough rows for many to share a support, few enough for a core's cache.
ROWS_PER_BLOCK = 32768

# Each thread holds a block's working arrays, so that more would cost memory.
_MAX_THREADS = 8

Block = TypeVar("Block")
Result = TypeVar("Result")


def row_blocks(n_rows: int, *, rows_per_block: int = ROWS_PER_BLOCK) -> list[slice]:
    """Return the consecutive slices that cover the rows.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    rows_per_block : int
        Rows in each slice but the last.

    Returns
    -------
    blocks : list of slice
    """
    return [
        slice(start, min(start + rows_per_block, n_rows))
        for start in range(0, n_rows, rows_per_block)
    ]


def map_blocks(
    function: Callable[[Block], Result], blocks: Sequence[Block]
) -> Iterator[Result]:
    """Call a function for each block, several at a time, and yield in order.

    The number of threads is the one BLAS may use at the time, as set by
    ``OMP_NUM_THREADS`` or `threadpoolctl`; BLAS itself is held to one thread
    meanwhile, since its products are small.

    Parameters
    ----------
    function : callable
        Takes a block. Safe to be called from several threads.
    blocks : sequence
        What it is called with, slices or indices.

    Yields
    ------
    result
        What the function returned, in the order of the blocks.
    """
    controller = _controller()
    n_threads = min(len(blocks), _MAX_THREADS, _n_blas_threads(controller))
    with controller.limit(limits=1, user_api="blas"):
        if n_threads <= 1:
            yield from map(function, blocks)
            return
        with ThreadPoolExecutor(n_threads) as executor:
            yield from executor.map(function, blocks)


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
