"""Run a command, and turn whatever it ends in into a line and an exit status."""

import argparse
import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sklearn_microarch.cli._batch import INPUT_ERROR
from sklearn_microarch.cli._command_table import command_module
from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli._describe_error import describe_error
from sklearn_microarch.cli._make_parser import make_parser
from sklearn_microarch.cli._option_hints import hints_for
from sklearn_microarch.cli._sigterm import Terminated, raise_on_sigterm

STOPPED, TERMINATED = 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str or None, default=None
        None takes those of the process.

    Returns
    -------
    status : int
        0 when all went well; 1 when an input is wrong, which is told in one line, or
        a check says no; 3 when some slices of several failed; 130 when it was stopped
        with Ctrl-C, and 143 with SIGTERM.

    Raises
    ------
    SystemExit
        With status 2 when the command is called wrongly, and with 0 after ``--help``.

    Examples
    --------
    >>> import contextlib, sys
    >>> from sklearn_microarch.cli import main
    >>> with contextlib.redirect_stderr(sys.stdout):
    ...     main(["info", "missing.tif"])
    sklearn-microarch: error: missing.tif does not exist.
    1
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    parser = make_parser(words)
    options = parser.parse_args(words)
    console = Console(json=options.json)
    try:
        with raise_on_sigterm(), warnings.catch_warnings(), _without_windows():
            _tell_warnings(console)
            return command_module(options.command).run(options, console) or 0
    except KeyboardInterrupt as stop:
        terminated = isinstance(stop, Terminated)
        console.fail(f"stopped with {'SIGTERM' if terminated else 'Ctrl-C'}")
        return TERMINATED if terminated else STOPPED
    except BrokenPipeError:
        # Whoever read the output, as `head` does, has seen enough.
        sys.stdout = None
        return 0
    # A user is told in a line whatever happens; --debug tells the rest.
    except Exception as error:
        return _tell_error(error, options, console)


@contextmanager
def _without_windows() -> Iterator[None]:
    """Let pictures be drawn where no window can be opened, or a notebook is behind."""
    name = "MPLBACKEND"
    usual = os.environ.get(name)
    os.environ[name] = "agg"
    try:
        yield
    finally:
        del os.environ[name]
        if usual is not None:
            os.environ[name] = usual


def _tell_error(error: Exception, options: argparse.Namespace, console: Console) -> int:
    if options.debug:
        traceback.print_exception(error)
    message = hints_for(options)(describe_error(error))
    console.fail(message)
    console.result({"error": message})
    return INPUT_ERROR


def _tell_warnings(console: Console) -> None:
    """Print warnings of the library in a line each, without file and line number."""
    warnings.simplefilter("default", UserWarning)
    shown = warnings.showwarning

    def tell(message, category, *place):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN202
        if issubclass(category, UserWarning):
            console.warn(message)
        else:
            shown(message, category, *place)

    warnings.showwarning = tell
