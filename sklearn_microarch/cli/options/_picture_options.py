"""Options of how pictures are read: arguments of `read_image`."""

import argparse
from typing import Any

_NAMES = (
    "page",
    "z",
    "t",
    "series",
    "level",
    "channels",
    "color",
    "pixel_size_um",
    "allow_missing_chunks",
    "max_bytes",
)


def add_picture_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    group = parser.add_argument_group("how slices are read")
    group.add_argument("--page", type=int, help="which slice of a TIFF stack, from 0")
    group.add_argument("--z", type=int, help="which plane along depth, from 0")
    group.add_argument("--t", type=int, help="which point in time, from 0")
    group.add_argument(
        "--series", type=int, help="which image of a file that holds several, from 0"
    )
    group.add_argument(
        "--level",
        type=_number_or_word,
        help="level of a pyramid, 0 being the finest; or 'auto': the coarsest one that "
        "is not coarser than --pixel-size-um",
    )
    group.add_argument(
        "--channels",
        "--channel",
        type=numbers_or_words,
        metavar="CHANNEL[,CHANNEL]",
        help="channels by number from 0 or by name",
    )
    group.add_argument(
        "--color",
        choices=["rgb", "grey", "optical density"],
        help="what becomes of a colour picture",
    )
    group.add_argument(
        "--pixel-size-um",
        type=float,
        metavar="UM",
        help="edge of a pixel in micrometres, instead of what the files say",
    )
    group.add_argument(
        "--allow-missing-chunks",
        action="store_true",
        default=None,
        help="read parts that an OME-Zarr image lacks as background",
    )
    group.add_argument(
        "--max-bytes",
        type=int,
        help="read files with as many bytes of pixels (4 GiB); damaged files may "
        "declare any number",
    )


def picture_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of `read_image` that were given."""
    given = {name: getattr(options, name) for name in _NAMES}
    return {name: value for name, value in given.items() if value is not None}


def _number_or_word(text: str) -> int | str:
    text = text.strip()
    return int(text) if text.isdecimal() else text


def numbers_or_words(text: str) -> int | str | list[int | str]:
    """Return what a text says: one channel, or a list of several."""
    found = [_number_or_word(part) for part in text.split(",")]
    return found[0] if len(found) == 1 else found
