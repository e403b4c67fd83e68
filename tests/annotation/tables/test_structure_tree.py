"""A tree of structures: looked up by acronym, name or id, and rolled up."""

import pickle

import pytest

from sklearn_microarch.annotation.tables._read_structure_tree import (
    read_structure_tree,
)
from sklearn_microarch.annotation.tables._structure_tree import (
    StructureTree,
    table_of_tree,
    tree_of_table,
)
from sklearn_microarch.exceptions import ImageFileError

NAMES = {997: "root", 8: "grey matter", 315: "Isocortex", 385: "Primary visual area"}
PARENTS = {997: None, 8: 997, 315: 8, 385: 315, 549: 8, 1009: 997}


@pytest.fixture
def tree():
    names = NAMES | {549: "Thalamus", 1009: "fiber tracts"}
    acronyms = {997: "root", 8: "grey", 315: "Isocortex", 385: "VISp", 549: "TH"}
    return StructureTree(names, PARENTS, acronyms, {549: (255, 112, 128)})


def test_structures_are_found_by_acronym_name_and_id(tree):
    for wanted in (385, "VISp", "visp", "Primary visual area", "385", " VISp "):
        assert tree.find(wanted) == 385
        assert tree.get(wanted) == 385
    assert tree.find("fiber tracts") == 1009
    assert tree.get("VIS") is None


def test_ancestors_run_from_the_parent_to_the_root(tree):
    assert tree.ancestors(385) == [315, 8, 997]
    assert tree.ancestors(997) == []
    assert tree.ids == [997, 8, 315, 385, 549, 1009]


def test_leaves_roll_up_to_the_deepest_wanted_structure(tree):
    rolled = tree.roll_up([385, 315, 549, 1009, 997, 12345], ["grey", "Isocortex"])
    assert rolled == {385: 315, 315: 315, 549: 8, 1009: None, 997: None, 12345: None}


def test_what_is_not_there_is_an_error_with_the_nearest_names(tree):
    with pytest.raises(ValueError, match=r"'Thalamos'; did you mean 'Thalamus'"):
        tree.find("Thalamos")
    with pytest.raises(ValueError, match="id 5"):
        tree.find(5)
    with pytest.raises(TypeError, match="acronym, a name or an id"):
        tree.find(5.5)
    twice = StructureTree({1: "VISp", 2: "visP"}, {})
    assert twice.find("visP") == 2
    with pytest.raises(ValueError, match=r"'VISp' \(1\), 'visP' \(2\)"):
        twice.find("visp")


def test_loops_are_refused_and_unknown_parents_make_roots():
    with pytest.raises(ValueError, match="among its own ancestors"):
        StructureTree({1: "a", 2: "b"}, {1: 2, 2: 1})
    assert StructureTree({1: "a"}, {1: 50}).parents == {1: None}


def test_trees_are_equal_by_content_and_pickle(tree):
    again = pickle.loads(pickle.dumps(tree))
    assert again == tree
    assert hash(again) == hash(tree)


def test_a_tree_is_a_table_of_acronyms_and_back(tree):
    table = table_of_tree(tree)
    assert table.names[385] == "VISp"
    assert table.names[1009] == "fiber tracts"
    assert tree_of_table(table).parents == tree.parents


def test_a_table_without_parents_is_no_tree(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("id,name\n1,CTX\n")
    with pytest.raises(
        ImageFileError, match=r"names\.csv.*no parents.*structures\.json"
    ):
        read_structure_tree(path)
    path.write_text("id,name,parent_structure_id\n1,CTX,\n2,VISp,1\n")
    assert read_structure_tree(path).ancestors(2) == [1]
