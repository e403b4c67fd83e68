"""A random state that is equal to one that was seeded, once it has its state."""

import numpy as np


def seeded_state() -> np.random.RandomState:
    """Return a state for its content to be set; one without seed would keep another."""
    return np.random.RandomState(0)
