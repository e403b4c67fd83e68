"""The sentence for the methods section of a paper."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._version import __version__
from sklearn_microarch.anatomy import GroupComparison
from sklearn_microarch.anatomy._columns import Columns

_MEASURES = {
    "loading": "Loadings of factors",
    "active_share": "Shares of tissue in which factors are active",
    "cluster_share": "Shares of clusters",
    "area_mm2": "Areas of regions",
    "grey_mean": "Grey levels",
    "novelty": "Novelty",
}
_FEWEST_TESTED = 3


def methods_sentence(
    columns: Columns, comparison: GroupComparison | None = None, *, group: str = "group"
) -> str:
    """Return what was compared, how many animals and sections, and how.

    ``columns`` are the rows that were compared, ``group`` tells the groups.
    """
    source = "annotated" if "annotation" in columns["region_source"] else "predicted"
    software = f"(sklearn-microarch {__version__})"
    if comparison is None:
        return (
            f"Maps of microarchitecture were averaged within {source} regions of "
            f"{_counted(columns)} {software}."
        )
    what = _MEASURES.get(comparison.measure, comparison.measure)
    sizes = ("area_mm2", "n_cells", "n_independent")
    weights = (
        "with equal weights"
        if comparison.measure in sizes
        else "weighted by the number of patches that share no pixel"
    )
    counted = _counted_by_group(columns, comparison, group)
    return (
        f"{what} in {source} regions of each section were averaged over the sections "
        f"of an animal, {weights} ({counted}), and "
        f"{_compared(comparison)} {software}."
    )


def _counted(columns: Columns) -> str:
    """Return how many sections of how many animals there are, in words."""
    n_animals, n_sections = _numbers(columns, np.ones(len(columns["slice"]), bool))
    return f"{_many(n_sections, 'section')} of {_many(n_animals, 'animal')}"


def _counted_by_group(columns: Columns, comparison: GroupComparison, group: str) -> str:
    parts = []
    for name in comparison.groups:
        n_animals, n_sections = _numbers(columns, columns[group] == name)
        parts.append(
            f"{name}: {_many(n_animals, 'animal')}, {_many(n_sections, 'section')}"
        )
    return "; ".join(parts)


def _numbers(columns: Columns, here: NDArray[np.bool_]) -> tuple[int, int]:
    animals = columns["specimen"][here]
    names = (columns[name][here].tolist() for name in ("slice", "side"))
    sections = set(zip(animals.tolist(), *names, strict=True))
    return len(set(animals.tolist())), len(sections)


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _compared(comparison: GroupComparison) -> str:
    """Return how groups were compared, in words."""
    first, second = comparison.groups
    interval = (
        f"{comparison.confidence:.0%} intervals are "
        f"{'Student' if comparison.pair else 'Welch'}'s"
    ).replace("%", " %")
    if not comparison.n_permutations:
        return (
            f"{second} was set against {first} without a test, as a group has fewer "
            f"than {_FEWEST_TESTED} animals ({interval}{_needed(comparison)})"
        )
    number = comparison.n_permutations
    dealt = (
        "exchanges of the two sides within animals"
        if comparison.pair
        else "relabellings of animals"
    )
    count = f"all {number}" if comparison.is_exact else f"{number} random"
    tests = comparison.n_tests
    corrected = (
        f", corrected for {tests} tests by the step-down maximum (Westfall and Young, "
        "1993)"
        if tests > 1
        else ""
    )
    unit = "pairs of sides" if comparison.pair else "animals"
    return (
        f"{second} was compared with {first}, with {unit} as the unit, by the "
        "difference over its standard error, variances moderated over tests (Smyth, "
        f"2004); p values are from {count} {dealt}{corrected}; {interval}"
        f"{_needed(comparison)}"
    )


def _needed(comparison: GroupComparison) -> str:
    """Return how many animals it takes, where there are too few."""
    needed = comparison.n_needed[np.isfinite(comparison.n_needed)]
    if not len(needed):
        return ""
    what = "pairs" if comparison.pair else "animals a group"
    least, clearest = comparison.least_animals, int(needed.min())
    more = f", and {clearest} to find the clearest difference seen at 80 % power"
    return (
        f"; with so few animals p cannot be below 0.05, which takes {least} {what} at "
        f"least{more if clearest > least else ''}"
    )
