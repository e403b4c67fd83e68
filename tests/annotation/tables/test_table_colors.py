"""Colours of tables: levels and hexadecimal digits."""

import pytest

from sklearn_microarch.annotation.tables._table_colors import (
    color_of_hex,
    color_of_levels,
)


@pytest.mark.parametrize(
    "text, color",
    [
        ("#70FF70", (112, 255, 112)),
        ("0x70ff70", (112, 255, 112)),
        ("#70ff70ff", (112, 255, 112)),
        ("#fff", (255, 255, 255)),
        ("ff", (0, 0, 255)),
        ("rgb(1, 2, 3)", (1, 2, 3)),
        ("[1, 2, 3]", (1, 2, 3)),
        ("red", None),
        ("1 2", None),
    ],
)
def test_digits_are_colours(text, color):
    assert color_of_hex(text) == color


@pytest.mark.parametrize(
    "levels, color",
    [
        ((1, 2, 3), (1, 2, 3)),
        (("1.0", "2", "255"), (1, 2, 255)),
        ((1, 2), None),
        ((1, 2, 256), None),
        ((-1, 2, 3), None),
        (("", "", ""), None),
    ],
)
def test_levels_are_colours(levels, color):
    assert color_of_levels(levels) == color
