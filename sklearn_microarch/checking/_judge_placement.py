"""Whether an annotation lies where a slice's texture says it does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.checking._find_placement import (
    Candidate,
    candidates,
    judge,
    slipped,
)
from sklearn_microarch.checking._information import joint_counts, told_by_label
from sklearn_microarch.checking._placement import Placement
from sklearn_microarch.checking._texture import TextureGrid

# What another placement must gain, by kind, as a share of what it tells. Chosen on
# phantoms of seeds 100 to 119 and 300 to 319 and the real slice, so that right
# annotations with borders displaced by 20 um stay below;
# benchmarks/bench_check_slice.py reports on others.
_MARGINS = {
    "shift": 0.045,
    "turn": 0.06,
    "small scale": 0.08,
    "scale": 0.15,
    "mirror": 0.12,
}
# Half the size is judged by a part of the slice only, the rest of the annotation being
# unknown. It is thought of where regions take up so much of the picture's edge.
_PARTIAL_MARGIN, _LEAST_ON_EDGE = 0.2, 0.1
# By which share a plainer placement may be worse and still be named.
_PLAINNESS = {
    "shift": 1.0,
    "turn": 0.99,
    "small scale": 0.96,
    "scale": 0.95,
    "mirror": 0.95,
}
# Judged by a part of the slice only, where the rest of the annotation is unknown.
_PARTIAL = 0.8
# Less is a hand's jitter.
_LEAST_MOVE_UM = 45.0
# Entropy of the labels, in nats, below which other places fit as well by chance: of
# right annotations of one to four regions of eight, one in two did. An outline of most
# of the tissue can be judged without it.
_LEAST_ENTROPY = 1.3
_LEAST_COVERED = 0.75
# Gain of a region that is said to fit better elsewhere.
_LEAST_REGION_GAIN = 0.1
# Slips that are tried on an annotation to see whether they would be noticed.
_SLIPS_UM = (50.0, 100.0, 200.0, 290.0)


@dataclass(frozen=True, eq=False)
class PlacementCheck:
    """The verdict on where an annotation lies."""

    # "fits", "misplaced" or "cannot tell"
    verdict: str
    given: Candidate
    # The placement that fits best; None unless misplaced.
    better: Candidate | None
    gain: float
    # The smallest slip tried that would have been noticed in all four directions.
    smallest_slip_um: float | None
    # Labels of regions that the better placement fits better.
    misplaced: tuple[int, ...]


def judge_placement(
    labels: NDArray[np.int64], texture: TextureGrid, n_labels: int
) -> PlacementCheck:
    """Compare the placement given with others; labels (rows, columns), 0 for none."""
    given = judge(Placement(), labels, texture, n_labels)
    nothing = PlacementCheck("cannot tell", given, None, 0.0, None, ())
    if not (labels > 0).any() or not texture.tissue.any():
        return nothing
    others = [
        other
        for other in candidates(labels, texture, n_labels)
        if other.displacement_um >= _LEAST_MOVE_UM
        and _can_be_judged(given, other, texture)
        and other.gain_over(given) > _margin(other, given)
    ]
    if others:
        better = max(others, key=_preference)
        return PlacementCheck(
            "misplaced",
            given,
            better,
            better.gain_over(given),
            None,
            _fit_better(given, better, texture, n_labels),
        )
    if not _can_be_judged(given, given, texture):
        return nothing
    noticed = [
        slip
        for slip in _SLIPS_UM
        if all(
            given.gain_over(other) > _MARGINS["shift"]
            for other in slipped(given, texture, n_labels, slip)
        )
    ]
    if not noticed:
        return nothing
    return PlacementCheck("fits", given, None, 0.0, noticed[0], ())


def _margin(other: Candidate, given: Candidate) -> float:
    """Return what a placement must gain; infinity for one that is not thought of."""
    if other.labels.min() >= 0:
        return _MARGINS[other.placement.kind]
    edges = given.labels[[0, -1]], given.labels[:, [0, -1]]
    on_edge = np.concatenate([(edge > 0).ravel() for edge in edges])
    return _PARTIAL_MARGIN if on_edge.mean() >= _LEAST_ON_EDGE else np.inf


def _preference(other: Candidate) -> float:
    partial = _PARTIAL if other.labels.min() < 0 else 1.0
    return other.score * partial * _PLAINNESS[other.placement.kind]


def _can_be_judged(given: Candidate, other: Candidate, texture: TextureGrid) -> bool:
    """Return whether labels are many enough to fit in one place only."""
    if other.entropy >= _LEAST_ENTROPY:
        return True
    covered = float((given.labels > 0)[texture.tissue].mean())
    return covered >= _LEAST_COVERED


def _fit_better(
    given: Candidate, better: Candidate, texture: TextureGrid, n_labels: int
) -> tuple[int, ...]:
    """Return labels whose cells are told better by another placement."""
    told = []
    for candidate in (given, better):
        known = candidate.labels >= 0
        counts = joint_counts(
            candidate.labels[known], texture.codes[known], n_labels, texture.n_codes
        )
        told.append(told_by_label(counts))
    gains = told[1] - told[0]
    limit = _LEAST_REGION_GAIN * np.maximum(told[1], 1e-9)
    return tuple(int(at) for at in np.flatnonzero(gains > limit) if at > 0)
