"""Random streams of the phantom: one per structure and slab, all from one seed."""

import zlib
from collections.abc import Iterator
from numbers import Integral

import numpy as np

__all__ = ["resolve_seed", "slabs_near", "stream"]

# Slab numbers are signed, entropy words are not.
_SLAB_OFFSET = 2**31


def resolve_seed(
    random_state: int | np.random.Generator | np.random.RandomState | None,
) -> int:
    """Return the integer that all streams of one specimen derive from.

    Parameters
    ----------
    random_state : int, Generator, RandomState or None
        An int is the seed itself, a generator is asked for one, None draws
        fresh entropy. The global generator of NumPy is never used.

    Returns
    -------
    seed : int
        Non-negative; passed as ``random_state`` it gives the same specimen.

    Raises
    ------
    TypeError
        If ``random_state`` is of another type.
    ValueError
        If ``random_state`` is a negative int.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**32))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**32, dtype=np.uint32))
    if isinstance(random_state, bool) or not isinstance(random_state, Integral):
        raise TypeError(
            f"random_state={random_state!r} must be an int, a numpy Generator or "
            "RandomState, or None."
        )
    if random_state < 0:
        raise ValueError(f"random_state={random_state} must be 0 or larger.")
    return int(random_state)


def stream(seed: int, name: str, slab: int = 0) -> np.random.Generator:
    """Return the generator of one structure in one slab of the specimen.

    Every structure draws from its own stream, so that switching one off, or
    asking for more slices, leaves all others as they were.

    Parameters
    ----------
    seed : int
        Seed of the specimen.
    name : str
        Structure, for example ``"cells"``.
    slab : int, default=0
        Number of the slab in z; may be negative.

    Returns
    -------
    rng : Generator
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode()), slab + _SLAB_OFFSET])


def slabs_near(
    z_um: float, reach_um: float, thickness_um: float
) -> Iterator[tuple[int, float]]:
    """Yield number and lower face of each slab that can reach a section.

    Parameters
    ----------
    z_um : float
        Height of the section, in micrometres.
    reach_um : float
        How far an object extends in z from its centre, in micrometres.
    thickness_um : float
        Thickness of a slab, in micrometres.

    Yields
    ------
    slab : int
    bottom_um : float
    """
    first = int(np.floor((z_um - reach_um) / thickness_um))
    last = int(np.floor((z_um + reach_um) / thickness_um))
    for slab in range(first, last + 1):
        yield slab, slab * thickness_um
