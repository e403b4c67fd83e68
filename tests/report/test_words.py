"""Tests of names, numbers and headings as a reader sees them."""

import numpy as np
import pytest

from sklearn_microarch.report._words import (
    counted,
    heading,
    join_words,
    percent,
    printable,
    shown_value,
)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "\u2013"),
        (float("nan"), "\u2013"),
        ("", "\u2013"),
        (True, "yes"),
        (np.False_, "no"),
        (128, "128"),
        (np.int64(12345), "12\u202f345"),
        (0.77123, "0.771"),
        (1e7, "10\u202f000\u202f000"),
        (3e-5, "3e-05"),
        ([1, "a"], "1, a"),
        ({"m1": 0.5}, "m1 0.5"),
        ("two\nlines", "two lines"),
    ],
)
def test_cells_are_short_and_say_where_there_is_nothing(value, words):
    assert shown_value(value) == words


def test_headings_are_words_with_units():
    assert heading("pixel_size_um") == "pixel size (µm)"
    assert heading("n_centres") == "centres"
    assert heading("area_mm2") == "area (mm²)"


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (0.004, "< 1 %"), (0.5, "50 %"), (0.997, "> 99 %"), (1, "100 %")],
)
def test_shares_are_never_rounded_to_nothing_or_all(share, words):
    assert percent(share) == words.replace(" %", "\u00a0%")


def test_lists_and_numbers_read_as_sentences():
    assert join_words(["a"]) == "a"
    assert join_words(["a", "b", "c"]) == "a, b and c"
    assert counted(1, "slice") == "1 slice"
    assert counted(2, "slice") == "2 slices"
    assert printable("a\x00b\ud800") == "a b "
