"""The volume a command is about, and how it is read: arguments of `open_volume`."""

import argparse
from typing import Any

from sklearn_microarch.cli.options._picture_options import numbers_or_words

_NAMES = ("axis", "level", "channels", "pixel_size_um", "spacing_um", "name")


def add_volume_options(parser: argparse.ArgumentParser) -> None:
    """Add the argument and its options."""
    parser.add_argument(
        "source",
        nargs="+",
        metavar="VOLUME",
        help="an OME-Zarr image with an axis z, a folder of sections, a TIFF stack, or "
        "the files of the planes in their order",
    )
    group = parser.add_argument_group("how the volume is read")
    group.add_argument("--axis", choices=["z", "y", "x"], help="across the planes (z)")
    group.add_argument(
        "--spacing-um",
        "--z-um",
        type=float,
        metavar="UM",
        help="distance of two planes in micrometres, where files do not say",
    )
    group.add_argument(
        "--pixel-size-um",
        type=float,
        metavar="UM",
        help="edge of a pixel within a plane, instead of what the files say",
    )
    group.add_argument(
        "--level", type=int, help="level of a pyramid, 0 being the finest"
    )
    group.add_argument(
        "--channels",
        "--channel",
        type=numbers_or_words,
        metavar="CHANNEL[,CHANNEL]",
        help="channels by number from 0 or by name",
    )
    group.add_argument("--name", help="what the volume is called, else as its file")
    group.add_argument("--animal", help="the animal that it shows; tables need it")


def volume_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of `open_volume` that were given."""
    given = {name: getattr(options, name) for name in _NAMES}
    given["specimen"] = options.animal
    return {name: value for name, value in given.items() if value is not None}
