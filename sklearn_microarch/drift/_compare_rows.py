"""Compare rows of a slice with a reference: what reports and checks have in common."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.drift._drift_reference import DriftReference, min_rows_of
from sklearn_microarch.drift._indicator import Indicator
from sklearn_microarch.drift._slice_rows import SliceRows
from sklearn_microarch.drift.blocks._baseline import BlockMeans, Comparison, tabulate
from sklearn_microarch.drift.blocks._null import INDICATORS, indicators_of
from sklearn_microarch.drift.blocks._region_blocks import form_region_blocks


@dataclass(frozen=True, eq=False)
class Findings:
    """How some rows differ from a reference."""

    comparison: Comparison
    indicators: dict[str, Indicator]
    distances: NDArray[np.float32]  # (n,), to the support, 1 at its border
    n_outside: NDArray[np.number]  # (n_regions,), rows outside of the support


def tabulate_slice(
    rows: SliceRows, reference: DriftReference, step: int | None = None
) -> BlockMeans:
    """Return the block means of a slice, of centres `step` px apart.

    None: as far apart as those of the reference.
    """
    blocks = form_region_blocks(rows.patches.positions, rows.codes, reference.block_px)
    step = reference.stride if step is None else step
    return tabulate(rows, blocks, min_rows_of(reference.block_px, step))


def compare_slice(table: BlockMeans, reference: DriftReference) -> Comparison:
    """Return how far all region blocks of a slice are from those of a reference."""
    everywhere = np.ones(len(table.region_blocks), dtype=bool)
    return reference.baseline.compare(table, everywhere)


def compare_rows(
    table: BlockMeans, reference: DriftReference, *, most_rows: int | None = None
) -> Findings:
    """Return how a slice differs from a reference.

    At most `most_rows` evenly picked ones are looked for in the support, None for all.
    """
    rows = table.rows
    every = 1 if most_rows is None else -(-len(rows) // most_rows)
    comparison = compare_slice(table, reference)
    codes = rows.codes[::every]
    distances = reference.baseline.distances(rows.features[::every])
    borders = reference.null.borders[codes]
    values = indicators_of(comparison, distances, borders)
    n_outside = np.bincount(
        codes, weights=distances > borders, minlength=len(reference.region_names)
    )
    return Findings(
        comparison,
        _indicators(reference, values),
        (distances / borders).astype(np.float32),
        n_outside,
    )


def _indicators(reference: DriftReference, values: list[float]) -> dict[str, Indicator]:
    """Return the indicators by name, with what is usual and their limits."""
    usual = reference.null.usual().tolist()
    limits = reference.null.limits(reference.false_alarm_rate).tolist()
    return {
        name: Indicator(value, middle, limit)
        for name, value, middle, limit in zip(
            INDICATORS, values, usual, limits, strict=True
        )
    }
