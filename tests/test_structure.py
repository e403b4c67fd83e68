"""The library's structure: imports point down, names are exported, docs are whole."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest
from numpydoc.validate import validate

import sklearn_microarch

ROOT = Path(sklearn_microarch.__file__).parent
# A room may import from the rooms before its own line, not from its own line.
ORDER = [
    {"exceptions"},
    {
        "_sklearn_private",
        "_annotation",
        "_assignment",
        "_device",
        "_row_blocks",
        "_versioned",
        "_walk",
    },
    {"images"},
    {"datasets"},
    {"sampling"},
    {"features", "decomposition", "selection", "clustering"},
    {"anatomy"},
    {"model_selection"},
    {"pipeline"},
    {"mapping"},
    {"plotting"},
    {"demo"},
    {"cli"},
    {"__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")
ROOMS = [
    name
    for _, name, is_folder in pkgutil.iter_modules([str(ROOT)])
    if not name.startswith("_")
]


def imported_rooms(path):
    """Return the rooms of this library a file imports from, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.startswith("sklearn_microarch."):
                yield name.split(".")[1]


def room_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_only(path):
    room = room_of(path)
    for other in imported_rooms(path):
        assert other == room or LEVEL[other] < LEVEL[room], f"{room} imports {other}"


def test_every_room_has_its_place_in_the_order():
    assert {room_of(path) for path in FILES} == set(LEVEL)


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_say_what_they_export(room):
    module = importlib.import_module(f"sklearn_microarch.{room}")
    assert module.__doc__
    assert list(module.__all__) == sorted(module.__all__)
    for name in module.__all__:
        assert hasattr(module, name)


def test_the_top_level_exports_what_it_says():
    assert set(sklearn_microarch.__all__) == set(sklearn_microarch._ROOM_OF)
    for name in sklearn_microarch.__all__:
        assert getattr(sklearn_microarch, name).__name__ == name
        assert name in dir(sklearn_microarch)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sklearn_microarch.nothing


def test_only_one_file_touches_private_names_of_scikit_learn():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("sklearn."):
                private = any(part.startswith("_") for part in node.module.split("."))
                private |= any(alias.name.startswith("_") for alias in node.names)
                assert not private or path.name == "_sklearn_private.py", path


def public_objects():
    """Return the dotted names of all public classes, functions and methods."""
    names = set()
    for room in ROOMS:
        module = importlib.import_module(f"sklearn_microarch.{room}")
        for name in module.__all__:
            found = getattr(module, name)
            names.add(f"sklearn_microarch.{room}.{name}")
            if not isinstance(found, type):
                continue
            for attribute, value in vars(found).items():
                if not attribute.startswith("_") and callable(value):
                    names.add(f"sklearn_microarch.{room}.{name}.{attribute}")
    return sorted(names)


# Sections a short docstring may do without, and RT02: returns are named here, as in
# scikit-learn.
NOT_ASKED = {"ES01", "SA01", "EX01", "RT02"}


@pytest.mark.parametrize("name", public_objects())
def test_public_docstrings_follow_numpydoc(name):
    errors = [
        f"{code}: {message}"
        for code, message in validate(name)["errors"]
        if code not in NOT_ASKED
    ]
    assert not errors
