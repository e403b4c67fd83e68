"""Findings of the second experiment: clusters of the cortex, layers and barrels."""

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.metrics import adjusted_mutual_info_score

from sklearn_microarch.anatomy.laminar._shares_over_blocks import (
    ratios_over_blocks,
    sum_in_blocks,
)
from sklearn_microarch.trust.findings._finding import (
    PublishedFinding,
    judged,
    not_testable,
)
from sklearn_microarch.trust.findings._judged_cells import (
    JudgedCells,
    auc_of,
    best_auc_of_grey,
    explained_by_groups,
)

# Written before the first run on the slices that are judged.
_LEAST_AGREEMENT, _LEAST_SPLIT, _LEAST_AUC = 0.30, 0.70, 0.70
_LEAST_AGAIN = 0.50
_UPPER, _DEEP = ("L2/3",), ("L5", "L6")


def density_finding(
    cells: JudgedCells, bands: NDArray[np.intp] | None, rng: RandomState
) -> PublishedFinding:
    """Judge whether clusters, ascending by cell density, are apart in it.

    ``bands`` (n,) are as many equal bands of depth, -1 where there is no depth.
    """
    statement = "clusters are ordered by cell density: high, medium, low, sparse"
    assert cells.clusters is not None
    n_clusters = int(cells.clusters.max()) + 1
    values = np.column_stack([cells.density, np.ones_like(cells.density)])
    sums = sum_in_blocks(values, cells.blocks, cells.clusters, n_clusters)
    mean, low, high = ratios_over_blocks(
        sums[..., 0],
        sums[..., 1],
        draw_share=cells.draw_share,
        n_resamples=1000,
        confidence_level=0.95,
        rng=rng,
    )
    apart = bool((high[:-1] < low[1:]).all())
    ours = explained_by_groups(cells.clusters, cells.density)
    baseline, rule = "no depth to band", ""
    more = True
    if bands is not None and (bands >= 0).any():
        known = bands >= 0
        ours = explained_by_groups(cells.clusters[known], cells.density[known])
        theirs = explained_by_groups(bands[known], cells.density[known])
        more = ours > theirs
        baseline = f"{theirs:.2f} by as many bands of depth"
        rule = ", and clusters explain more than the bands"
    order = ", ".join(
        f"{one:.0f} ({a:.0f} to {b:.0f})"
        for one, a, b in zip(mean, low, high, strict=True)
    )
    return judged(
        statement,
        is_found=apart and more,
        number=f"{order} dark cells per mm2; clusters explain {ours:.2f} of the "
        "variance of density",
        baseline=baseline,
        rule=f"intervals of neighbours in the order are apart{rule}",
        does_better=not more,
    )


def layer_finding(
    cells: JudgedCells, layers: NDArray[np.str_] | None, bands: NDArray[np.intp] | None
) -> PublishedFinding:
    """Judge whether clusters follow layers (n,), "" where none."""
    statement = "clusters follow the layers"
    if layers is None or not (layers != "").any():
        return not_testable(statement, "no layers are annotated on this slice.")
    known = layers != ""
    assert cells.clusters is not None
    ours = adjusted_mutual_info_score(layers[known], cells.clusters[known])
    n_clusters = int(cells.clusters.max()) + 1
    cuts = np.quantile(cells.grey[known, 0], np.arange(1, n_clusters) / n_clusters)
    grey = adjusted_mutual_info_score(
        layers[known], np.digitize(cells.grey[known, 0], cuts)
    )
    banded = "no depth"
    if bands is not None:
        both = known & (bands >= 0)
        found = adjusted_mutual_info_score(layers[both], bands[both])
        banded = f"{found:.2f} by as many bands of depth, which know the place"
    return judged(
        statement,
        is_found=ours >= _LEAST_AGREEMENT and ours > grey,
        number=f"adjusted mutual information {ours:.2f}",
        baseline=f"{grey:.2f} by as many classes of mean grey; {banded}",
        rule=f">= {_LEAST_AGREEMENT:.2f}, and more than classes of grey",
        does_better=grey > ours,
    )


