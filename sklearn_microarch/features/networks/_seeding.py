"""Seed torch for a while, without touching the global random state."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def forked_seed(seed: int) -> Iterator[None]:
    """Seed torch inside a block, and put its global random state back after.

    Parameters
    ----------
    seed : int
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield
