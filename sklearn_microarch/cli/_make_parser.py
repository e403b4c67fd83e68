"""The parser: all commands by name, and the arguments of the one that is called."""

import argparse
from collections.abc import Sequence

from sklearn_microarch._version import __version__
from sklearn_microarch.cli._command_table import COMMANDS, command_module

PROGRAM = "sklearn-microarch"
_DESCRIPTION = (
    "Map brain microarchitecture from annotated slices. "
    f"'{PROGRAM} COMMAND --help' tells the options of a command."
)
_STATUS = (
    "exit status: 0 all is well; 1 an input is wrong or a check says no; 2 the command "
    "was called wrongly; 3 some slices of several failed; 130 stopped with Ctrl-C, 143 "
    "with SIGTERM."
)


def make_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; only the command that ``arguments`` name has arguments."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description=_DESCRIPTION, epilog=_STATUS
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(
        required=True, dest="command", metavar="COMMAND", title="commands"
    )
    called = next((word for word in arguments if not word.startswith("-")), None)
    for name, words in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=words,
            description=f"{words[0].upper()}{words[1:]}.",
            # Abbreviated options would change their meaning when options are added.
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == called:
            command_module(name).add_arguments(command)
            _add_common(command)
    return parser


def _add_common(command: argparse.ArgumentParser) -> None:
    """Add what every command takes."""
    common = command.add_argument_group("for every command")
    common.add_argument(
        "--json",
        action="store_true",
        help="print the result as JSON, to be read by "
        "programs; all other words go to the error stream",
    )
    common.add_argument(
        "--debug", action="store_true", help="show where in the program an error arose"
    )
