"""Random streams of the phantom: one per structure and slab, all from one seed."""

import zlib
from collections.abc import Iterator
from numbers import Integral

import numpy as np

from sklearn_microarch._arguments._numbers import check_integer, shown

__all__ = ["resolve_seed", "slabs_near", "stream"]

# Slab numbers are signed, entropy words are not.
_SLAB_OFFSET = 2**31
_LARGEST_SEED = 2**64 - 1


def resolve_seed(
    random_state: int | np.random.Generator | np.random.RandomState | None,
) -> int:
    """Return the integer that all streams of one specimen derive from.

    An int is the seed itself, a generator is asked for one, None draws fresh entropy.
    The global generator of NumPy is never used.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**32))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**32, dtype=np.uint32))
    if not isinstance(random_state, Integral):
        raise TypeError(
            f"random_state={shown(random_state)} must be an int, a numpy Generator or "
            "RandomState, or None."
        )
    return check_integer("random_state", random_state, minimum=0, maximum=_LARGEST_SEED)


def stream(seed: int, name: str, slab: int = 0) -> np.random.Generator:
    """Return the generator of one structure in one slab, whose number may be negative.

    Every structure draws from its own stream, so that switching one off, or asking for
    more slices, leaves all others as they were.
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode()), slab + _SLAB_OFFSET])


def slabs_near(
    z_um: float, reach_um: float, thickness_um: float
) -> Iterator[tuple[int, float]]:
    """Yield number and lower face (um) of each slab that can reach a section.

    ``reach_um`` is how far an object extends in z from its centre.
    """
    first = int(np.floor((z_um - reach_um) / thickness_um))
    last = int(np.floor((z_um + reach_um) / thickness_um))
    for slab in range(first, last + 1):
        yield slab, slab * thickness_um
