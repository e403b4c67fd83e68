"""Where an annotation could lie too: shifted, turned, mirrored inside the tissue."""

from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy.signal import correlate

# So much of the annotation must stay in the tissue; of what keeps half of it and not
# this much, the count is reported.
LEAST_INSIDE, _HALF_INSIDE = 0.8, 0.5
# Quarter turns, and whether mirrored before.
_POSES = [(turns, mirrored) for mirrored in (False, True) for turns in range(4)]


@dataclass(frozen=True, eq=False)
class Placements:
    """Places that an annotation could have on a slice: pose, and first row and column.

    ``places`` is (m, 3), without the one it has; ``n_dropped`` counts those of which
    too much would lie outside.
    """

    places: NDArray[np.int64]
    n_dropped: int


def find_placements(codes: NDArray, tissue: NDArray[np.bool_]) -> Placements:
    """Return all places on a grid (rows, columns) for codes, -1 outside."""
    n_annotated = int((codes >= 0).sum())
    if not n_annotated:
        return Placements(np.empty((0, 3), dtype=np.int64), 0)
    places, n_dropped = [], 0
    for number, pose in enumerate(_POSES):
        posed = (_posed(codes, pose) >= 0).astype(float)
        # Entry (i, j) is the overlap with the posed grid begun at (i, j) less its last
        # row and column.
        inside = correlate(tissue.astype(float), posed, method="fft") / n_annotated
        kept = np.argwhere(inside >= LEAST_INSIDE - 1e-6)
        n_dropped += int((inside >= _HALF_INSIDE).sum()) - len(kept)
        start = kept - (np.array(posed.shape) - 1)
        if number == 0:
            start = start[(start != 0).any(axis=1)]
        places.append(np.column_stack([np.full(len(start), number), start]))
    return Placements(np.concatenate(places).astype(np.int64), n_dropped)


def move_labels(codes: NDArray, where: NDArray[np.int64]) -> NDArray:
    """Return codes, of the same grid, as they lie at one of the places."""
    posed = _posed(codes, _POSES[int(where[0])])
    moved = np.full_like(codes, -1)
    parts = []
    for start, full, length in zip(
        where[1:].tolist(), codes.shape, posed.shape, strict=True
    ):
        first, end = max(0, start), min(full, start + length)
        if first >= end:
            return moved
        parts.append((slice(first, end), slice(first - start, end - start)))
    (rows, from_rows), (cols, from_cols) = parts
    moved[rows, cols] = posed[from_rows, from_cols]
    return moved


def draw_places(
    placements: Placements, n_shifts: int, rng: RandomState
) -> NDArray[np.int64]:
    """Return places (n_shifts, 3), each as likely; repeated where there are fewer."""
    n_places = len(placements.places)
    chosen = rng.choice(n_places, n_shifts, replace=n_places < n_shifts)
    return placements.places[chosen]


def _posed(codes: NDArray, pose: tuple[int, bool]) -> NDArray:
    turns, mirrored = pose
    return np.rot90(codes[:, ::-1] if mirrored else codes, turns)
