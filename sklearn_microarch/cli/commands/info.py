"""``sklearn-microarch info``: what a file is, and what it says of itself."""

import argparse
from pathlib import Path

from sklearn_microarch.cli._batch import Batch
from sklearn_microarch.cli._console import Console
from sklearn_microarch.cli._option_hints import hints_for
from sklearn_microarch.cli.options._picture_options import (
    add_picture_options,
    picture_settings,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="a model, slice, annotation, sheet, or folder of maps",
    )
    parser.add_argument(
        "--annotations",
        type=Path,
        metavar="FOLDER",
        help="where annotations that a model was trained on are looked for, to tell "
        "whether they changed since (the model's folder)",
    )
    add_picture_options(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the command."""
    from sklearn_microarch.cli.files._file_facts import FileFacts, file_facts
    from sklearn_microarch.cli.files._format_facts import format_facts

    def tell(path: Path) -> FileFacts:
        found = file_facts(
            path,
            settings=picture_settings(options),
            annotations=options.annotations,
        )
        console.say(f"{path}: {found.kind}\n{format_facts(found.facts)}")
        return found

    batch = Batch(options.files, console, debug=options.debug, hint=hints_for(options))
    found = [one for _, one in batch.run(tell, doing=None)]
    status = batch.finish()
    console.result(
        {
            "files": [
                {"path": one.path, "kind": one.kind} | one.facts for one in found
            ],
            "failed": batch.failed,
        }
    )
    return status
