"""Which region an object of QuPath is of, in which colour, and on which side."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sklearn_microarch.annotation._region_codes import LARGEST_CODE

if TYPE_CHECKING:
    from sklearn_microarch.annotation._region_names import Color

# A dictionary that another program has written as text: {'name': 'Tumor', ...}.
_NAME_IN_TEXT = re.compile(r"""^\s*\{.*?["']name["']\s*:\s*(["'])(.*?)\1""", re.DOTALL)
_HEX = re.compile(r"#([0-9a-fA-F]{6})")
_SIDE = re.compile(r"(Left|Right)\s*:\s*(\S.*)", re.DOTALL)
_LONGEST = 500


def class_of(properties: Mapping, entry: Mapping) -> str:
    """Return the class, or else the name; "" where an object has neither."""
    classification = properties.get("classification")
    # Libraries that read GeoJSON put properties where they like.
    for stated in (
        _class_name(classification),
        properties.get("name"),
        entry.get("name"),
    ):
        if isinstance(stated, str) and stated.strip():
            return stated.strip()[:_LONGEST]
    return ""


def _class_name(classification: object) -> str:
    """Return the name of a class, whose parts QuPath joins by colons."""
    if isinstance(classification, str):
        found = _NAME_IN_TEXT.match(classification[: 10 * _LONGEST])
        if found:
            return found.group(2)
        return "" if classification.strip() in ("None", "null") else classification
    if not isinstance(classification, Mapping):
        return ""
    name, names = classification.get("name"), classification.get("names")
    if isinstance(name, str) and name.strip():
        return name
    if isinstance(names, list) and all(isinstance(part, str) for part in names):
        return ": ".join(part for part in names if part.strip())
    return ""


def color_of(properties: Mapping) -> "Color | None":
    """Return the colour of the class, or else of the object."""
    for holder in (properties.get("classification"), properties):
        if isinstance(holder, Mapping):
            for key in ("color", "colorRGB"):
                color = parse_color(holder.get(key))
                if color is not None:
                    return color
    return None


def code_of(properties: Mapping) -> int | None:
    """Return the code that this library writes with a region, None without."""
    metadata = properties.get("metadata")
    text = metadata.get("code") if isinstance(metadata, Mapping) else None
    if not isinstance(text, str) or not text.isascii() or not text.isdigit():
        return None
    return int(text) if len(text) <= 10 and int(text) <= LARGEST_CODE else None


def parse_color(value: object) -> "Color | None":
    """Return red, green and blue of [r, g, b], of one number, or of #rrggbb."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and -(2**31) <= value < 2**32:
        return (value >> 16) & 255, (value >> 8) & 255, value & 255
    if isinstance(value, list) and len(value) in (3, 4):
        levels = value[:3]
        if all(type(level) is int and 0 <= level <= 255 for level in levels):
            return levels[0], levels[1], levels[2]
    if isinstance(value, str):
        found = _HEX.fullmatch(value.strip())
        if found:
            number = int(found.group(1), 16)
            return number >> 16, (number >> 8) & 255, number & 255
    return None


def side_of(name: str) -> tuple[str | None, str]:
    """Return the side that ABBA's "Left: SSp" states, and the region without it."""
    found = _SIDE.fullmatch(name)
    if found is None:
        return None, name
    return found.group(1).lower(), found.group(2)
