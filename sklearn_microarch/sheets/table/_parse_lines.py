"""The lines of a sheet as values by column."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sklearn_microarch.exceptions import SheetError

COLUMNS = (
    "image",
    "rois",
    "animal",
    "name",
    "group",
    "side",
    "z_um",
    "normalize_by",
    "channel",
    "pixel_size_um",
    "flip",
    "exclude",
)


class Line(NamedTuple):
    """A line: its number in a spreadsheet, known cells and other ones, none empty."""

    number: int
    cells: dict[str, str]
    details: dict[str, str | float]


def parse_lines(path: Path, rows: Sequence[Sequence[str]]) -> list[Line]:
    """Return the lines with their cells by column; empty lines are left out."""
    head = _check_head(path, [cell.strip() for cell in rows[0]])
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if any(cells[len(head) :]):
            raise SheetError(
                f"{path}: line {number} has {len(cells)} cells, and there are "
                f"{len(head)} columns; put a cell that holds a separator in quotes."
            )
        named = {name: cell for name, cell in zip(head, cells, strict=False) if cell}
        found.append((number, named))
    if not found:
        raise SheetError(f"{path} names its columns, and has no line for a section.")
    numbers = _numeric([named for _, named in found], head)
    return [
        Line(
            number,
            {name: cell for name, cell in named.items() if name in COLUMNS},
            {
                name: numbers[name][cell] if name in numbers else cell
                for name, cell in named.items()
                if name and name not in COLUMNS
            },
        )
        for number, named in found
    ]


def _check_head(path: Path, head: list[str]) -> list[str]:
    while head and not head[-1]:
        head = head[:-1]
    names = [cell.lower() if cell.lower() in COLUMNS else cell for cell in head]
    if "image" not in names:
        raise SheetError(
            f"{path} has no column image, which names the slices; its first line is "
            f"{', '.join(map(repr, names[:8]))}. Known columns: {', '.join(COLUMNS)}."
        )
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise SheetError(
            f"{path} has the column {', '.join(twice)} twice; leave one out."
        )
    return names


def _numeric(
    lines: Sequence[dict[str, str]], head: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return numbers by cell, for each further column that holds nothing else."""
    found = {}
    for name in head:
        cells = {line[name] for line in lines if name in line}
        # "007" is the number of a batch, not seven.
        if name in COLUMNS or any(_is_a_code(cell) for cell in cells):
            continue
        try:
            found[name] = {cell: to_number(cell) for cell in cells}
        except ValueError:
            continue
    return found


def _is_a_code(cell: str) -> bool:
    return len(cell) > 1 and cell.startswith("0") and cell[1:].isdecimal()


def to_number(cell: str) -> float:
    """Return the number of a cell, of a whole one an int; ValueError for none.

    The comma of many languages is read as a point.
    """
    number = float(cell.replace(",", ".") if cell.count(",") == 1 else cell)
    if not math.isfinite(number) or "_" in cell:
        raise ValueError(f"{cell!r} is no number.")
    return int(number) if cell.lstrip("+-").isdecimal() else number
