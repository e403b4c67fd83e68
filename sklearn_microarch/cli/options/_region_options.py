"""Options that make regions coarser, several one, or take them for not annotated."""

import argparse
from typing import Any


def add_region_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    group = parser.add_argument_group("regions")
    group.add_argument(
        "--to-level",
        action="append",
        default=[],
        metavar="STRUCTURE[,STRUCTURE]",
        help="bring the regions of an atlas to these of its structures, such as "
        "Isocortex,TH,STR; needs --tree where the annotation brings none",
    )
    group.add_argument(
        "--merge",
        action="append",
        default=[],
        type=_merged,
        metavar="NEW=ONE,TWO",
        help="make regions one, such as WM=IC,CC; may be given several times",
    )
    group.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="REGION[,REGION]",
        help="take regions for not annotated; may be given several times",
    )


def region_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return what functions of the library take, under their names."""
    return {
        "to_level": _words(options.to_level),
        "merge": dict(options.merge),
        "exclude": _words(options.exclude),
    }


def _words(texts: list[str]) -> list[str]:
    words = [word.strip() for text in texts for word in text.split(",")]
    return [word for word in words if word]


def _merged(text: str) -> tuple[str, list[str]]:
    new, found, parts = text.partition("=")
    names = [name.strip() for name in parts.split(",") if name.strip()]
    if not found or not new.strip() or not names:
        raise argparse.ArgumentTypeError(
            f"{text!r} must name the new region and its parts, such as WM=IC,CC"
        )
    return new.strip(), names
