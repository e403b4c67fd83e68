"""Findings of the first experiment: factors that follow regions."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.trust.findings._finding import (
    PublishedFinding,
    judged,
    not_testable,
)
from sklearn_microarch.trust.findings._judged_cells import (
    JudgedCells,
    auc_of,
    best_auc_of_grey,
)

WHITE_MATTER = ("WM", "IC", "CC")
REGIONS = ("cortex", "striatum", "ZI")
_AXON_REGIONS = ("VP", "ZI")
# Written before the first run on the slices that are judged.
_LEAST_AUC, _MOST_DENSITY, _LEAST_CORRELATION = 0.80, 0.70, 0.50


def region_finding(
    cells: JudgedCells, region: str, factor: str | None
) -> PublishedFinding:
    """Judge whether the factor that was matched to a region follows it."""
    statement = f"a factor follows {region}"
    annotated = cells.regions != ""
    inside = cells.regions[annotated] == region
    if factor is None or not inside.any():
        return not_testable(
            statement, f"no factor was matched, or no cell is {region}."
        )
    auc = auc_of(inside, cells.factor(factor)[annotated])
    grey = best_auc_of_grey(inside, cells.grey[annotated])
    return judged(
        statement,
        is_found=auc >= _LEAST_AUC and auc > grey,
        number=f"AUC {auc:.2f} of {factor}",
        baseline=f"AUC {grey:.2f} of the patch's mean or deviation of grey",
        rule=f"AUC >= {_LEAST_AUC:.2f}, and more than the baseline",
        does_better=grey > auc,
    )


def white_matter_finding(cells: JudgedCells, factor: str | None) -> PublishedFinding:
    """Judge whether the factor of white matter is strong where cells are few."""
    statement = "a factor follows white matter, where cells are few"
    annotated = cells.regions != ""
    inside = np.isin(cells.regions[annotated], WHITE_MATTER)
    if factor is None or not inside.any():
        return not_testable(statement, "no factor was matched, or nothing is WM.")
    loading = cells.factor(factor)[annotated]
    density = cells.density[annotated]
    strong = loading >= np.quantile(loading, 0.9)
    ratio = float(density[strong].mean() / density.mean())
    auc = auc_of(inside, loading)
    grey = best_auc_of_grey(inside, cells.grey[annotated])
    return judged(
        statement,
        is_found=auc >= _LEAST_AUC and ratio <= _MOST_DENSITY,
        number=f"AUC {auc:.2f} of {factor}; where it is strongest, dark cells are "
        f"{ratio:.2f} of the mean",
        baseline=f"AUC {grey:.2f} of grey; all tissue 1.00",
        rule=f"AUC >= {_LEAST_AUC:.2f}, and in its strongest tenth at most "
        f"{_MOST_DENSITY:.2f} of the cells",
        does_better=grey > auc,
    )


def axon_finding(
    cells: JudgedCells, share: NDArray[np.float64] | None
) -> PublishedFinding:
    """Judge whether a factor follows scattered axons outside white matter.

    ``share`` (n,) is that of drawn axons in each patch; None: axons are where tissue is
    bright, and should lie in VP and ZI.
    """
    outside = (cells.regions != "") & ~np.isin(cells.regions, WHITE_MATTER)
    regions = cells.regions[outside]
    wanted = list(_AXON_REGIONS) if share is None else _drawn(regions, share[outside])
    statement = f"a factor follows scattered axons, in {' and '.join(wanted)}"
    there = np.isin(regions, wanted)
    if not there.any() or there.all():
        return not_testable(statement, "these regions, or others, are not annotated.")
    follows = (cells.bright if share is None else share)[outside]
    loadings = cells.factors[outside]
    links = [_correlation(column, follows) for column in loadings.T]
    best = int(np.argmax(links))
    grey = max(_correlation(column, follows) for column in cells.grey[outside].T)
    column = loadings[:, best]
    ratio = float(column[there].mean() / max(column[~there].mean(), 1e-12))
    source = "bright tissue" if share is None else "the drawn axons"
    return judged(
        statement,
        is_found=links[best] >= _LEAST_CORRELATION and ratio > 1,
        number=f"r {links[best]:.2f} of {cells.factor_names[best]} (the best of all) "
        f"with {source} outside white matter; loading there {ratio:.1f} times the "
        "rest's",
        baseline=f"r {grey:.2f} of the patch's mean or deviation of grey",
        rule=f"r >= {_LEAST_CORRELATION:.2f}, and a larger loading there",
        does_better=grey > links[best],
    )


def _drawn(regions: NDArray[np.str_], share: NDArray[np.float64]) -> list[str]:
    """Return the regions that have more axons than the mean."""
    found = []
    for name in np.unique(regions).tolist():
        if share[regions == name].mean() > share.mean():
            found.append(name)
    return found


def _correlation(one: NDArray, other: NDArray) -> float:
    if not one.std() or not other.std():
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
