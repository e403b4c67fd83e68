"""Read names and colours of regions from the table of an atlas or a program."""

import json
from pathlib import Path

from sklearn_microarch.annotation._annotation_errors import as_annotation_error
from sklearn_microarch.annotation.tables._csv_table import csv_table, find_delimiter
from sklearn_microarch.annotation.tables._ilf_table import ilf_table
from sklearn_microarch.annotation.tables._json_table import json_table
from sklearn_microarch.annotation.tables._label_table import LabelTable, make_table
from sklearn_microarch.annotation.tables._plain_table import (
    looks_like_itksnap,
    plain_rows,
)
from sklearn_microarch.annotation.tables._table_text import read_text
from sklearn_microarch.images._image_errors import existing_path


def read_table(path: str | Path) -> LabelTable:
    """Return a table by its content: ITK-SNAP, Waxholm, Allen, BrainGlobe, QUINT, CSV.

    ImageFileError, which names the file, if it is of no known layout or damaged.
    """
    path = existing_path(path, "table of regions")
    with as_annotation_error(path):
        return table_of_text(read_text(path), source=str(path))


def table_of_text(text: str, *, source: str) -> LabelTable:
    """Return the table that a text holds; ValueError if it is of no known layout."""
    if text.lstrip()[:1] in ("{", "["):
        return json_table(json.loads(text), source=source)
    if text.lstrip()[:1] == "<":
        return ilf_table(text, source=source)
    lines = [
        (number, line.strip())
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith(("#", "//"))
    ]
    if not lines:
        raise ValueError("it lists no region")
    delimiter = find_delimiter(lines[0][1])
    if delimiter and not looks_like_itksnap(lines):
        return csv_table([line for _, line in lines], delimiter, source=source)
    return make_table(plain_rows(lines), source=source)


def as_table(table: LabelTable | str | Path) -> LabelTable:
    """Return a table as it is, and that of a file read."""
    return table if isinstance(table, LabelTable) else read_table(table)
