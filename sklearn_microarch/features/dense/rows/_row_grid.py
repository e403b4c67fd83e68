"""Which row of patches lies where on a slice, at the places that are computed."""

from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features.dense._choose import common_step
from sklearn_microarch.features.dense._layers import Pair
from sklearn_microarch.sampling import Patches

# Rows that are looked at together: there may be many millions.
ROWS_AT_ONCE = 1 << 20


class RowGrid:
    """The numbers of rows of one slice's patches, by the place of each.

    A place is that of the upper left pixel of a patch. Patches are multiples of
    ``step`` apart, else ValueError; places are ``pitch`` apart, which divides it.
    """

    def __init__(
        self,
        patches: Patches,
        image: int,
        rows: NDArray[np.integer],
        step: Pair,
        pitch: Pair,
    ) -> None:
        half = patches.patch_size // 2
        low = 0 if patches.border == "drop" else -half
        beyond = patches.patch_size - 1 if patches.border == "drop" else 0
        self._patches, self._rows, self._pitch = patches, rows, pitch
        self._shift = np.full(2, half + low)
        first = patches.positions[rows[0], 1:] - self._shift
        self._check_step(first, step)
        # The first row and column that are a multiple of the step away from all.
        phase = first % step
        self._shift = self._shift + phase
        self.origin: Pair = (int(phase[0]) + low, int(phase[1]) + low)
        height, width = (patches.images[image].shape - phase - beyond).tolist()
        self.shape: Pair = (height, width)
        self._row_of = np.full(
            (ceil(height / pitch[0]), ceil(width / pitch[1])), -1, dtype=np.int32
        )
        for start, places in self._places():
            numbers = np.arange(start, start + len(places), dtype=np.int32)
            self._row_of[tuple(places.T)] = numbers
        # Patches named twice: of each place, the grid holds the last one only.
        self.lost, self.taken = self._find_lost()

    def part(self, top: int, bottom: int, left: int, right: int) -> NDArray[np.int32]:
        """Return the rows at the places of a rectangle in pixels; -1 for none."""
        tall, wide = self._pitch
        return self._row_of[
            top // tall : ceil(bottom / tall), left // wide : ceil(right / wide)
        ]

    def wanted(self, top: int, bottom: int, left: int, right: int) -> NDArray[np.bool_]:
        """Return whether a patch is at each pixel of a rectangle."""
        bottom, right = min(bottom, self.shape[0]), min(right, self.shape[1])
        found = np.zeros((bottom - top, right - left), dtype=bool)
        found[:: self._pitch[0], :: self._pitch[1]] = (
            self.part(top, bottom, left, right) >= 0
        )
        return found

    def count_columns(self, top: int, bottom: int, width: int) -> NDArray[np.intp]:
        """Return how many rows lie in each column of blocks of a width, in pixels."""
        here = self.part(top, bottom, 0, self.shape[1]) >= 0
        starts = np.arange(0, here.shape[1], width // self._pitch[1])
        counts: NDArray[np.intp] = np.add.reduceat(
            np.count_nonzero(here, axis=0), starts
        )
        return counts

    def drop(self, found: Sequence[NDArray[np.integer]]) -> None:
        """Forget rows that are done, so that they are not wanted any more."""
        for numbers in found:
            at = self._patches.positions[self._rows[numbers], 1:] - self._shift
            self._row_of[tuple((at // self._pitch).T)] = -1

    def _places(self) -> Iterator[tuple[int, NDArray[np.integer]]]:
        """Yield the number of the first row of some, and the places (n, 2) of these."""
        for start in range(0, len(self._rows), ROWS_AT_ONCE):
            some = self._rows[start : start + ROWS_AT_ONCE]
            yield (
                start,
                (self._patches.positions[some, 1:] - self._shift) // self._pitch,
            )

    def _check_step(self, first: NDArray[np.integer], step: Pair) -> None:
        for start in range(0, len(self._rows), ROWS_AT_ONCE):
            some = self._rows[start : start + ROWS_AT_ONCE]
            corners = self._patches.positions[some, 1:] - self._shift
            if ((corners - first) % step).any():
                found = common_step(self._patches.positions[self._rows, 1:])
                raise ValueError(
                    f"step={step[0]}, but patches lie {found[0]} rows and {found[1]} "
                    "columns apart, or multiples of that; pass the stride they were "
                    "cut with."
                )

    def _find_lost(self) -> tuple[NDArray[np.integer], NDArray[np.int32]]:
        """Return which rows the grid does not hold, and those it has in their place."""
        lost: list[NDArray[np.integer]] = [np.empty(0, dtype=np.intp)]
        taken: list[NDArray[np.int32]] = [np.empty(0, dtype=np.int32)]
        for start, places in self._places():
            held = self._row_of[tuple(places.T)]
            other = np.flatnonzero(held != np.arange(start, start + len(held)))
            lost.append(other + start)
            taken.append(held[other])
        return np.concatenate(lost), np.concatenate(taken)
