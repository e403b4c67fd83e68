"""The section that a line of a sheet stands for."""

import re
from pathlib import Path
from typing import Any

from sklearn_microarch.sheets._section import Section
from sklearn_microarch.sheets.table._parse_lines import Line, to_number

_YES = {"yes", "y", "true", "1", "x"}
_NO = {"no", "n", "false", "0"}


def section_of_line(line: Line, folder: Path) -> Section:
    """Return the section; ValueError names the column and what it can hold."""
    cells: dict[str, Any] = dict(line.cells)
    if "image" not in cells:
        raise ValueError("the column image is empty.")
    cells["image"] = _existing(cells, "image", folder)
    if "rois" in cells:
        cells["rois"] = _existing(cells, "rois", folder)
    for name in ("z_um", "pixel_size_um"):
        if name in cells:
            cells[name] = _number(name, cells[name])
    if "channel" in cells and cells["channel"].isdecimal():
        cells["channel"] = int(cells["channel"])
    if "side" in cells:
        cells["side"] = cells["side"].lower()
    if "flip" in cells:
        cells["flip"] = _switch("flip", cells["flip"])
    if "exclude" in cells:
        names = re.split(r"[;,|]", cells["exclude"])
        cells["exclude"] = tuple(name.strip() for name in names if name.strip())
    return Section(**cells, details=line.details)


def _existing(cells: dict[str, str], name: str, folder: Path) -> Path:
    # Sheets travel between machines; Windows writes the other slash.
    given = Path(cells[name])
    for path in (folder / given, folder / cells[name].replace("\\", "/")):
        if path.exists():
            return path
    raise ValueError(
        f"{name} {cells[name]} does not exist (looked for at {folder / given})."
    )


def _number(name: str, cell: str) -> float:
    try:
        return to_number(cell)
    except ValueError:
        raise ValueError(
            f"{name} is {cell!r}; it must be a number, or empty."
        ) from None


def _switch(name: str, cell: str) -> bool:
    if cell.lower() not in _YES | _NO:
        raise ValueError(f"{name} is {cell!r}; it must be yes, no, or empty.")
    return cell.lower() in _YES
