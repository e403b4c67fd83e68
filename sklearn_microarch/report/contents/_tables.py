"""Tables of any columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn_microarch._arguments._numbers import shown


@dataclass(frozen=True)
class Table:
    """A table as it is shown: the first column names the rows."""

    title: str
    columns: list[str]
    # One list of cells a row, as long as ``columns``.
    rows: list[list[Any]]
    note: str = ""


def table_of(
    rows: object, title: str = "", *, note: str = "", argument: str = "rows"
) -> Table | None:
    """Return a table of a list of dicts, None for an empty one.

    Columns are the keys of all rows. A dict in a cell becomes a column for each of
    its keys. Raises TypeError where ``rows`` are something else.
    """
    flat = [_flat(row) for row in as_dicts(rows, argument)]
    columns = list(dict.fromkeys(key for row in flat for key in row))
    if not columns:
        return None
    return Table(
        title, columns, [[row.get(key) for key in columns] for row in flat], note
    )


def as_dicts(rows: object, argument: str) -> list[Mapping[str, Any]]:
    """Return rows as a list, or raise TypeError where they are no rows."""
    is_list = isinstance(rows, Sequence) and not isinstance(rows, str | bytes)
    found: list[Any] = list(rows) if is_list else [None]  # type: ignore[call-overload]
    for row in found:
        if not isinstance(row, Mapping) or not all(isinstance(key, str) for key in row):
            raise TypeError(
                f"{argument} holds {shown(rows if row is None else row)}; it must be "
                "a list of dicts, a row each, whose keys are the columns' names."
            )
    return found


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}: {name}": inner for name, inner in value.items()}
        else:
            flat[key] = value
    return flat
