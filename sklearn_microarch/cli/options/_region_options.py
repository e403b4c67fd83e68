"""Options that make several regions one, or take regions for not annotated."""

import argparse
from typing import Any


def add_region_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    group = parser.add_argument_group("regions")
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
    """Return ``merge`` and ``exclude`` as functions of the library take them."""
    excluded = [name.strip() for text in options.exclude for name in text.split(",")]
    return {
        "merge": dict(options.merge),
        "exclude": [name for name in excluded if name],
    }


def _merged(text: str) -> tuple[str, list[str]]:
    new, found, parts = text.partition("=")
    names = [name.strip() for name in parts.split(",") if name.strip()]
    if not found or not new.strip() or not names:
        raise argparse.ArgumentTypeError(
            f"{text!r} must name the new region and its parts, such as WM=IC,CC"
        )
    return new.strip(), names
