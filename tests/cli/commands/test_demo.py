"""Tests of the command ``demo``; the demo itself has its own."""

import json

import pytest

import sklearn_microarch.demo as room
from sklearn_microarch.cli import main
from sklearn_microarch.cli.commands import demo as command


@pytest.fixture
def demo(monkeypatch):
    """Return what puts a function in the place of the demo."""
    return lambda run: monkeypatch.setattr(room, "run_demo", run)


def test_options_reach_the_demo(demo, tmp_path, capsys):
    def run(out, **settings):
        print("sample patches ...")
        return type("Report", (), {"figures": {"out": out, **settings}})

    demo(run)
    words = ["demo", "-o", str(tmp_path), "--stride", "8", "--patches", "9", "--json"]
    assert main(words) == 0
    shown = capsys.readouterr()
    # Only the result is where programs read it.
    assert json.loads(shown.out) == {
        "out": str(tmp_path),
        "data_home": None,
        "stride": 8,
        "n_patches_per_roi": 9,
    }
    assert shown.err == "sample patches ...\n"


def test_a_second_process_that_fails_is_a_line_and_not_a_traceback(demo, capsys):
    def run(out, **settings):
        raise RuntimeError("mapping slice.tif in a new process failed.")

    demo(run)
    assert main(["demo"]) == 1
    assert capsys.readouterr().err == (
        "sklearn-microarch: error: mapping slice.tif in a new process failed.\n"
    )


def test_without_matplotlib_nothing_is_begun(demo, monkeypatch, capsys):
    def run(out, **settings):
        raise AssertionError("the work was begun")

    demo(run)
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    assert main(["demo"]) == 1
    shown = capsys.readouterr().err
    assert "matplotlib" in shown
    assert "pip install 'sklearn-microarch[plot]'" in shown
