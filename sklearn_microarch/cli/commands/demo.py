"""``sklearn-microarch demo``: the whole method on slices that come with it."""

import argparse
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path

from sklearn_microarch.cli._console import Console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--out", "-o", type=Path, default=Path("demo"), help="folder to write"
    )
    parser.add_argument(
        "--data-home", help="folder of the real slices; else they are looked for"
    )
    parser.add_argument("--stride", type=int, default=1, help="pixels between centres")
    parser.add_argument(
        "--patches", type=int, default=2000, help="patches sampled of each region"
    )


def run(options: argparse.Namespace, console: Console) -> None:
    """Run the command."""
    # Now, and not after minutes of training: the last step draws.
    if find_spec("matplotlib") is None:
        raise ImportError(
            "demo draws its maps with matplotlib, which is not installed; pip install "
            "'sklearn-microarch[plot]' adds it."
        )
    from sklearn_microarch.demo import run_demo

    with redirect_stdout(console.stream):
        report = run_demo(
            options.out,
            data_home=options.data_home,
            stride=options.stride,
            n_patches_per_roi=options.patches,
        )
    console.result(report.figures)
