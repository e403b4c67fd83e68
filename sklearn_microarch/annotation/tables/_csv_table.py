"""Tables with columns: Allen, BrainGlobe, QUINT, and any with an id and a name."""

import csv
import re
from collections.abc import Iterator, Sequence

from sklearn_microarch.annotation.tables._label_table import (
    Color,
    LabelTable,
    TableRow,
    make_table,
    parse_id,
)
from sklearn_microarch.annotation.tables._table_colors import (
    color_of_hex,
    color_of_levels,
)

# Headings of one meaning, the surest first.
_HEADINGS = {
    "id": "id idx region_id label_id structure_id label_value id_number value code "
    "index label",
    "name": "name region_name safe_name label_name structure_name full_name structure "
    "region label description title",
    "acronym": "acronym abbreviation abbrev short_name",
    "parent": "parent_structure_id parent_id parent",
    "path": "structure_id_path id_path",
    "hex": "color_hex_triplet rgb_triplet color colour hex color_hex hex_color "
    "rgb_hex rgb",
    "red": "r red",
    "green": "g green",
    "blue": "b blue",
}


def find_delimiter(line: str) -> str:
    """Return the character that separates the columns of a line, "" if none does."""
    counts = {character: line.count(character) for character in ",;\t"}
    best = max(counts, key=lambda character: counts[character])
    return best if counts[best] else ""


def csv_table(lines: list[str], delimiter: str, *, source: str) -> LabelTable:
    """Return the table of lines that are separated into columns."""
    cells = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    cells = [line for line in cells if any(cell.strip() for cell in line)]
    if not cells:
        raise ValueError("it lists no region")
    columns = _columns_by_heading(cells[0])
    body = cells[1:]
    if cells[0][0].strip().isdigit():
        columns, body = _columns_by_content(cells[0]), cells
    if "id" not in columns or not {"name", "acronym"} & set(columns):
        raise ValueError(
            f"its columns are {', '.join(repr(cell) for cell in cells[0][:12])}; a "
            "table of regions needs a column 'id' and one 'name'"
        )
    has_tree = bool({"parent", "path"} & set(columns))
    rows = _rows(body, columns, first_line=1 + len(cells) - len(body))
    return make_table(rows, source=source, has_tree=has_tree)


def _columns_by_heading(cells: Sequence[str]) -> dict[str, int]:
    headings = [re.sub(r"[\s.\-]+", "_", cell.strip().lower()) for cell in cells]
    columns: dict[str, int] = {}
    for meaning, known in _HEADINGS.items():
        for heading in known.split():
            at = headings.index(heading) if heading in headings else None
            if at is not None and at not in columns.values():
                columns[meaning] = at
                break
    return columns


def _columns_by_content(cells: Sequence[str]) -> dict[str, int]:
    """Return columns of a table without headings, from its first line."""
    names = [at for at, cell in enumerate(cells) if at and not _is_number(cell)]
    if not names:
        return {"id": 0}
    columns = {"id": 0, "name": names[0]}
    for first in (1, names[0] + 1):
        levels = list(cells[first : first + 3])
        if first + 3 <= len(cells) and color_of_levels(levels) is not None:
            columns |= {"red": first, "green": first + 1, "blue": first + 2}
            return columns
    if len(names) > 1 and cells[names[1]].strip().startswith("#"):
        columns["hex"] = names[1]
    return columns


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"\s*[\d.]+\s*", cell))


def _rows(
    body: list[list[str]], columns: dict[str, int], *, first_line: int
) -> Iterator[TableRow]:
    for number, cells in enumerate(body, first_line):
        got = {
            meaning: cells[at].strip() if at < len(cells) else ""
            for meaning, at in columns.items()
        }
        where = f"line {number}"
        id_ = parse_id(got["id"], where)
        acronym = got.get("acronym", "")
        name = got.get("name") or acronym or str(id_)
        yield TableRow(id_, name, _color(got), acronym, _parent(got, where), where)


def _color(got: dict[str, str]) -> Color | None:
    if {"red", "green", "blue"} <= set(got):
        return color_of_levels([got["red"], got["green"], got["blue"]])
    return color_of_hex(got["hex"]) if got.get("hex") else None


def _parent(got: dict[str, str], where: str) -> int | None:
    text = got.get("parent", "")
    if text and text.lower() not in ("nan", "none", "null", "-1"):
        return parse_id(text, where)
    path = re.findall(r"\d+", got.get("path", "")[:2000])
    return parse_id(path[-2], where) if len(path) > 1 else None
