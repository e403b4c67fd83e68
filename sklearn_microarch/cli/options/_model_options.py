"""The model a command works with: its file, where it runs, what it may import."""

import argparse
from pathlib import Path


def add_model_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument and its options; `load_any_model` takes their values."""
    parser.add_argument("model", type=Path, help="file of the model")
    add_model_options(parser)


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the options alone."""
    group = parser.add_argument_group("how the model is used")
    group.add_argument("--device", help="where the network runs: cpu, cuda, auto")
    group.add_argument(
        "--trusted",
        type=_names,
        default=(),
        metavar="NAME[,NAME]",
        help="code of your own that the model needs and may import, as its message "
        "names it",
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
