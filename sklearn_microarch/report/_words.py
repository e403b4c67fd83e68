"""Names, numbers and headings as a reader sees them."""

import unicodedata
from collections.abc import Mapping
from math import isfinite
from numbers import Integral, Real

import numpy as np

# An en dash.
NONE = "\u2013"
_UNITS = {"_um": " (µm)", "_mm2": " (mm²)", "_px": " (px)"}


def printable(text: str) -> str:
    """Return a text without control characters and halves of surrogate pairs."""
    if text.isprintable():
        return text
    return "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cs") else letter
        for letter in text
    )


def heading(key: str) -> str:
    """Return the heading of a column: "pixel_size_um" is "pixel size (µm)"."""
    key = key.removeprefix("n_")
    for ending, unit in _UNITS.items():
        if key.endswith(ending):
            return key.removesuffix(ending).replace("_", " ") + unit
    return key.replace("_", " ")


def shown_value(value: object) -> str:
    """Return a cell of a table: numbers short, a dash where there is none."""
    if value is None or value == "":
        return NONE
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, Real):
        return number_text(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown_value(at)}" for name, at in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(shown_value, value))
    return printable(str(value))


def number_text(value: Real | float) -> str:
    """Return a number: whole ones in full, others with three digits that count."""
    number = float(value)
    if not isfinite(number):
        return NONE
    if isinstance(value, Integral) or abs(number) >= 1000:
        return f"{number:,.0f}".replace(",", "\u202f")
    return f"{number:.3g}"


def percent(share: float) -> str:
    """Return a share in per cent, never rounded down to nothing or up to all."""
    if 0 < share < 0.005:
        return "< 1\u00a0%"
    if 0.995 < share < 1:
        return "> 99\u00a0%"
    return f"{100 * share:.0f}\u00a0%"


def counted(number: int, one: str, several: str | None = None) -> str:
    """Return "1 slice", "2 slices"."""
    word = one if number == 1 else several or f"{one}s"
    return f"{shown_value(number)} {word}"


def join_words(names: list[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
