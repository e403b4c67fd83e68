"""Maps in 8 bits: what a page can carry, each value right to half a step."""

import zlib
from base64 import b64encode
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Codes of a plane: 0 stands for no value.
N_VALUES = 255
_STEPS = N_VALUES - 1


@dataclass(frozen=True, eq=False)
class Plane:
    """One map: a code for each cell, and what codes mean."""

    # (rows, columns); 0 where there is no value.
    codes: NDArray[np.uint8]
    # Value of code c: low + step * (c - 1). Of categories: names[c - 1].
    low: float = 0.0
    step: float = 1.0
    names: tuple[str, ...] = ()

    def values(self) -> NDArray[np.float64]:
        """Return the values (rows, columns) that codes stand for, NaN where none."""
        values = self.low + self.step * (self.codes - 1.0)
        return np.where(self.codes > 0, values, np.nan)


def measure_plane(values: NDArray) -> Plane:
    """Return real numbers (rows, columns), NaN where none, in equal steps."""
    known = np.isfinite(values)
    if not known.any():
        return Plane(np.zeros(values.shape, dtype=np.uint8))
    low, high = float(values[known].min()), float(values[known].max())
    step = (high - low) / _STEPS or 1.0
    steps = np.zeros(values.shape)
    np.divide(values - low, step, out=steps, where=known)
    codes = np.where(known, np.rint(steps) + 1, 0)
    return Plane(codes.clip(0, N_VALUES).astype(np.uint8), low, step)


def category_plane(places: NDArray, names: list[str]) -> Plane:
    """Return places in a list of names (rows, columns), -1 where none.

    What is beyond the codes of 8 bits, the smallest, becomes one: "other".
    """
    if len(names) <= N_VALUES:
        return Plane((places + 1).astype(np.uint8), names=tuple(names))
    counts = np.bincount(places[places >= 0], minlength=len(names))
    kept = np.sort(np.argsort(-counts, kind="stable")[: N_VALUES - 1])
    table = np.full(len(names) + 1, len(kept))
    table[kept], table[-1] = np.arange(len(kept)), -1
    shown = [names[at] for at in kept.tolist()]
    return Plane((table[places] + 1).astype(np.uint8), names=(*shown, "other"))


def pack_codes(codes: NDArray[np.uint8]) -> str:
    """Return codes as text: each as the step from its left neighbour, deflated."""
    steps = np.diff(codes, axis=1, prepend=np.uint8(0))
    return b64encode(zlib.compress(steps.tobytes(), 6)).decode()
