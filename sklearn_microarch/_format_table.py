"""Rows of values as a plain text table."""

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any


def format_table(rows: Sequence[Mapping[str, Any]], *, digits: int = 4) -> str:
    """Return rows of values by column as text, one line each under a line of names.

    Columns stand in the order in which they first occur; "-" stands where a row has
    none. Numbers are flush right, rounded where they are no integers, all else left.
    """
    if not rows:
        raise ValueError("rows is empty; a table needs at least one row.")
    columns = []
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row[name] for row in rows if name in row]
        cells = [_as_text(row[name], digits) if name in row else "-" for row in rows]
        width = max(len(cell) for cell in (str(name), *cells))
        right = all(isinstance(value, Real) for value in values)
        columns.append(
            [
                cell.rjust(width) if right else cell.ljust(width)
                for cell in (name, *cells)
            ]
        )
    lines = zip(*columns, strict=True)
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _as_text(value: Any, digits: int) -> str:  # noqa: ANN401 - any cell
    """Return the text of one value, on one line."""
    if isinstance(value, Real) and not isinstance(value, Integral):
        return f"{float(value):.{digits}g}"
    return " ".join(str(value).split())


def decimals(value: float, digits: int = 3) -> str:
    """Return a number with a fixed number of decimals, or a dash for NaN."""
    return "-" if value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - NaN


def count_of(number: int, noun: str) -> str:
    """Return a number and its noun, such as "1 network" and "2 networks"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
