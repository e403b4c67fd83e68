"""Work that ran out of memory is done again in smaller pieces."""

import gc
from collections.abc import Callable
from typing import TypeVar

import torch

Found = TypeVar("Found")
# What torch says on a CPU, in an error of no type of its own.
_WORDS = ("DefaultCPUAllocator", "can't allocate memory", "not enough memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out, that of a GPU included."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(
        words in str(error) for words in _WORDS
    )


def in_pieces(
    work: Callable[[slice], Found], n_rows: int, *, least: int = 1
) -> list[Found]:
    """Return what is made of all rows, or of parts of them where memory runs out.

    Parts are halved down to ``least`` rows, in their order. MemoryError where not even
    so many fit.
    """
    found: list[Found] = []
    start, size = 0, max(n_rows, 1)
    while start < n_rows or not found:
        part = slice(start, min(start + size, n_rows))
        made = attempt(lambda part=part: work(part))  # type: ignore[misc]
        if made is None:
            if size <= least:
                raise MemoryError(
                    f"not even {size} rows fit into memory; close other programs, set "
                    "a smaller memory_limit or batch_size, or take a machine, or a "
                    "GPU, with more memory."
                )
            size = max(least, size // 2)
            continue
        found.append(made[0])
        start = part.stop
    return found


def attempt(work: Callable[[], Found]) -> tuple[Found] | None:
    """Return what is made, in a tuple; None where memory ran out.

    By then nothing that was made is held any more, the error's own frames included.
    """
    try:
        return (work(),)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
    release_memory()
    return None


def release_memory() -> None:
    """Give back what nothing refers to, also to the system, where torch keeps it."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
