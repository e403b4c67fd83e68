"""From rows of sections to one value per animal, group, region and measure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.anatomy._columns import Columns, as_words, first_word
from sklearn_microarch.exceptions import DifferentModelsError

# Sums over a section, not means over its tissue: sections weigh the same in them.
_SIZES = frozenset(("area_mm2", "n_cells", "n_independent"))
_KIND_OF = {
    "loading": "factor",
    "active_share": "factor",
    "cluster_share": "cluster",
}


@dataclass(frozen=True, eq=False)
class SectionRows:
    """Rows of a table that hold one measure, those without a value left out."""

    units: NDArray[np.str_]  # (n,), animals
    sections: NDArray[np.str_]  # (n,)
    groups: NDArray[np.str_]  # (n,)
    sides: NDArray[np.str_]  # (n,)
    tests: list[tuple[str, str]]  # (k,), region and what is measured there
    test: NDArray[np.intp]  # (n,)
    values: NDArray[np.float64]  # (n,)
    weights: NDArray[np.float64]  # (n,)

    def by_section(self) -> "SectionRows":
        """Return the same with sections in the place of animals."""
        return replace(self, units=self.sections)

    def over_all_regions(self) -> "SectionRows":
        """Return the same as a single test."""
        return replace(self, tests=self.tests[:1], test=np.zeros_like(self.test))

    def combine(self, units: Sequence[str], *, group: str) -> NDArray[np.float64]:
        """Return weighted means (n_units, k) of the rows of one group, NaN if none."""
        number = {unit: at for at, unit in enumerate(units)}
        here = (self.groups == group) & np.isin(self.units, list(units))
        at = np.array([number[unit] for unit in self.units[here].tolist()], dtype=int)
        place = at * len(self.tests) + self.test[here]
        size = len(units) * len(self.tests)
        weights = self.weights[here]
        total = np.bincount(place, weights, size)
        summed = np.bincount(place, weights * self.values[here], size)
        with np.errstate(invalid="ignore"):
            means: NDArray[np.float64] = summed / np.where(total > 0, total, np.nan)
        return means.reshape(len(units), len(self.tests))


def rows_of_measure(columns: Columns, measure: str, *, group: str) -> SectionRows:
    """Return the rows that hold a measure, one per section, region and test."""
    kind = _KIND_OF.get(measure)
    picked = _pick(columns, measure, group=group, kind=kind)
    names = picked["name"].tolist() if kind else [measure] * len(picked["region"])
    keys = list(zip(picked["region"].tolist(), names, strict=True))
    sides = picked.get("side", np.full(len(keys), ""))
    sections = [picked["specimen"], picked["slice"], sides]
    first = _first_rows(sections, keys, picked[measure], measure, repeats=kind is None)
    tests = list(dict.fromkeys(keys))
    number = {key: at for at, key in enumerate(tests)}
    weights = picked["n_independent"].astype(float)
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise ValueError(
            "table has rows whose n_independent is not positive; sections are weighted "
            "by it. Leave these rows out, or set it to 1 to weigh sections alike."
        )
    return SectionRows(
        units=picked["specimen"][first],
        sections=np.array([" / ".join(one) for one in zip(*sections, strict=True)])[
            first
        ],
        groups=_as_group_words(picked[group])[first],
        sides=sides[first],
        tests=tests,
        test=np.array([number[key] for key in keys])[first],
        values=picked[measure].astype(float)[first],
        weights=np.ones(len(first)) if measure in _SIZES else weights[first],
    )


def _pick(columns: Columns, measure: str, *, group: str, kind: str | None) -> Columns:
    """Return columns without the rows that do not hold a measure."""
    needed = {group, "specimen", "slice", "region", "n_independent", measure}
    needed |= {"kind", "name"} if kind else set()
    missing = sorted(needed - set(columns))
    if missing:
        raise ValueError(
            f"table lacks the columns {', '.join(missing)} (group={shown(group)}, "
            f"measure={shown(measure)}); it has {', '.join(columns)}. regional_summary "
            "makes such tables."
        )
    for name in (measure, "n_independent"):
        if columns[name].dtype.kind not in "iuf":
            raise ValueError(
                f"measure={shown(measure)}: the column {name} holds words, such as "
                f"{shown(first_word(columns[name]))}, where numbers are needed; leave "
                "empty what is not known."
            )
    keep = np.isfinite(columns[measure].astype(float))
    if kind:
        keep &= columns["kind"] == kind
    if not keep.any():
        raise ValueError(f"measure={shown(measure)} has no value in any row of table.")
    picked = {name: column[keep] for name, column in columns.items()}
    _check_identities(picked)
    return picked


def _as_group_words(column: NDArray) -> NDArray[np.str_]:
    """Return groups as words, also where a table numbers them."""
    if column.dtype.kind == "U":
        return column
    return as_words(column.tolist())


def _check_identities(columns: Columns) -> None:
    """Raise where rows do not say which animal, or come from several models."""
    if (columns["specimen"] == "").any():
        raise ValueError(
            "table has rows without specimen, so that nothing tells which animal they "
            "are of; fill the column, or give SliceImage(specimen=...)."
        )
    for name, what in (
        ("region_source", "annotated and predicted regions"),
        ("model_fingerprint", "maps of different models"),
    ):
        found = set(columns.get(name, np.array([""])).tolist()) - {""}
        if len(found) > 1:
            error = DifferentModelsError if "model" in name else ValueError
            raise error(
                f"table mixes {what} ({name}: {shown(sorted(found))}), which cannot be "
                "compared; keep the rows of one."
            )


def _first_rows(
    sections: Sequence[NDArray],
    keys: Sequence[tuple[str, str]],
    values: NDArray,
    measure: str,
    *,
    repeats: bool,
) -> NDArray[np.intp]:
    """Return one row for each section and test; ``repeats``: rows may say it again."""
    seen: dict[tuple[str, ...], int] = {}
    named = zip(*(column.tolist() for column in sections), strict=True)
    for at, (section, key) in enumerate(zip(named, keys, strict=True)):
        one = seen.setdefault((*section, *key), at)
        if one != at and (not repeats or values[one] != values[at]):
            specimen, name, _ = section
            raise ValueError(
                f"table has {measure} of {' in '.join(key[::-1])} twice for slice "
                f"{name!r} of specimen {specimen!r}; keep one row."
            )
    return np.fromiter(seen.values(), dtype=np.intp)
