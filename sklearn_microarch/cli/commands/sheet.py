"""``sklearn-microarch sheet``: draft the sheet of a study from a folder of files."""

import argparse
from pathlib import Path

from sklearn_microarch.cli._console import Console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "folder", type=Path, help="folder of slices and annotations, and folders in it"
    )
    parser.add_argument(
        "--out", "-o", type=Path, help="file to write (study.csv in the folder)"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace a sheet that exists"
    )


def run(options: argparse.Namespace, console: Console) -> None:
    """Run the command."""
    from sklearn_microarch._format_table import format_table
    from sklearn_microarch.sheets import draft_sheet

    out = options.out or options.folder / "study.csv"
    sheet, left_over = draft_sheet(options.folder)
    sheet.write(out, overwrite=options.overwrite)
    rows = [
        {
            "slice": section.name,
            "image": section.image.name,
            "rois": "-" if section.rois is None else section.rois.name,
        }
        for section in sheet
    ]
    console.say(format_table(rows))
    if left_over:
        console.say("\nNot paired:")
        for sentence in left_over:
            console.say(f"- {sentence}")
    console.say(f"\nwrote {out}")
    console.say(
        "Now fill in the column animal: the same word for all sections of one animal. "
        "Fill in group, too, if groups are to be compared. Further columns (sex, age, "
        "batch) are carried into every table."
    )
    console.result({"sheet": out, "sections": rows, "left_over": left_over})
