"""Write sections as a file of comma-separated values."""

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn_microarch._whole import replace_file
from sklearn_microarch.sheets._name_of_file import name_of_file
from sklearn_microarch.sheets._section import Section
from sklearn_microarch.sheets.table._parse_lines import COLUMNS

# Shown also where they are empty, so that they are seen and filled.
_ALWAYS = ("image", "rois", "animal", "group")


def write_table_file(sections: Sequence[Section], path: Path) -> None:
    """Write a line for each section, and the columns that any of them fills."""
    rows = [_cells(section, path.parent) for section in sections]
    details = dict.fromkeys(name for section in sections for name in section.details)
    columns = [
        name for name in COLUMNS if name in _ALWAYS or any(row[name] for row in rows)
    ]
    text = io.StringIO()
    table = csv.DictWriter(
        text, [*columns, *details], lineterminator="\n", extrasaction="ignore"
    )
    table.writeheader()
    table.writerows(rows)
    with replace_file(path) as file:
        # Excel takes a file without the mark for one of another encoding.
        mark = "" if text.getvalue().isascii() else "\ufeff"
        file.write((mark + text.getvalue()).encode())


def _cells(section: Section, folder: Path) -> dict[str, Any]:
    """Return the cells of a section; empty where nothing is known."""
    usual_name = section.name == name_of_file(section.image)
    known: dict[str, object] = {
        "image": _relative(section.image, folder),
        "rois": "" if section.rois is None else _relative(section.rois, folder),
        "animal": section.animal,
        "name": "" if usual_name else section.name,
        "group": section.group,
        "side": section.side,
        "z_um": section.z_um,
        "normalize_by": section.normalize_by,
        "channel": section.channel,
        "pixel_size_um": section.pixel_size_um,
        "flip": "yes" if section.flip else "",
        "exclude": ";".join(section.exclude),
    }
    cells = {name: "" if value is None else str(value) for name, value in known.items()}
    return cells | dict(section.details)


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        # On another drive of Windows there is no way from one to the other.
        return str(path)
