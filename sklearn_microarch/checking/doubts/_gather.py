"""Bring the pieces of one slice together where they are one error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.checking.doubts._pieces import DoubtedPiece
from sklearn_microarch.checking.doubts._slice_cells import SliceCells

# Of a region's judged cells: so many make it the whole region, or two regions swapped.
_WHOLE, _SWAPPED = 0.6, 0.3
# A mirrored annotation must be so much more probable, by the cells it would change,
# of which there must be a few patches.
_MIRRORED_GAIN = np.log(2.0)
_FEWEST_CHANGED = 4.0
_FLIPS = {
    "mirrored left-right": (1,),
    "mirrored up-down": (0,),
    "turned by half": (0, 1),
}


@dataclass(frozen=True, eq=False)
class Suspicion:
    """One error that a slice may have, and the pieces it was seen in."""

    # "piece", "region", "swapped", or how the whole annotation would fit better.
    kind: str
    pieces: tuple[DoubtedPiece, ...]

    @property
    def evidence(self) -> float:
        """That of all pieces."""
        return sum(piece.evidence for piece in self.pieces)

    @property
    def cells(self) -> NDArray[np.bool_]:
        """Cells (rows, columns) of all pieces."""
        found: NDArray[np.bool_] = np.any([one.cells for one in self.pieces], axis=0)
        return found


def gather_pieces(cells: SliceCells, pieces: list[DoubtedPiece]) -> list[Suspicion]:
    """Return what pieces of a slice point to: the whole, two regions, one, a part."""
    flip = _better_flip(cells) if len(pieces) > 1 else None
    if flip is not None:
        return [Suspicion(flip, tuple(pieces))]
    left, found = list(pieces), []
    for first, second in _swapped_pairs(cells, pieces):
        both = [
            piece
            for piece in left
            if (piece.annotated, piece.predicted) in ((first, second), (second, first))
        ]
        found.append(Suspicion("swapped", tuple(both)))
        left = [piece for piece in left if piece not in both]
    for piece in left:
        share = share_of_region(cells, [piece])
        kind = "region" if share >= _WHOLE else "piece"
        found.append(Suspicion(kind, (piece,)))
    return found


def share_of_region(cells: SliceCells, pieces: list[DoubtedPiece]) -> float:
    """Return the share of the judged cells of a region that pieces of it are."""
    own = cells.judged & (cells.annotated == pieces[0].annotated)
    return float(sum(piece.cells.sum() for piece in pieces) / own.sum())


def _swapped_pairs(
    cells: SliceCells, pieces: list[DoubtedPiece]
) -> list[tuple[int, int]]:
    """Return pairs of regions, each of which looks like the other in good part."""
    by_pair: dict[tuple[int, int], list[DoubtedPiece]] = {}
    for piece in pieces:
        by_pair.setdefault((piece.annotated, piece.predicted), []).append(piece)
    large = {
        pair
        for pair, some in by_pair.items()
        if share_of_region(cells, some) >= _SWAPPED
    }
    return sorted(pair for pair in large if pair < pair[::-1] and pair[::-1] in large)


def _better_flip(cells: SliceCells) -> str | None:
    """Return how an annotation would have to be flipped to fit better, if any."""
    known = cells.judged & (cells.annotated >= 0)
    own = cells.log_of(cells.annotated)
    best, chosen = _MIRRORED_GAIN, None
    for words, axes in _FLIPS.items():
        flipped = np.flip(cells.annotated, axes)
        changed = known & (flipped >= 0) & (flipped != cells.annotated)
        if changed.sum() < _FEWEST_CHANGED * cells.cells_per_patch:
            continue
        gain = float((cells.log_of(flipped) - own)[changed].mean())
        if gain > best:
            best, chosen = gain, words
    return chosen
