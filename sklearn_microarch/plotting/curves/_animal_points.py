"""One value per animal, group, region and measure, as a summary shows them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sklearn_microarch._arguments._numbers import check_strings, shown
from sklearn_microarch.anatomy import GroupComparison, RegionalTable
from sklearn_microarch.anatomy._columns import as_columns
from sklearn_microarch.anatomy.comparison._unit_values import rows_of_measure

# More panels than this are no summary.
_MOST_UNASKED = 6
_NO_GROUP = "all animals"


class AnimalPoints(NamedTuple):
    """Animals of one region and measure, by group: names and values alike in order."""

    region: str
    name: str
    animals: dict[str, list[str]]
    values: dict[str, NDArray[np.float64]]


def read_points(
    table: Any,  # noqa: ANN401 - a data frame, a mapping, a table or a path
    *,
    group: str,
    measure: str,
    groups: Sequence[str] | None,
    pairs: Iterable[Sequence[str]] | None,
    comparison: GroupComparison | None,
) -> list[AnimalPoints]:
    """Return the animals of each region and measure asked for, else of the first."""
    if isinstance(table, str | bytes) or hasattr(table, "__fspath__"):
        table = RegionalTable.read_csv(table)
    columns = as_columns(table)
    if group not in columns:
        raise ValueError(
            f"group={shown(group)} is none of the columns of table: "
            f"{', '.join(columns)}."
        )
    rows = rows_of_measure(columns, measure, group=group)
    there = list(dict.fromkeys(rows.groups.tolist()))
    names = there if groups is None else check_strings("groups", groups)
    if not names or not set(names) <= set(there):
        raise ValueError(
            f"groups={shown(groups)} must be some of those in the column {group}: "
            f"{shown(there)}."
        )
    units = {
        name: sorted(set(rows.units[rows.groups == name].tolist())) for name in names
    }
    each = {name: rows.combine(units[name], group=name) for name in names}
    found = []
    for at in _asked(rows.tests, pairs, comparison):
        known = {name: np.isfinite(each[name][:, at]) for name in names}
        found.append(
            AnimalPoints(
                *rows.tests[at],
                animals={
                    name or _NO_GROUP: [
                        unit
                        for unit, is_known in zip(units[name], known[name], strict=True)
                        if is_known
                    ]
                    for name in names
                },
                values={
                    name or _NO_GROUP: each[name][known[name], at] for name in names
                },
            )
        )
    return found


def _asked(
    tests: list[tuple[str, str]],
    pairs: Iterable[Sequence[str]] | None,
    comparison: GroupComparison | None,
) -> list[int]:
    """Return which regions and measures to show, as places among all."""
    if pairs is None:
        if comparison is None:
            return list(range(min(len(tests), _MOST_UNASKED)))
        order = comparison._by_evidence().tolist()
        keys = zip(comparison.regions.tolist(), comparison.names.tolist(), strict=True)
        known = list(keys)
        wanted = [known[at] for at in order if known[at] in tests]
        return [tests.index(pair) for pair in wanted[:_MOST_UNASKED]]
    if isinstance(pairs, str | bytes) or not isinstance(pairs, Iterable):
        raise TypeError(
            f"pairs={shown(pairs)} must be a list of (region, factor), such as "
            f"[{tests[0]}]."
        )
    found = []
    for pair in pairs:
        key = tuple(pair) if isinstance(pair, tuple | list) else pair
        if key not in tests:
            raise ValueError(
                f"pairs: {shown(pair)} is no region and factor (or cluster) of the "
                f"table; it has {shown(tests)}."
            )
        found.append(tests.index(key))
    if not found:
        raise ValueError("pairs is empty; ask for at least one (region, factor).")
    return found


def mean_with_interval(
    values: NDArray[np.float64], confidence: float
) -> tuple[float, float, float]:
    """Return the mean and Student's interval; NaN ends for fewer than two animals."""
    if not len(values):
        return np.nan, np.nan, np.nan
    mean = float(values.mean())
    if len(values) < 2:
        return mean, np.nan, np.nan
    half = stats.t.ppf((1 + confidence) / 2, len(values) - 1)
    half *= values.std(ddof=1) / np.sqrt(len(values))
    return mean, mean - float(half), mean + float(half)
