"""Learn from slices, and from annotated centres, which grey levels are tissue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling.tissue._grey_histogram import (
    GreyHistogram,
    grey_histogram,
)
from sklearn_microarch.sampling.tissue._smoothed_grey import SmoothedGrey
from sklearn_microarch.sampling.tissue._tissue_rule import TissueRule, split_greys

# A region is tissue where at least this share of its centres is.
LEAST_SHARE = 0.5
# What annotated centres say, against what the look of the slices says.
WEIGHT_OF_LABELS = 6.0


@dataclass(frozen=True, eq=False)
class AnnotatedCentres:
    """Centres of patches whose regions are known."""

    # (n, 3): slice, row and column.
    positions: NDArray[np.integer]
    # One for each.
    labels: NDArray


def annotated_centres(
    positions: NDArray[np.integer], labels: NDArray | None
) -> AnnotatedCentres | None:
    """Return the centres that bear a label, neither -1 nor the empty name."""
    if labels is None or labels.shape != (len(positions),):
        return None
    try:
        annotated = labels != ("" if labels.dtype.kind in "UO" else -1)
    except (TypeError, ValueError):
        return None
    if labels.dtype.kind == "O":
        annotated &= labels != -1
        labels = labels.astype(str)
    if not annotated.any():
        return None
    return AnnotatedCentres(positions[annotated], labels[annotated])


def learn_tissue(
    slices: Sequence[SmoothedGrey],
    centres: AnnotatedCentres | None,
    greys: Sequence[GreyHistogram] | None = None,
) -> TissueRule:
    """Return the rule by which tissue of such slices is found.

    Annotated centres are tissue. Without them, the ground is what lies along the edge
    of a slice and is even. ``greys``: the histogram of each, where that is at hand.
    """
    if greys is None:
        greys = [grey_histogram([grey]) for grey in slices]
    looks = float(np.mean([_look_of_bright(one) for one in greys]))
    at_centres = None if centres is None else _grey_at(slices, centres)
    if centres is not None and at_centres is not None:
        thresholds = np.array([one.otsu() for one in greys])
        above = at_centres > thresholds[centres.positions[:, 0]]
        share = np.mean(_share_by_region(above, centres.labels))
        looks += WEIGHT_OF_LABELS * (2 * share - 1)
    rule = TissueRule("dark" if looks < 0 else "bright")
    if centres is not None and at_centres is not None:
        rule = _reach_pale_regions(rule, greys, centres, at_centres)
    return _with_levels(rule, greys, at_centres)


def _look_of_bright(greys: GreyHistogram) -> float:
    """Return how much the brighter class of a slice looks like tissue; else < 0."""
    if greys.low == greys.high:
        return 0.0
    threshold = greys.otsu()
    bright, dark = greys.above(threshold), greys.below(threshold)
    if not bright.counts.sum() or not dark.counts.sum():
        return 0.0
    on_edge = bright.on_edge.sum() / max(1, greys.on_edge.sum())
    rough_bright = bright.roughness.sum() / bright.counts.sum() + 1e-12
    rough_dark = dark.roughness.sum() / dark.counts.sum() + 1e-12
    texture = float(np.clip(np.log(rough_bright / rough_dark), -2, 2))
    return texture + 2 * (1 - 2 * float(on_edge))


def _grey_at(
    slices: Sequence[SmoothedGrey], centres: AnnotatedCentres
) -> NDArray[np.float32]:
    """Return the blurred grey level (n,) at each centre."""
    index, at_rows, at_cols = centres.positions.T
    found = np.zeros(len(index), dtype=np.float32)
    for number, grey in enumerate(slices):
        for (rows, cols), _, blurred in grey.blocks():
            here = (
                (index == number)
                & (at_rows >= rows.start)
                & (at_rows < rows.stop)
                & (at_cols >= cols.start)
                & (at_cols < cols.stop)
            )
            found[here] = blurred[
                at_rows[here] - rows.start, at_cols[here] - cols.start
            ]
    return found


def _share_by_region(found: NDArray[np.bool_], labels: NDArray) -> NDArray[np.floating]:
    """Return the share of each region's centres that are True."""
    _, where = np.unique(labels, return_inverse=True)
    return np.bincount(where.ravel(), found) / np.bincount(where.ravel())


def _reach_pale_regions(
    rule: TissueRule,
    greys: Sequence[GreyHistogram],
    centres: AnnotatedCentres,
    at_centres: NDArray[np.float32],
) -> TissueRule:
    """Split once more where that makes tissue of annotated regions that were none."""
    if all(_is_tissue(rule, greys, centres, at_centres)):
        return rule
    finer = replace(rule, n_splits=2)
    return finer if all(_is_tissue(finer, greys, centres, at_centres)) else rule


def _is_tissue(
    rule: TissueRule,
    greys: Sequence[GreyHistogram],
    centres: AnnotatedCentres,
    at_centres: NDArray[np.float32],
) -> NDArray[np.bool_]:
    """Return whether each region lies on the side of tissue, by grey level alone."""
    thresholds = np.empty(len(greys))
    for at, one in enumerate(greys):
        classes = split_greys(one, rule.polarity, rule.n_splits)
        if classes is None or not classes.is_clear:
            # All of one kind is all tissue; a second split must be a clear one.
            thresholds[at] = np.nan if rule.n_splits > 1 else -np.inf
        else:
            thresholds[at] = classes.threshold
    limits = thresholds[centres.positions[:, 0]]
    whole = np.isneginf(limits)
    bright = rule.polarity == "bright"
    inside = (at_centres > limits) if bright else (at_centres < limits)
    return _share_by_region(inside | whole, centres.labels) >= LEAST_SHARE


def _with_levels(
    rule: TissueRule,
    greys: Sequence[GreyHistogram],
    at_centres: NDArray[np.float32] | None,
) -> TissueRule:
    """Add the grey levels of tissue and ground, of the slices that have both."""
    classes = [split_greys(one, rule.polarity, rule.n_splits) for one in greys]
    known = [one for one in classes if one is not None and one.is_clear]
    if known:
        tissue = float(np.median([one.tissue_grey for one in known]))
        ground: float | None = float(np.median([one.ground_grey for one in known]))
    else:
        tissue = float(np.median([one.quantile(0.5) for one in greys]))
        ground = None
    if at_centres is not None and ground is None:
        tissue = float(np.median(at_centres))
    return replace(rule, tissue_grey=tissue, ground_grey=ground)
