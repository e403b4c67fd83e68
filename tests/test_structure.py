"""The library's structure: imports point down, names are exported, docs are whole."""

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from numpydoc.validate import validate

import sklearn_microarch

ROOT = Path(sklearn_microarch.__file__).parent
# A room may import from the rooms before its own line, not from its own line.
ORDER = [
    {"exceptions"},
    {"_arguments", "_warn_user"},
    {
        "_annotation",
        "_assignment",
        "_device",
        "_format_table",
        "_freed_memory",
        "_row_batches",
        "_sklearn_private",
        "_version",
        "_whole",
    },
    {"images"},
    {"annotation"},
    {"datasets", "sheets"},
    {"sampling"},
    {"spatial", "_walk"},
    {"features", "decomposition", "selection", "clustering"},
    {"metrics"},
    {"model_selection"},
    {"checking"},
    {"drift"},
    {"pipeline"},
    {"model_file"},
    {"mapping"},
    {"anatomy"},
    {"trust"},
    {"volumes"},
    {"plotting"},
    {"report"},
    {"studies"},
    {"demo"},
    {"cli", "napari"},
    {"__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")
ROOMS = [
    name
    for _, name, is_folder in pkgutil.iter_modules([str(ROOT)])
    if not name.startswith("_")
]
MOST_FILES_OF_A_FOLDER = 15
PACKAGES = [
    found.name
    for found in pkgutil.walk_packages([str(ROOT)], "sklearn_microarch.")
    if found.ispkg
]


def room_of_name(name):
    """Return the room of a module, or of what is taken from the package itself."""
    _, _, below = name.partition(".")
    room = below.split(".")[0]
    if room in LEVEL:
        return room
    # What the package hands on is at home in the room its stub names.
    return getattr(sklearn_microarch, room).__module__.split(".")[1]


def imported_rooms(source):
    """Return the rooms of this library that code imports from, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "sklearn_microarch":
            names = [f"sklearn_microarch.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            # The bare package hands everything on: nothing below may lean on it.
            assert "sklearn_microarch" not in names
        else:
            continue
        for name in names:
            if name.startswith("sklearn_microarch."):
                yield room_of_name(name)


def room_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def runs_up(room, source):
    """Return the rooms that code of one room imports and may not."""
    return [
        other
        for other in imported_rooms(source)
        if other != room and LEVEL[other] >= LEVEL[room]
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_only(path):
    assert not runs_up(room_of(path), path.read_text())


@pytest.mark.parametrize(
    "line",
    [
        "from sklearn_microarch import map_slice",
        "from sklearn_microarch import mapping",
        "from sklearn_microarch.mapping import map_slice",
        "import sklearn_microarch.mapping._map_slice",
        "def f():\n    from sklearn_microarch import CNNFeatureExtractor",
    ],
)
def test_an_import_that_runs_up_is_found(line):
    assert runs_up("sampling", line)
    assert not runs_up("demo", line)


def test_every_room_has_its_place_in_the_order():
    assert {room_of(path) for path in FILES} == set(LEVEL)


@pytest.mark.parametrize("package", ["sklearn_microarch", *PACKAGES])
def test_no_folder_is_too_full_to_be_browsed(package):
    folder = ROOT.parent.joinpath(*package.split("."))
    assert len(list(folder.glob("*.py"))) <= MOST_FILES_OF_A_FOLDER


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_say_what_they_export(room):
    module = importlib.import_module(f"sklearn_microarch.{room}")
    assert module.__doc__
    assert list(module.__all__) == sorted(module.__all__)
    for name in module.__all__:
        assert hasattr(module, name)
    if hasattr(module, "__path__"):
        assert dir(module) == module.__all__


@pytest.mark.parametrize("room", ROOMS)
def test_a_public_function_stands_in_the_file_of_its_name(room):
    module = importlib.import_module(f"sklearn_microarch.{room}")
    for name in module.__all__:
        found = getattr(module, name)
        if not isinstance(found, type) and room not in ("cli", "pipeline", "demo"):
            file = found.__module__.rpartition(".")[2]
            stem = file.strip("_")
            assert (
                name in (stem, f"{stem}r", f"{stem}_at") or stem.split("_")[0] in name
            )


def test_the_top_level_hands_on_what_rooms_export():
    for name in sklearn_microarch.__all__:
        found = getattr(sklearn_microarch, name)
        assert found.__name__ == name
        room = found.__module__.split(".")[1]
        if not room.startswith("_"):
            module = importlib.import_module(f"sklearn_microarch.{room}")
            assert getattr(module, name) is found
    assert dir(sklearn_microarch) == sklearn_microarch.__all__
    with pytest.raises(AttributeError, match="nothing"):
        _ = sklearn_microarch.nothing


def test_importing_the_library_and_its_rooms_loads_no_torch():
    code = (
        "import sys; from importlib import import_module\n"
        "import_module('sklearn_microarch')\n"
        f"for room in {[name for name in ROOMS if (ROOT / name).is_dir()]}:\n"
        "    import_module(f'sklearn_microarch.{room}')\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


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


def definitions(path):
    """Yield the functions and classes that a file defines at its top level."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node


def test_no_two_definitions_share_a_name():
    homes = {}
    for path in FILES:
        # Every command of the shell has the same two functions.
        if path.parent == ROOT / "cli" / "commands":
            continue
        for node in definitions(path):
            if not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    shared = {name: files for name, files in homes.items() if len(files) > 1}
    assert not shared


def test_no_two_files_of_unlike_rooms_bear_a_name_that_says_nothing():
    vague = {"_maps.py", "_matching.py", "_report.py", "_utils.py", "_start.py"}
    assert not [
        path for path in FILES if path.name in vague and "demo" not in path.parts
    ]


PUBLIC_NAMES = {name.split(".")[2] for name in public_objects()} | set(
    sklearn_microarch.__all__
)
PUBLIC_OBJECTS = [
    getattr(importlib.import_module(module), name)
    for module in ("sklearn_microarch", *(f"sklearn_microarch.{r}" for r in ROOMS))
    for name in importlib.import_module(module).__all__
]
# What public classes inherit is part of them.
INHERITED = {
    base.__name__
    for found in PUBLIC_OBJECTS
    if isinstance(found, type)
    for base in found.__mro__
    if base.__module__.startswith("sklearn_microarch")
}
SECTIONS = re.compile(
    r"^\s*(Parameters|Returns|Yields|Raises|Attributes)\n\s*---", re.MULTILINE
)


def internals(node, *, public):
    """Yield what is defined in a definition and is no part of the public surface."""
    if not public:
        yield node
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef | ast.ClassDef):
            part = isinstance(node, ast.ClassDef) and node.name in INHERITED
            yield from internals(inner, public=part and not inner.name.startswith("_"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_internals_carry_a_line_and_no_sections(path):
    for definition in definitions(path):
        for node in internals(definition, public=definition.name in PUBLIC_NAMES):
            text = ast.get_docstring(node) or ""
            assert not SECTIONS.search(text), node.name
            assert len(text.splitlines()) <= 8, node.name


def public_names():
    """Return the dotted names of all public classes and functions."""
    return [name for name in public_objects() if name.count(".") == 2]


@pytest.mark.parametrize("name", public_names())
def test_every_public_name_has_an_example_that_runs(name):
    _, room, name = name.split(".")
    found = getattr(importlib.import_module(f"sklearn_microarch.{room}"), name)
    if isinstance(found, type) and issubclass(found, Exception):
        return
    examples = doctest.DocTestParser().get_examples(found.__doc__)
    assert examples
    assert not any(example.options.get(doctest.SKIP) for example in examples)


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
