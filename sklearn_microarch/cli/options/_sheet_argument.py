"""The slices a command is about: a sheet, or plain files."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sklearn_microarch.cli.options._annotation_options import (
    add_annotation_options,
    annotation_settings,
)

if TYPE_CHECKING:
    from sklearn_microarch.sheets import Sheet

TABLES = (".csv", ".tsv", ".txt")


def add_sheet_argument(
    parser: argparse.ArgumentParser, *, annotated: bool = False
) -> None:
    """Add the argument.

    With ``annotated``, plain files are a slice and its regions, and there are options
    of how annotations are read.
    """
    files = "a slice and its annotation" if annotated else "files of slices"
    parser.add_argument(
        "sheet",
        nargs="+",
        type=Path,
        metavar="SHEET | IMAGE ROIS" if annotated else "SHEET | IMAGE",
        help=f"the sheet of a study (CSV), or {files}",
    )
    parser.set_defaults(plain_files_are_annotated=annotated)
    if annotated:
        add_annotation_options(parser)


def sections_of(options: argparse.Namespace) -> "Sheet":
    """Return the sections that the command is about, to be read as its options say.

    ValueError for a number of plain files that can not be meant.
    """
    from sklearn_microarch.sheets import Sheet

    settings = annotation_settings(options)
    sheet = _given_sections(options.sheet, annotated=options.plain_files_are_annotated)
    sections = [replace(section, rois_settings=settings) for section in sheet]
    return Sheet(sections, path=sheet.path)


def _given_sections(paths: Sequence[Path], *, annotated: bool) -> "Sheet":
    from sklearn_microarch.sheets import Section, Sheet, read_sheet

    if len(paths) == 1 and paths[0].suffix.lower() in TABLES:
        return read_sheet(paths[0])
    tables = [path for path in paths if path.suffix.lower() in TABLES]
    if tables:
        raise ValueError(
            f"{tables[0]} is a sheet, and a sheet stands alone; give either one sheet "
            "or files of slices."
        )
    if not annotated:
        return Sheet([Section(image=path) for path in paths])
    if len(paths) != 2:
        raise ValueError(
            f"{len(paths)} files were given; give a sheet, or two files: a slice and "
            "its annotation."
        )
    return Sheet([Section(image=paths[0], rois=paths[1])])
