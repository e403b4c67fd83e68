"""Tests of sklearn_microarch.cli._console."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_microarch.cli._console import Console, plain


def test_words_are_on_the_output_and_warnings_are_not(capsys):
    console = Console()
    console.say("done")
    console.warn("the slice\nis dark")
    console.result({"a": 1})
    shown = capsys.readouterr()
    assert shown.out == "done\n"
    assert shown.err == "sklearn-microarch: warning: the slice is dark\n"


def test_with_json_the_output_is_one_json_value(capsys):
    console = Console(json=True)
    console.say("done")
    console.result({"share": np.float32(0.5), "path": Path("ü.tif")})
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {"share": 0.5, "path": "ü.tif"}
    assert shown.err == "done\n"


@pytest.mark.parametrize(
    "value, expected",
    [
        ({1: np.nan, "b": (np.int64(3), None)}, {"1": None, "b": [3, None]}),
        (np.array([[1.5, np.inf]]), [[1.5, None]]),
        (np.array([], dtype=int), []),
        ({"b"}, ["b"]),
        (True, True),
    ],
)
def test_whatever_commands_give_becomes_plain(value, expected):
    assert plain(value) == expected


def test_progress_in_a_log_is_a_line_for_each(capsys):
    items = [SimpleNamespace(name="s1"), SimpleNamespace(name="s2")]
    assert list(Console().progress(items, doing="mapping")) == items
    assert capsys.readouterr().err == "mapping 1 of 2: s1\nmapping 2 of 2: s2\n"


def test_a_single_item_needs_no_progress(capsys):
    assert list(Console().progress(["s1"], doing="mapping")) == ["s1"]
    assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_is_a_bar(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    console = Console()
    for number in console.progress([1, 2, 3], doing="mapping"):
        console.say(f"slice {number}")
        console.warn("dark")
    shown = capsys.readouterr()
    assert "mapping: 100%" in shown.err
    assert shown.err.count("sklearn-microarch: warning: dark\n") == 3
    assert shown.out == "slice 1\nslice 2\nslice 3\n"
