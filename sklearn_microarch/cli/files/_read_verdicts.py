"""Verdicts on factors and clusters, from a table that a report of trust has written."""

from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from math import nan
from pathlib import Path
from typing import Any

from sklearn_microarch.anatomy._table_file import read_columns
from sklearn_microarch.trust import MapVerdict

_SWITCHES = {"True": True, "False": False, "": None}
_KINDS = ("factor", "cluster")


def read_verdicts(path: Path) -> list[MapVerdict]:
    """Return the verdicts of a file that `TrustReport.to_csv` has written."""
    columns = read_columns(path)
    needed = [one.name for one in fields(MapVerdict) if one.default is MISSING]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise ValueError(
            f"{path} has no column {', '.join(missing)}; name a table that "
            "trust_report(...).to_csv has written."
        )
    known = [one for one in fields(MapVerdict) if one.name in columns]
    verdicts = []
    for at in range(len(columns["name"])):
        row: dict[str, Any] = {
            one.name: _value(columns[one.name][at], one.type, f"{path}, {one.name}")
            for one in known
        }
        if row["kind"] not in _KINDS:
            raise ValueError(
                f"{path} has a verdict on a {row['kind']!r}, {row['name']!r}; it must "
                "be a factor or a cluster."
            )
        verdicts.append(MapVerdict(**row))
    return verdicts


def check_judged(
    path: Path, verdicts: Sequence[MapVerdict], factor_names: Iterable[str]
) -> None:
    """Raise where factors of a page have no verdict: they are of another model."""
    judged = [one.name for one in verdicts if one.kind == "factor"]
    others = sorted(set(factor_names) - set(judged))
    if others:
        raise ValueError(
            f"{path} has no verdict on {', '.join(others)}, but on "
            f"{', '.join(judged) or 'no factor'}; is it of another model?"
        )


def _value(text: str, kind: object, where: str) -> object:
    """Return the value that a text stands for; no number is NaN, as it was written."""
    try:
        if kind is float:
            return float(text) if text else nan
        if kind is int:
            return int(text)
    except ValueError as error:
        raise ValueError(f"{where}: {text!r} is no number.") from error
    if kind is str:
        return text
    if text not in _SWITCHES:
        raise ValueError(f"{where}: {text!r} must be True, False or nothing.")
    return _SWITCHES[text]
