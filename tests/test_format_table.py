"""Tests of sklearn_microarch._format_table."""

import numpy as np
import pytest

from sklearn_microarch._format_table import count_of, format_table


def test_numbers_stand_right_and_text_left():
    rows = [
        {"region": "ZI", "n": np.int64(12345), "share": 0.123456},
        {"region": "cortex", "n": 7, "share": np.float32(1)},
    ]
    assert format_table(rows).splitlines() == [
        "region      n   share",
        "ZI      12345  0.1235",
        "cortex      7       1",
    ]
    assert "0.12\n" in format_table(rows, digits=2)


def test_a_missing_value_is_a_dash_and_a_long_one_keeps_to_its_line():
    text = format_table([{"a": 1}, {"b": "two\n lines", "c": np.nan}])
    assert text.splitlines() == [
        "a  b            c",
        "1  -            -",
        "-  two lines  nan",
    ]


def test_no_rows_are_no_table():
    with pytest.raises(ValueError, match="at least one row"):
        format_table([])


def test_one_thing_is_no_several():
    said = [count_of(number, "network") for number in (0, 1, 2)]
    assert said == ["0 networks", "1 network", "2 networks"]
