"""Tests of sklearn_microarch.cli._option_hints: messages and options fit together."""

import argparse
import ast
import re
from pathlib import Path

import pytest

import sklearn_microarch
from sklearn_microarch.cli._command_table import COMMANDS, command_module
from sklearn_microarch.cli._option_hints import OPTION_OF, option_hint

ROOT = Path(sklearn_microarch.__file__).parent
PICTURE = (
    "page",
    "z",
    "t",
    "series",
    "level",
    "channels",
    "color",
    "pixel_size_um",
    "allow_missing_chunks",
    "max_bytes",
)
ANNOTATION = ("table", "tree", "scale", "sides", "offset_um", "unannotated_code")
# What messages of the library ask a user of each command for.
ASKED = {
    "sheet": ("overwrite",),
    "check": (*PICTURE, *ANNOTATION, "merge", "exclude", "patch_size_um"),
    "train": (
        *PICTURE,
        *ANNOTATION,
        *("merge", "exclude", "overwrite", "stride", "device", "anyway"),
        *("n_folds", "n_patches_per_roi", "patch_size_um", "random_state"),
    ),
    "map": (
        *PICTURE,
        *("overwrite", "stride", "device", "memory_limit", "ome_zarr_version"),
        *("allow_pixel_size_mismatch", "check_drift", "formats", "trusted"),
    ),
    "report": (*PICTURE, "overwrite", "stride", "device", "trusted"),
    "stats": (*PICTURE, "overwrite", "merge", "exclude"),
    "doubts": (*PICTURE, *ANNOTATION, "overwrite", "merge", "exclude", "device"),
    "drift": (*PICTURE, "device", "allow_pixel_size_mismatch", "trusted"),
    "info": PICTURE,
    "doctor": ("device",),
    "demo": ("data_home", "stride", "n_patches_per_roi"),
}
NOT_OF_THE_SHELL = {
    "flip",  # is a column of the sheet
    "image",  # of RoiMap.write, to which commands give the slice
    "like",  # of read_rois, to which commands give the slice
    "resume",  # is what map does by itself
}
ASKS = re.compile(r"\b(?:pass|give|set|choose|by|with|as|or) `?([a-z][a-z0-9_]*)=")


def options_of(command):
    """Return the options of a command."""
    parser = argparse.ArgumentParser()
    command_module(command).add_arguments(parser)
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize(
    "command, argument",
    [(command, name) for command, names in ASKED.items() for name in names],
)
def test_what_a_message_asks_for_is_an_option_and_is_named(command, argument):
    options = options_of(command)
    option = OPTION_OF.get(argument, f"--{argument.replace('_', '-')}")
    assert option in options
    long = {option for option in options if option.startswith("--")}
    assert option in option_hint(f"it fails; pass {argument}=1 instead.", long)


def messages():
    """Yield the texts of the rooms that commands lead to."""
    rooms = ("images", "annotation", "mapping", "drift", "sheets", "studies")
    for room in (*rooms, "model_file"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.JoinedStr):
                    yield "".join(
                        part.value if isinstance(part, ast.Constant) else "1"
                        for part in node.values
                    )
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_no_message_asks_for_what_no_command_has():
    asked = {
        name
        for text in messages()
        # Docstrings have lines, and show code.
        if "\n" not in text
        for name in ASKS.findall(text)
    }
    assert {"overwrite", "page", "series", "channels", "pixel_size_um"} <= asked
    options = set().union(*map(options_of, COMMANDS))
    known = {
        name
        for name in asked
        if OPTION_OF.get(name, f"--{name.replace('_', '-')}") in options
    }
    assert asked - known <= NOT_OF_THE_SHELL


@pytest.mark.parametrize("name", OPTION_OF)
def test_every_option_that_has_another_name_exists(name):
    assert OPTION_OF[name] in set().union(*map(options_of, COMMANDS))


@pytest.mark.parametrize(
    "message, hint",
    [
        ("choose level=0 to level=3", "--level"),
        ("or with z= and t=", "--t, --z"),
        ("leave page out", "--page"),
        ("pass a larger max_bytes if it is genuine", "--max-bytes"),
        ("page 3 of a.tif is damaged", ""),
        ("the stage is at level 2", ""),
        ("my_page=3, page_size_um", ""),
    ],
)
def test_only_arguments_are_named_and_not_words(message, hint):
    options = ["--level", "--page", "--z", "--t", "--max-bytes"]
    expected = f" (on the command line: {hint})" if hint else ""
    assert option_hint(message, options) == expected


def test_only_options_of_the_command_are_named():
    message = "stride=0, n_patches_per_roi=0: pass overwrite=True"
    assert option_hint(message, ["--stride", "--patches"]) == (
        " (on the command line: --patches, --stride)"
    )
    assert option_hint(message, ["--level"]) == ""


def test_the_library_itself_names_no_option():
    for path in ROOT.rglob("*.py"):
        if path.parent.is_relative_to(ROOT / "cli"):
            continue
        named = [
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.search(r"(?<![-\w])--[a-z]", node.value)
        ]
        assert not named, path
