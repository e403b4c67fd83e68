"""Which option of a command says what a message of the library asks for."""

import argparse
import re
from collections.abc import Callable, Iterable

# Arguments whose option has another name.
OPTION_OF = {
    "check_drift": "--no-drift-check",
    "formats": "--format",
    "n_folds": "--folds",
    "n_patches_per_roi": "--patches",
    "names": "--table",
    "random_state": "--seed",
}
_ASKED = r"\b(?:pass|give|set|choose|leave|lower|raise|with|by) "


def hints_for(options: argparse.Namespace) -> Callable[[str], str]:
    """Return what adds to a message which of the options given it asks for."""
    known = [f"--{name.replace('_', '-')}" for name in vars(options)]
    return lambda message: f"{message}{option_hint(message, known)}"


def option_hint(message: str, options: Iterable[str]) -> str:
    """Return in brackets which of a command's options a message asks for, or ""."""
    options = set(options)
    arguments = {option[2:].replace("-", "_"): option for option in options}
    arguments |= OPTION_OF
    asked = {
        option
        for name, option in arguments.items()
        if option in options and _names(message, name)
    }
    return f" (on the command line: {', '.join(sorted(asked))})" if asked else ""


def _names(message: str, argument: str) -> bool:
    """Tell whether a message names an argument, and does not just use the word."""
    if "_" in argument:
        return re.search(rf"(?<![\w-]){argument}(?!\w)", message) is not None
    named = rf"(?<![\w.-]){argument}=|{_ASKED}{argument}\b|\({argument}\)"
    return re.search(named, message) is not None
