"""Colours as tables write them: three numbers, or hexadecimal digits."""

import re
from collections.abc import Sequence

from sklearn_microarch.annotation.tables._label_table import Color

_HEX = re.compile(r"(?:#|0x)?([0-9a-fA-F]{1,8})")
_NUMBER = re.compile(r"\d+(?:\.0*)?")


def color_of_levels(levels: Sequence[object]) -> Color | None:
    """Return three levels from 0 to 255 as a colour, None where they are none."""
    texts = [str(level).strip() for level in levels]
    if len(texts) < 3 or not all(_NUMBER.fullmatch(text) for text in texts[:3]):
        return None
    red, green, blue = (int(float(text)) for text in texts[:3])
    return (red, green, blue) if max(red, green, blue) <= 255 else None


def color_of_hex(text: str) -> Color | None:
    """Return the colour of digits such as ``#70ff70``; None where they are none.

    Spreadsheets drop leading zeros; eight digits end with the opacity.
    """
    text = text.strip()
    found = _HEX.fullmatch(text)
    if not found:
        numbers = re.findall(r"\d+", text[:100])
        return color_of_levels(numbers) if len(numbers) in (3, 4) else None
    digits = found.group(1)
    if len(digits) == 3 and text.startswith("#"):
        digits = "".join(2 * digit for digit in digits)
    digits = digits.zfill(6)[:6]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
