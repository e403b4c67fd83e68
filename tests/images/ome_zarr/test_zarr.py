"""Tests of sklearn_microarch.images.ome_zarr._zarr."""

import ast
import re
from importlib import import_module
from pathlib import Path

import zarr

import sklearn_microarch

ROOT = Path(sklearn_microarch.__file__).parent
PRIVATE = re.compile(r"\.core(\.|$)|\._[a-z]")


def imports_of_zarr():
    """Yield where zarr is imported: file, module and name taken from it."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                found = [(node.module or "", alias.name) for alias in node.names]
            elif isinstance(node, ast.Import):
                found = [(alias.name, None) for alias in node.names]
            else:
                continue
            for module, name in found:
                if module.split(".")[0] == "zarr":
                    yield path.name, module, name


def test_only_public_modules_of_zarr_are_imported_and_have_the_names():
    taken = [entry for entry in imports_of_zarr() if entry[2] is not None]
    assert {file for file, *_ in taken} == {"_store.py"}
    for _, module, name in taken:
        assert not PRIVATE.search(f"{module}.{name}")
        assert hasattr(import_module(module), name)


def test_elsewhere_zarr_comes_through_its_one_door():
    for file, module, name in imports_of_zarr():
        assert file == "_store.py" or (module, name) == ("zarr", None)


def test_what_is_asked_of_an_array_is_there(tmp_path):
    for zarr_format in (2, 3):
        array = zarr.create_array(
            tmp_path / str(zarr_format),
            shape=(4, 5),
            chunks=(2, 2),
            dtype="u1",
            zarr_format=zarr_format,
        )
        assert array.metadata.encode_chunk_key((1, 0)) in ("c/1/0", "1.0")
