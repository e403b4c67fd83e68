"""Rows of values as a plain text table."""

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any


def format_table(rows: Sequence[Mapping[str, Any]], *, digits: int = 4) -> str:
    """Lay rows out as text, one line each under a line of names.

    Parameters
    ----------
    rows : sequence of mapping
        Values by column, such as `search_table` returns. Columns stand in the order
        in which they first occur; "-" stands where a row has none.
    digits : int, default=4
        Significant digits of numbers that are not integers.

    Returns
    -------
    text : str
        Numbers are flush right, all else flush left.

    Raises
    ------
    ValueError
        If there are no rows.

    Examples
    --------
    >>> from sklearn_microarch._format_table import format_table
    >>> print(format_table([{"k": 8, "score": 0.51234}, {"k": 12, "score": 0.5}]))
     k   score
     8  0.5123
    12     0.5
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
    if isinstance(value, Real) and not isinstance(value, Integral):
        return f"{float(value):.{digits}g}"
    return " ".join(str(value).split())


def decimals(value: float, digits: int = 3) -> str:
    """Return a number with a fixed number of decimals, or a dash for NaN.

    Parameters
    ----------
    value : float
        To be printed.
    digits : int, default=3
        Decimals.

    Returns
    -------
    text : str
    """
    return "-" if value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - NaN
