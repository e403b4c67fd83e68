"""``sklearn-microarch doctor``: what is installed, and does it work."""

import argparse
from collections.abc import Sequence

from sklearn_microarch._version import __version__
from sklearn_microarch.cli._batch import INPUT_ERROR
from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli._describe_error import describe_error
from sklearn_microarch.cli.doctor._installed_parts import (
    PURPOSES,
    InstalledPart,
    installed_parts,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--device", default="auto", help="what to try: cpu, cuda, auto (auto)"
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the command; 1 where the library cannot work."""
    console.say(f"sklearn-microarch {__version__}")
    parts = installed_parts()
    _tell_parts(parts, console)
    lacking = [part for part in parts if not part.extra and not part.is_fine]
    result = {
        "version": __version__,
        "parts": [part._asdict() | {"is_fine": part.is_fine} for part in parts],
        "machine": None,
        "self_test": None,
    }
    if lacking:
        names = ", ".join(part.name for part in lacking)
        console.fail(f"{names} must be installed first; the commands stand above")
        console.result(result)
        return INPUT_ERROR
    from sklearn_microarch.cli.doctor._machine_facts import machine_facts
    from sklearn_microarch.cli.files._format_facts import format_facts

    machine = machine_facts()
    console.say("\nThis machine")
    console.say(format_facts(machine))
    status, tested = _self_test(options.device, console)
    console.result(result | {"machine": machine, "self_test": tested})
    return status


def _tell_parts(parts: Sequence[InstalledPart], console: Console) -> None:
    if not parts:
        console.say("The library is used from its folder; pip did not install it.")
    for extra, purpose in PURPOSES.items():
        group = [part for part in parts if part.extra == extra]
        if not group:
            continue
        console.say(f"\n{purpose[0].upper()}{purpose[1:]}")
        for part in group:
            version = part.version or "missing"
            line = f"  {part.name:<16}{version:<14}"
            if not part.is_fine:
                least = f"needs {part.least}: " if part.version else ""
                line += f"{least}{part.install}"
            console.say(line.rstrip())


def _self_test(device: str, console: Console) -> tuple[int, dict[str, object]]:
    """Run the test; return the exit status and what came out."""
    from sklearn_microarch.cli.doctor._run_self_test import run_self_test

    console.say("\nSelf-test: a small network, over a slice at once and patch by patch")
    try:
        test = run_self_test(device)
    except Exception as error:
        words = describe_error(error)
        console.say(f"  failed: {words}")
        return INPUT_ERROR, {"passed": False, "error": words}
    outcome = "equal" if test.passed else "NOT equal"
    console.say(
        f"  {outcome}: largest difference {test.deviation:.1e} of the largest feature, "
        f"on {test.device}, in {test.seconds:.1f} s"
    )
    if not test.passed:
        console.say("  Do not trust maps of this installation; please report it.")
    return (0 if test.passed else INPUT_ERROR), {
        "passed": test.passed,
        **test._asdict(),
    }
