"""Search for the placement of an annotation that a slice's texture bears out best."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.checking._information import (
    joint_counts,
    label_entropy,
    shared_information,
)
from sklearn_microarch.checking._placement import Placement, place, shift
from sklearn_microarch.checking._texture import TextureGrid

_TURNS = (-6.0, -4.5, -3.0, -1.5, 1.5, 3.0, 4.5, 6.0)
_SMALL_SCALES = (0.8, 0.9, 0.95, 1.05, 1.1, 1.25)
_LARGE_SCALES = (0.5, 2.0)
_MIRRORED = ("left-right", "up-down", "left-right and up-down")
# How far an annotation is tried to slip, and in which steps at first.
_REACH_UM = 340.0
_STEP_UM = 40.0
# Share of the annotated area that must stay on the slice.
_LEAST_KEPT = 0.6


@dataclass(frozen=True, eq=False)
class Candidate:
    """A placement, the labels (rows, columns) it gives, and how well they fit."""

    placement: Placement
    labels: NDArray[np.int64]
    # The 95th percentile over annotated cells of how far they move.
    displacement_um: float
    # What the labels tell of texture, and could tell at most: nats for each cell.
    information: float
    entropy: float

    @property
    def explained(self) -> float:
        """What the labels tell as a share of what they could tell, 0 to 1."""
        return self.information / self.entropy if self.entropy > 0 else 0.0

    @property
    def score(self) -> float:
        """The geometric mean of both, by which placements are compared."""
        return float(np.sqrt(self.information * self.explained))

    def gain_over(self, given: "Candidate") -> float:
        """Return by which share this tells more, and explains more, than another."""
        if self.information <= 0:
            return -1.0
        return min(
            1 - given.information / self.information,
            1 - given.explained / self.explained,
        )


def judge(
    placement: Placement,
    labels: NDArray[np.int64],
    texture: TextureGrid,
    n_labels: int,
    displacement_um: float = 0.0,
) -> Candidate:
    """Return how well labels fit a texture; cells of label -1 are left out."""
    counts = _count(labels, texture.codes, n_labels, texture.n_codes)
    return Candidate(
        placement,
        labels,
        displacement_um,
        shared_information(counts),
        label_entropy(counts),
    )


def candidates(
    labels: NDArray[np.int64], texture: TextureGrid, n_labels: int
) -> list[Candidate]:
    """Return the best shift of each way to mirror, turn and scale an annotation."""
    found = []
    for base, about in _bases(labels):
        best = _best_shift(base, about, labels, texture, n_labels)
        if best is not None:
            found.append(best)
    return found


def slipped(
    given: Candidate, texture: TextureGrid, n_labels: int, slip_um: float
) -> list[Candidate]:
    """Return a placement moved up, down, to the left and to the right."""
    cells = max(1, round(slip_um / texture.cell_um))
    return [
        judge(given.placement, shift(given.labels, *at), texture, n_labels, slip_um)
        for at in ((-cells, 0), (cells, 0), (0, -cells), (0, cells))
    ]


def _count(
    labels: NDArray[np.int64], codes: NDArray[np.int64], n_labels: int, n_codes: int
) -> NDArray[np.int64]:
    if labels.min() < 0:
        known = labels >= 0
        labels, codes = labels[known], codes[known]
    return joint_counts(labels, codes, n_labels, n_codes)


def _bases(
    labels: NDArray[np.int64],
) -> Iterator[tuple[Placement, tuple[float, float]]]:
    """Yield placements to shift, and the cell they are turned about."""
    annotated = np.nonzero(labels)
    middle = (float(annotated[0].mean()), float(annotated[1].mean()))
    frame = ((labels.shape[0] - 1) / 2, (labels.shape[1] - 1) / 2)
    yield Placement(), middle
    for degrees in _TURNS:
        yield Placement(turn_degrees=degrees), middle
    for scale in _SMALL_SCALES:
        yield Placement(scale=scale), middle
    for scale in _LARGE_SCALES:
        # Pixels counted at another level of a pyramid, or drawn at another size.
        for about in ((-0.5, -0.5), frame, middle):
            yield Placement(scale=scale), about
    for mirror in _MIRRORED:
        for about in (frame, middle):
            yield Placement(mirror=mirror), about


def _best_shift(
    base: Placement,
    about: tuple[float, float],
    labels: NDArray[np.int64],
    texture: TextureGrid,
    n_labels: int,
) -> Candidate | None:
    """Return the best of the shifts of a placement; coarse steps first."""
    least = _LEAST_KEPT * int((labels > 0).sum()) * min(1.0, base.scale**2)
    # Of an annotation drawn too large, what lay beyond the edge is unknown.
    beyond = -1 if base.scale == min(_LARGE_SCALES) else 0
    placed = place(labels, base, about, beyond=beyond)
    step = max(1, round(_STEP_UM / texture.cell_um))
    n_steps = max(1, round(_REACH_UM / (step * texture.cell_um)))
    offsets = step * np.arange(-n_steps, n_steps + 1)

    def score(at: tuple[int, int], every: int) -> float:
        moved = shift(placed, *at, beyond=beyond)[::every, ::every]
        if every**2 * (moved > 0).sum() < least:
            return -1.0
        codes = texture.codes[::every, ::every]
        counts = _count(moved, codes, n_labels, texture.n_codes)
        entropy = label_entropy(counts)
        return shared_information(counts) / entropy**0.5 if entropy > 1e-9 else -1.0

    tried = [(int(down), int(right)) for down in offsets for right in offsets]
    scores = [score(at, 2) for at in tried]
    best = tried[int(np.argmax(scores))]
    if max(scores) < 0:
        return None
    for size in (max(1, step // 2), max(1, step // 4)):
        near = [
            (best[0] + size * down, best[1] + size * right)
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
        ]
        best = near[int(np.argmax([score(at, 1) for at in near]))]
    moved_um = (best[0] * texture.cell_um, best[1] * texture.cell_um)
    placement = replace(base, shift_um=moved_um)
    return judge(
        placement,
        shift(placed, *best, beyond=beyond),
        texture,
        n_labels,
        _displacement(placement, about, labels, texture.cell_um),
    )


def _displacement(
    placement: Placement,
    about: tuple[float, float],
    labels: NDArray[np.int64],
    cell_um: float,
) -> float:
    """Return the 95th percentile of how far annotated cells move."""
    cells = np.argwhere(labels > 0)[::7] - np.array(about)
    forward = np.linalg.inv(placement.matrix())
    moved = cells @ (forward.T - np.eye(2)) * cell_um + np.array(placement.shift_um)
    return float(np.percentile(np.hypot(*moved.T), 95))
