"""Structure trees in JSON: Allen's, nested, and BrainGlobe's, a list with paths."""

from collections.abc import Iterator, Mapping
from typing import Any

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.annotation.tables._label_table import (
    Color,
    LabelTable,
    TableRow,
    make_table,
    parse_id,
)
from sklearn_microarch.annotation.tables._table_colors import (
    color_of_hex,
    color_of_levels,
)


def json_table(content: object, *, source: str) -> LabelTable:
    """Return the table of decoded JSON; ValueError if it is of no known layout."""
    nodes = content
    if isinstance(content, Mapping):
        nodes = content.get("msg", [content])
        if content and all(str(key).isdigit() for key in content):
            nodes = [{"id": key, **_named(value)} for key, value in content.items()]
    if not isinstance(nodes, list) or not nodes or not all(map(_is_node, nodes)):
        raise ValueError(
            "it is JSON, but no list or tree of structures, each with 'id' and "
            f"'name'; it begins with {shown(content)}"
        )
    has_tree = any(
        key in node
        for node in nodes
        for key in ("children", "parent_structure_id", "structure_id_path")
    )
    return make_table(_rows(nodes), source=source, has_tree=has_tree)


def _is_node(node: object) -> bool:
    return isinstance(node, Mapping) and "id" in node and bool(_name(node))


def _named(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"name": value}


def _name(node: Mapping[str, Any]) -> str:
    for key in ("name", "safe_name", "acronym"):
        if isinstance(node.get(key), str) and node[key].strip():
            return str(node[key]).strip()
    return ""


def _rows(nodes: list[Any]) -> Iterator[TableRow]:
    # In the order of the file; a stack, because files may nest beyond Python's limit.
    stack: list[tuple[Any, int | None]] = [(node, None) for node in reversed(nodes)]
    while stack:
        node, above = stack.pop()
        if not _is_node(node):
            raise ValueError(f"{shown(node)} is no structure with 'id' and 'name'")
        where = f"the structure {_name(node)!r}"
        id_ = parse_id(node["id"], where)
        parent = above if above is not None else _parent(node, where)
        acronym = node.get("acronym")
        acronym = acronym.strip() if isinstance(acronym, str) else ""
        yield TableRow(id_, _name(node), _color(node), acronym, parent, where)
        children = node.get("children") or []
        if not isinstance(children, list):
            raise ValueError(f"{where} has 'children' that are no list")
        stack.extend((child, id_) for child in reversed(children))


def _parent(node: Mapping[str, Any], where: str) -> int | None:
    given = node.get("parent_structure_id")
    if given is not None:
        return parse_id(given, where)
    path = node.get("structure_id_path") or []
    if isinstance(path, str):
        path = [part for part in path.split("/") if part]
    return parse_id(path[-2], where) if len(path) > 1 else None


def _color(node: Mapping[str, Any]) -> Color | None:
    for key in ("rgb_triplet", "color_hex_triplet", "color"):
        value = node.get(key)
        if isinstance(value, list):
            return color_of_levels(value)
        if isinstance(value, str):
            return color_of_hex(value)
    return None
