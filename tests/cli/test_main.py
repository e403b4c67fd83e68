"""Tests of sklearn_microarch.cli.main: exit statuses, errors, warnings, quickness."""

import argparse
import json
import os
import subprocess
import sys
import types
import warnings

import pytest

import sklearn_microarch
from sklearn_microarch.cli import _main, main
from sklearn_microarch.cli._command_table import COMMANDS, command_module

HEAVY = ("numpy", "scipy", "sklearn", "torch", "matplotlib", "zarr", "joblib")


@pytest.fixture
def command(monkeypatch):
    """Return what puts a function in the place of the command ``info``."""

    def replace(run):
        def add_arguments(parser):
            parser.add_argument("--overwrite", action="store_true")

        module = types.SimpleNamespace(run=run, add_arguments=add_arguments)
        for place in ("_main", "_make_parser"):
            monkeypatch.setattr(
                f"sklearn_microarch.cli.{place}.command_module", lambda name: module
            )

    return replace


def raising(error):
    """Return a command that ends in an error."""

    def run(options, console):
        raise error

    return run


def test_a_command_that_says_nothing_is_fine(command):
    command(lambda options, console: None)
    assert main(["info"]) == 0


def test_the_status_of_a_command_is_that_of_the_process(command):
    command(lambda options, console: 3)
    assert main(["info"]) == 3


@pytest.mark.parametrize(
    "error, line",
    [
        (ValueError("page=3\n  is\tnone."), "page=3 is none."),
        (RuntimeError("it failed."), "it failed."),
        (MemoryError("too large."), "too large."),
        (FileNotFoundError(2, "No such file or directory", "a.tif"), "a.tif: no such"),
        (PermissionError(13, "Permission denied", "a.tif"), "a.tif: Permission denied"),
        (KeyError("VP"), "KeyError: 'VP'. This is a fault of the program"),
        (AssertionError(), "AssertionError. This is a fault of the program"),
        (ValueError(), "ValueError."),
    ],
)
def test_every_error_is_one_line(command, capsys, error, line):
    command(raising(error))
    assert main(["info"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert shown.err.startswith(f"sklearn-microarch: error: {line}")


def test_the_option_that_a_message_asks_for_is_named(command, capsys):
    command(raising(FileExistsError("it exists; pass overwrite=True.")))
    assert main(["info"]) == 1
    assert capsys.readouterr().err.endswith(" (on the command line: --overwrite)\n")


def test_debug_shows_where_an_error_arose(command, capsys):
    command(raising(ValueError("wrong")))
    assert main(["info", "--debug"]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "in raising" in shown or "in run" in shown
    assert shown.endswith("sklearn-microarch: error: wrong\n")


def test_an_error_is_json_too(command, capsys):
    command(raising(ValueError("wrong")))
    assert main(["info", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"error": "wrong"}


def test_ctrl_c_is_a_line_and_130(command, capsys):
    command(raising(KeyboardInterrupt()))
    assert main(["info"]) == 130
    assert capsys.readouterr().err == "sklearn-microarch: error: stopped with Ctrl-C\n"


def test_who_reads_the_output_may_stop_reading():
    code = "from sklearn_microarch.cli import main; raise SystemExit(main())"
    done = subprocess.run(
        f'"{sys.executable}" -c "{code}" doctor | head -1',
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("sklearn-microarch ")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_warnings_are_a_line_each_and_come_once(command, capsys):
    def run(options, console):
        for _ in range(2):
            warnings.warn("the slice\nis dark", UserWarning, stacklevel=1)

    command(run)
    assert main(["info"]) == 0
    assert capsys.readouterr().err == "sklearn-microarch: warning: the slice is dark\n"


def test_warnings_of_the_caller_are_as_before(command):
    command(lambda options, console: None)
    shown = warnings.showwarning
    main(["info"])
    assert warnings.showwarning is shown


@pytest.mark.parametrize("usual", [None, "module://matplotlib_inline.backend_inline"])
def test_pictures_need_no_window_and_no_notebook(command, monkeypatch, usual):
    monkeypatch.delenv("MPLBACKEND", raising=False)
    if usual:
        monkeypatch.setenv("MPLBACKEND", usual)
    seen = []
    command(lambda options, console: seen.append(os.environ["MPLBACKEND"]))
    assert main(["info"]) == 0
    assert seen == ["agg"]
    assert os.environ.get("MPLBACKEND") == usual


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["info"], ["sheet", "--no"]])
def test_a_wrong_call_is_2(capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "sklearn-microarch" in capsys.readouterr().err


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"{sklearn_microarch.__version__}\n"


def test_all_commands_are_listed_and_say_how_a_process_ends(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(f"    {name} " in shown for name in COMMANDS)
    assert "130" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_file(name, capsys):
    parser = argparse.ArgumentParser()
    command_module(name).add_arguments(parser)
    assert callable(command_module(name).run)
    # Options start with two dashes and say what they do.
    for action in parser._actions[1:]:
        assert action.help or action.dest == "ome_zarr_version"


def test_help_is_quick_as_it_imports_nothing_heavy():
    code = (
        "import sys, contextlib, io\n"
        "from sklearn_microarch.cli import main\n"
        f"for name in {['', *COMMANDS]}:\n"
        "    with contextlib.suppress(SystemExit), "
        "contextlib.redirect_stdout(io.StringIO()):\n"
        "        main([*([name] if name else []), '--help'])\n"
        f"    print(name, [lib for lib in {HEAVY} if lib in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert len(lines) == len(COMMANDS) + 1
    assert [line for line in lines if not line.endswith("[]")] == []


def test_the_module_is_the_command_line():
    done = subprocess.run(
        [sys.executable, "-m", "sklearn_microarch", "info", "none.tif"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == _main.INPUT_ERROR == 1
    assert done.stderr == "sklearn-microarch: error: none.tif does not exist.\n"
