"""Which two groups are compared, and the animals of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_strings, shown
from sklearn_microarch._format_table import count_of
from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.anatomy.comparison._intervals import Estimates
from sklearn_microarch.anatomy.comparison._permutations import (
    least_animals,
    smallest_p_value,
)
from sklearn_microarch.anatomy.comparison._unit_values import SectionRows
from sklearn_microarch.exceptions import FewAnimalsWarning, MissingRegionsWarning


@dataclass(frozen=True, eq=False)
class TwoGroups:
    """Two groups and their animals; in pairs, the same animals in both."""

    names: tuple[str, str]
    units: tuple[list[str], list[str]]
    paired: bool

    def combine(self, rows: SectionRows) -> list[NDArray[np.float64]]:
        """Return the values (n_units, k) of the animals of each group."""
        return [
            rows.combine(units, group=name)
            for name, units in zip(self.names, self.units, strict=True)
        ]

    @property
    def smallest_p(self) -> float:
        """The least p value that so many animals can give."""
        first, second = map(len, self.units)
        return smallest_p_value(first, second, paired=self.paired)


def choose_groups(
    rows: SectionRows, groups: Sequence[str] | None, *, group: str, paired: bool
) -> TwoGroups:
    """Return the two groups asked for, or those there are, and check their animals."""
    first, second = _two_names(rows, groups, group)
    units = [
        sorted(set(rows.units[rows.groups == name].tolist()))
        for name in (first, second)
    ]
    both = sorted(set(units[0]) & set(units[1]))
    if not paired:
        if both:
            raise ValueError(
                f"the animals {shown(both)} are in both groups, {first!r} and "
                f"{second!r}; an animal is in one. If the groups are its two sides, "
                "pass pair='side'."
            )
        return TwoGroups((first, second), (units[0], units[1]), paired=False)
    if not both:
        raise ValueError(
            f"no animal is in both groups, {first!r} and {second!r} of the column "
            f"{group}, which pair='side' compares within each animal; pass "
            "group='side', or pair=None."
        )
    _check_sides(rows, (first, second), both)
    alone = sorted(set(units[0]) ^ set(units[1]))
    if alone:
        warn_user(
            f"the animals {shown(alone)} have one side only, and are left out of the "
            "pairs.",
            MissingRegionsWarning,
        )
    return TwoGroups((first, second), (both, both), paired=True)


def _two_names(
    rows: SectionRows, groups: Sequence[str] | None, group: str
) -> tuple[str, str]:
    found = sorted(set(rows.groups.tolist()))
    if groups is None:
        if "" in found:
            units = sorted(set(rows.units[rows.groups == ""].tolist()))
            raise ValueError(
                f"the animals {shown(units)} have no group in the column {group}; fill "
                "it, or pass groups=(a, b) to leave them out."
            )
        if len(found) != 2:
            what = "one group only" if len(found) == 1 else f"{len(found)} groups"
            raise ValueError(
                f"the column {group} has {what}, {shown(found)}, and two are compared; "
                "pass groups=(a, b) to choose which."
            )
        return found[0], found[1]
    chosen = check_strings("groups", groups)
    if len(chosen) != 2 or chosen[0] == chosen[1] or not set(chosen) <= set(found):
        raise ValueError(
            f"groups={shown(groups)} must be two of those in the column {group}: "
            f"{shown(found)}."
        )
    return chosen[0], chosen[1]


def _check_sides(
    rows: SectionRows, names: tuple[str, str], animals: Sequence[str]
) -> None:
    """Raise where a side of an animal is in both groups."""
    here = np.isin(rows.groups, names) & np.isin(rows.units, list(animals))
    places = zip(
        rows.units[here].tolist(),
        rows.sides[here].tolist(),
        rows.groups[here].tolist(),
        strict=True,
    )
    group_of: dict[tuple[str, str], str] = {}
    for unit, side, name in places:
        if side == "":
            raise ValueError(
                f"pair='side': specimen {unit!r} has rows without side; fill the "
                "column."
            )
        if group_of.setdefault((unit, side), name) != name:
            raise ValueError(
                f"pair='side': side {side!r} of specimen {unit!r} is in both groups, "
                f"{names[0]!r} and {names[1]!r}."
            )


def warn_of_missing(
    rows: SectionRows,
    values: Sequence[NDArray[np.float64]],
    two: TwoGroups,
    tested: NDArray[np.bool_],
) -> None:
    """Say once which regions some animals lack, and which animals.

    ``values`` (n_units, k) are those of each group, NaN where an animal has none.
    """
    lacking: dict[str, dict[str, None]] = {}
    for units, of_units in zip(two.units, values, strict=True):
        for unit, test in np.argwhere(np.isnan(of_units)).tolist():
            lacking.setdefault(rows.tests[test][0], {})[units[unit]] = None
    if not lacking:
        return
    missing = np.logical_or.reduce([np.isnan(one).any(axis=0) for one in values])
    untested = dict.fromkeys(
        rows.tests[at][0] for at in np.flatnonzero(missing & ~tested).tolist()
    )
    more = (
        f" In {', '.join(untested)} too few are left for a test."
        if untested and tested.any()
        else ""
    )
    listed = (
        f"{region} ({shown(sorted(lacking[region]))[1:-1]})"
        for region in dict.fromkeys(region for region, _ in rows.tests)
        if region in lacking
    )
    warn_user(
        f"some animals have no value in {', '.join(listed)}: they are left out there, "
        f"and n says how many are left.{more}",
        MissingRegionsWarning,
    )


def warn_of_few(found: Estimates, two: TwoGroups, tested: NDArray[np.bool_]) -> None:
    """Say that there is no test, and how many animals one takes."""
    if tested.any():
        return
    first, second = found.counts.max(axis=0).tolist()
    what = "pairs" if two.paired else "animals per group"
    have = count_of(first, "pair") if two.paired else f"{first} and {second} animals"
    warn_user(
        f"too few for a test: {have}. Differences are estimates, without p values. It "
        f"takes 3 {what} for a p value, and "
        f"{least_animals(0.05, paired=two.paired)} before it can reach 0.05 at all; "
        "n_needed says how many a difference as large as the observed one takes.",
        FewAnimalsWarning,
    )
