"""``sklearn-microarch stats``: tables of maps, and groups of animals compared."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli.options._picture_options import (
    add_picture_options,
    picture_settings,
)
from sklearn_microarch.cli.options._region_options import (
    add_region_options,
    region_settings,
)
from sklearn_microarch.cli.options._sheet_argument import (
    add_sheet_argument,
    sections_of,
)

if TYPE_CHECKING:
    from sklearn_microarch.studies import StudyStatistics


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_sheet_argument(parser)
    parser.add_argument(
        "--maps",
        type=Path,
        default=Path("maps"),
        help="folder that the sheet was mapped to (maps)",
    )
    parser.add_argument(
        "--out",
        "-o",
        type=Path,
        default=Path("stats"),
        help="folder for the tables, the figure and the sentence (stats)",
    )
    parser.add_argument(
        "--model",
        type=Path,
        help="file of the model: tells whether annotations changed since",
    )
    parser.add_argument(
        "--regions-from",
        choices=["auto", "annotation", "predicted"],
        default="auto",
        help="annotated or predicted regions (auto: annotated, where all sections are)",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace tables that exist"
    )
    _add_comparison(parser)
    add_region_options(parser)
    add_picture_options(parser)


def _add_comparison(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("groups of animals")
    group.add_argument(
        "--compare",
        metavar="COLUMN",
        help="compare two groups, told by a column of the sheet, such as group",
    )
    group.add_argument(
        "--groups",
        type=_words,
        metavar="ONE,OTHER",
        help="which two, where there are more; differences are OTHER less ONE",
    )
    group.add_argument(
        "--pair",
        choices=["side"],
        help="compare both sides of each animal (with --compare side)",
    )
    group.add_argument(
        "--measure",
        default="loading",
        help="what to compare: loading, active_share, cluster_share, area_mm2, ... "
        "(loading)",
    )
    group.add_argument(
        "--regions",
        type=_words,
        metavar="REGION[,REGION]",
        help="compare these only: fewer tests to correct for",
    )
    group.add_argument(
        "--factors",
        type=_words,
        metavar="FACTOR[,FACTOR]",
        help="compare these factors or clusters only, by their name in the table",
    )
    group.add_argument(
        "--permutations", type=int, default=9999, help="relabellings to try (9999)"
    )
    group.add_argument("--seed", type=int, default=0, help="of relabellings (0)")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def run(options: argparse.Namespace, console: Console) -> None:
    """Run the command."""
    from sklearn_microarch.studies import study_statistics

    result = study_statistics(
        sections_of(options),
        options.maps,
        compare=options.compare,
        groups=options.groups,
        pair=options.pair,
        measure=options.measure,
        regions=options.regions,
        factors=options.factors,
        source=options.regions_from,
        model=options.model,
        picture=picture_settings(options),
        n_permutations=options.permutations,
        random_state=options.seed,
        **region_settings(options),
    )
    files = result.save(options.out, overwrite=options.overwrite)
    if result.comparison is not None:
        files.append(_draw(result, options.compare, options.out))
    console.say(f"{result}\n")
    for path in files:
        console.say(f"wrote {path}")
    compared = result.comparison
    console.result(
        {
            "comparison": None if compared is None else compared.to_rows(),
            "methods": result.methods,
            "notes": result.notes,
            "missing": result.missing,
            "files": files,
        }
    )


def _draw(result: "StudyStatistics", column: str, folder: Path) -> Path:
    """Write the figure of animals as points, and return its path."""
    from sklearn_microarch.cli.files._write_picture import write_picture
    from sklearn_microarch.plotting import SummaryDisplay

    display = SummaryDisplay.from_table(
        result.table, comparison=result.comparison, group=column
    )
    return write_picture(display.plot().figure_, folder, "animals")
