"""Options of how annotations are read: arguments of `read_rois`."""

import argparse
from pathlib import Path
from typing import Any

_NAMES = ("table", "tree", "scale", "sides", "offset_um", "unannotated_code")


def add_annotation_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    group = parser.add_argument_group("how annotations are read")
    group.add_argument(
        "--table",
        type=Path,
        metavar="FILE",
        help="names of the regions of label images, such as ITK-SNAP's descriptions",
    )
    group.add_argument(
        "--tree",
        type=Path,
        metavar="FILE",
        help="the atlas's tree of structures (Allen's JSON or CSV, BrainGlobe's "
        "structures.json)",
    )
    group.add_argument(
        "--scale",
        type=float,
        help="pixels of the slice for one of the copy that outlines were drawn on",
    )
    group.add_argument(
        "--sides",
        choices=["merge", "split", "left", "right"],
        help="take both sides of ABBA's regions for one (merge) or two, or read one",
    )
    group.add_argument(
        "--offset-um",
        type=float,
        nargs=2,
        metavar=("ROW", "COLUMN"),
        help="where the annotation's first pixel lies on the slice, in micrometres",
    )
    group.add_argument(
        "--unannotated-code",
        type=int,
        metavar="CODE",
        help="number that label images have where no region is (0)",
    )


def annotation_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of `read_rois` that were given; none without the options."""
    given = {name: getattr(options, name, None) for name in _NAMES}
    found = {name: value for name, value in given.items() if value is not None}
    if "offset_um" in found:
        found["offset_um"] = tuple(found["offset_um"])
    return found
