"""The commands: their names and what each does, in a line, in the order of use."""

import importlib
from types import ModuleType

# Kept here so that the list of commands is shown without importing any of them.
COMMANDS = {
    "sheet": "draft the sheet of a study from a folder of files",
    "check": "tell whether annotations fit their slices and are enough to train on",
    "train": "train a model on annotated slices",
    "map": "map slices with a model",
    "volume": "map all planes of a volume with a model, and go on where a run stopped",
    "report": "write a page about maps, to read in a browser",
    "stats": "tables by region and animal, and comparisons of groups",
    "doubts": "list places where model and annotation disagree",
    "drift": "tell whether slices are like those a model knows",
    "info": "tell what a file is: model, slice, annotation, sheet or maps",
    "doctor": "tell what is installed, and try it",
    "demo": "train on an annotated slice and map a slice it has not seen",
}


def command_module(name: str) -> ModuleType:
    """Import the file of a command."""
    return importlib.import_module(f"sklearn_microarch.cli.commands.{name}")
