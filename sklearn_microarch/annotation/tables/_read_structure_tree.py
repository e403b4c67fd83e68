"""Read the tree of structures of an atlas."""

from pathlib import Path

from sklearn_microarch.annotation._annotation_errors import as_annotation_error
from sklearn_microarch.annotation.tables._read_table import read_table
from sklearn_microarch.annotation.tables._structure_tree import (
    StructureTree,
    tree_of_table,
)


def read_structure_tree(path: str | Path) -> StructureTree:
    """Return a tree from Allen's JSON or CSV, or BrainGlobe's structures.json or CSV.

    ImageFileError, which names the file, if it states no tree or is damaged.
    """
    table = read_table(path)
    with as_annotation_error(path):
        return tree_of_table(table)
