"""Seed torch for a while, without touching the global random state."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

# torch has one random state for all threads: who seeds it is alone with it.
_ALONE = threading.RLock()


@contextmanager
def forked_seed(seed: int) -> Iterator[None]:
    """Seed torch inside a block, and put its global random state back after.

    Blocks of other threads wait.
    """
    with _ALONE, torch.random.fork_rng():
        torch.manual_seed(seed)
        yield