def split_finding(
    cells: JudgedCells, layers: NDArray[np.str_] | None
) -> PublishedFinding:
    """Judge whether the two moderate clusters divide L2/3 from L5 and L6."""
    statement = "L2/3 and L5/6 are split between two clusters of moderate density"
    if layers is None:
        return not_testable(statement, "no layers are annotated on this slice.")
    assert cells.clusters is not None
    middle = np.isin(cells.clusters, (1, 2))
    upper, deep = np.isin(layers, _UPPER), np.isin(layers, _DEEP)
    used = middle & (upper | deep)
    if not (used & upper).any() or not (used & deep).any():
        return not_testable(statement, "the moderate clusters hold no such layers.")
    one = cells.clusters == 1
    half = (one[used & upper].mean() + (~one)[used & deep].mean()) / 2
    ours = float(max(half, 1 - half))
    held = float(used[upper | deep].mean())
    grey = best_auc_of_grey(upper[used], cells.grey[used])
    return judged(
        statement,
        is_found=ours >= _LEAST_SPLIT and held >= 0.5,
        number=f"balanced accuracy {ours:.2f} of the two, which hold {held:.0%} of "
        "these layers",
        baseline=f"AUC {grey:.2f} of the patch's mean or deviation of grey",
        rule=f">= {_LEAST_SPLIT:.2f}, of at least half of these layers",
        # Of two clusters, the balanced accuracy is the AUC.
        does_better=grey > ours,
    )


def barrel_finding(
    cells: JudgedCells, barrels: NDArray[np.bool_] | None, within: NDArray[np.bool_]
) -> PublishedFinding:
    """Judge whether a factor tells barrels from what lies between, inside L4.

    The factor is chosen on one half of the blocks and scored on the other, both ways.
    """
    statement = "barrels show inside L4"
    if barrels is None or not (within & barrels).any():
        return not_testable(statement, "no barrels are annotated on this slice.")
    half = cells.blocks % 2 == 0
    found: list[float] = []
    grey: list[float] = []
    for chosen, scored in ((half, ~half), (~half, half)):
        here, there = within & chosen, within & scored
        if min(barrels[there].sum(), (~barrels[there]).sum()) == 0:
            return not_testable(statement, "too little of L4 is mapped.")
        for columns, scores in ((cells.factors, found), (cells.grey, grey)):
            first = np.array(
                [auc_of(barrels[here], column) for column in columns[here].T]
            )
            best = int(np.abs(first - 0.5).argmax())
            auc = auc_of(barrels[there], columns[there, best])
            scores.append(auc if first[best] >= 0.5 else 1 - auc)
    ours, theirs = float(np.mean(found)), float(np.mean(grey))
    return judged(
        statement,
        is_found=ours >= _LEAST_AUC and ours > theirs,
        number=f"AUC {ours:.2f} inside L4, of a factor chosen on other blocks",
        baseline=f"AUC {theirs:.2f} of the patch's mean or deviation of grey, chosen "
        "alike",
        rule=f">= {_LEAST_AUC:.2f}, and more than the baseline",
        does_better=theirs > ours,
    )


def again_finding(again: tuple[float, float] | None) -> PublishedFinding:
    """Judge whether a mixture of the second slice's own finds the same clusters."""
    statement = "a second slice has the same clusters, matched by where they lie"
    if again is None:
        return not_testable(
            statement, "no second slice was tried, or too little of it is cortex."
        )
    agreement, chance = again
    return judged(
        statement,
        is_found=agreement >= _LEAST_AGAIN and agreement > chance,
        number=f"adjusted Rand index {agreement:.2f} of its own clusters, matched, "
        "with the first slice's model",
        baseline=f"{chance:.2f} of as many classes of mean grey with that model",
        rule=f">= {_LEAST_AGAIN:.2f}, and more than the baseline",
        does_better=chance > agreement,
    )
