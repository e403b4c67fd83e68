"""Tables in lines of blank-separated fields: ITK-SNAP, Waxholm, FreeSurfer, Slicer."""

import re
from collections.abc import Iterator

from sklearn_microarch.annotation.tables._label_table import TableRow, parse_id
from sklearn_microarch.annotation.tables._table_colors import color_of_levels

# Id, red, green, blue, opacity, two switches, name.
_ITKSNAP = re.compile(
    r"(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+[\d.,eE+-]+\s+\d+\s+\d+\s+(\S.*)"
)
# Id, name, red, green, blue, opacity.
_NAME_FIRST = re.compile(r"(\d+)\s+(\S.*?)\s+(\d+)\s+(\d+)\s+(\d+)(?:\s+[\d.]+)?")
_COLOR_FIRST = re.compile(r"(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\D.*)")
_NAME_ONLY = re.compile(r"(\d+)\s+(\S.*)")
# Longer lines make expressions with two blanks between slow.
_LONGEST_LINE = 2000


def looks_like_itksnap(lines: list[tuple[int, str]]) -> bool:
    """Tell whether the first lines that say anything are those of ITK-SNAP."""
    first = [line[:_LONGEST_LINE] for _, line in lines[:3]]
    return bool(first) and all(_ITKSNAP.fullmatch(line) for line in first)


def plain_rows(lines: list[tuple[int, str]]) -> Iterator[TableRow]:
    """Yield the rows of numbered lines; ValueError for a line that is none."""
    for number, line in lines:
        row = None if len(line) > _LONGEST_LINE else _row(line, f"line {number}")
        if row is not None:
            yield row
        # A first line may be a heading.
        elif number != lines[0][0] or line[:1].isdigit():
            raise ValueError(
                f"line {number} ({line[:60]!r}) is no row of a table: an id, then a "
                "name and a colour"
            )


def _row(line: str, where: str) -> TableRow | None:
    found = _ITKSNAP.fullmatch(line) or _COLOR_FIRST.fullmatch(line)
    if found:
        id_, *levels, name = found.groups()
    elif found := _NAME_FIRST.fullmatch(line):
        id_, name, *levels = found.groups()
    elif found := _NAME_ONLY.fullmatch(line):
        (id_, name), levels = found.groups(), []
    else:
        return None
    name = name.strip().strip('"').strip()
    number = parse_id(id_, where)
    return TableRow(number, name or str(number), color_of_levels(levels), where=where)
