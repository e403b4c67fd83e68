"""All regions: where specimens of one group can be compared, and what is left out."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.metrics._block_bootstrap import FEW_BLOCKS
from sklearn_microarch.metrics.specimens._compare_region import (
    RegionComparison,
    Settings,
)
from sklearn_microarch.metrics.specimens._region_blocks import BlocksOfRegion
from sklearn_microarch.metrics.specimens._separation_report import SeparatedRegion
from sklearn_microarch.metrics.specimens._specimen_blocks import Columns, Specimens


def compare_specimens(
    by_region: list[list[BlocksOfRegion]],
    regions: NDArray,
    specimens: Specimens,
    columns: Columns,
    settings: Settings,
) -> tuple[tuple[SeparatedRegion, ...], NDArray[np.float64], tuple[str, ...]]:
    """Return rows, means (n_specimens, n_regions, n_values), and what is left out.

    ``by_region`` has the blocks of each region (first) in each specimen (second).
    """
    enough = np.array(
        [[len(one.counts) >= FEW_BLOCKS for one in blocks] for blocks in by_region]
    )
    nothing = np.full(columns.values.shape[1], np.nan)
    means = np.array(
        [
            [one.mean if known else nothing for one, known in zip(*pair, strict=True)]
            for pair in zip(by_region, enough, strict=True)
        ]
    ).swapaxes(0, 1)
    ranges = _range_of_regions(means, of_clusters=columns.of_clusters)
    rows: list[SeparatedRegion] = []
    n_compared = 0
    for region, blocks, known in zip(regions.tolist(), by_region, enough, strict=True):
        usable = np.flatnonzero(known & _has_partner(specimens.groups, known))
        if not len(usable):
            continue
        n_compared += 1
        comparison = RegionComparison(
            str(region),
            [blocks[at] for at in usable],
            specimens.names[usable].tolist(),
            specimens.groups[usable],
            settings,
        )
        if columns.of_clusters:
            rows += comparison.clusters(columns.names, float(ranges))
        else:
            rows += comparison.factors(columns.names, ranges)
    if not n_compared:
        raise ValueError(_words_of_few_blocks(by_region, regions, specimens))
    if not rows:
        raise ValueError(
            f"min_active={settings.min_active:g}: no factor is active in so large a "
            "share of a region of any specimen; lower it, or threshold."
        )
    left_out = _left_out(by_region, regions, specimens, enough)
    return tuple(rows), means, left_out


def _has_partner(
    groups: NDArray[np.intp], known: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which specimens share their group with another that is known."""
    n_known = np.bincount(groups[known], minlength=groups.max() + 1)
    return n_known[groups] > 1


def _range_of_regions(
    means: NDArray[np.float64], *, of_clusters: bool
) -> NDArray[np.float64]:
    """Return how far the two regions lie apart that differ most, 0 for one region.

    Of each factor (n_factors,), or of the shares of all clusters, ().
    """
    seen = ~np.isnan(means).all(axis=(0, 2))
    if not seen.any():
        return np.zeros(() if of_clusters else means.shape[2])
    of_regions = np.nanmean(means[:, seen], axis=0)
    gaps = np.abs(of_regions[:, None] - of_regions)
    return (gaps.sum(axis=2) / 2).max() if of_clusters else gaps.max(axis=(0, 1))


def _left_out(
    by_region: list[list[BlocksOfRegion]],
    regions: NDArray,
    specimens: Specimens,
    enough: NDArray[np.bool_],
) -> tuple[str, ...]:
    """Return a sentence for each region that a specimen does not show enough of."""
    found = []
    for region, blocks, known in zip(regions.tolist(), by_region, enough, strict=True):
        few = [
            f"{name} (has {len(one.counts)} blocks)"
            for name, one, fine in zip(specimens.names, blocks, known, strict=True)
            if not fine
        ]
        if few:
            found.append(f"{region} in {', '.join(few)}, of the {FEW_BLOCKS} needed")
    n_of_group = np.bincount(specimens.groups)
    alone = specimens.names[n_of_group[specimens.groups] < 2].tolist()
    return (*found, *(f"{name}, the only one of its group" for name in alone))


def _words_of_few_blocks(
    by_region: list[list[BlocksOfRegion]], regions: NDArray, specimens: Specimens
) -> str:
    counts = {
        region: dict(
            zip(
                specimens.names.tolist(),
                [len(one.counts) for one in blocks],
                strict=True,
            )
        )
        for region, blocks in zip(regions.tolist(), by_region, strict=True)
    }
    return (
        f"labels: no region lies in {FEW_BLOCKS} blocks in two specimens of a group; "
        f"blocks by region: {shown(counts)}. Give more or larger regions, or patches "
        "all over them."
    )
