"""Tests of sklearn_microarch.cli._batch."""

from types import SimpleNamespace

import pytest

from sklearn_microarch.cli._batch import Batch
from sklearn_microarch.cli._console import Console


def halve(item):
    """Return half of a number, of even ones only."""
    if item.value % 2:
        raise KeyError(item.value)
    return item.value // 2


def batch_of(*values, **options):
    items = [SimpleNamespace(name=f"s{value}", value=value) for value in values]
    return Batch(items, Console(), **options)


def test_a_bad_slice_does_not_stop_the_others_and_is_named(capsys):
    batch = batch_of(2, 3, 4)
    found = batch.run(halve, doing="halving")
    assert [(item.name, value) for item, value in found] == [("s2", 1), ("s4", 2)]
    assert batch.finish() == 3
    shown = capsys.readouterr()
    assert "1 of 3 failed:\n  s3: KeyError: 3." in shown.out
    assert "sklearn-microarch: error: s3: KeyError" in shown.err
    assert "Traceback" not in shown.err


def test_where_all_fail_the_input_is_wrong():
    batch = batch_of(1, 3)
    assert batch.run(halve, doing=None) == []
    assert batch.finish() == 1


def test_where_none_fails_nothing_is_said(capsys):
    batch = batch_of(2, 4)
    batch.run(halve, doing=None)
    assert batch.finish() == 0
    assert capsys.readouterr() == ("", "")


def test_the_error_of_a_single_slice_is_that_of_the_command():
    with pytest.raises(KeyError):
        batch_of(3).run(halve, doing=None)


def test_ctrl_c_stops_a_batch():
    def stop(item):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch_of(2, 4).run(stop, doing=None)


def test_debug_shows_where_each_error_arose(capsys):
    batch_of(1, 2, debug=True).run(halve, doing=None)
    assert "in halve" in capsys.readouterr().err


def test_messages_name_the_option_they_ask_for():
    batch = batch_of(1, 2, hint=lambda words: f"{words} (--page)")
    batch.run(halve, doing=None)
    assert batch.failed["s1"].endswith("(--page)")
