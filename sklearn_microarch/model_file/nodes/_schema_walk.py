"""Rebuild a tree of nodes, as skops writes it, from nothing but what is understood."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NoReturn

from sklearn_microarch.exceptions import ModelFileError

Node = dict[str, Any]
_VALUES = ("DTypeNode", "JsonNode", "TypeNode")
_SCALARS = (str, int, float, bool, type(None))


class SchemaWalk(ABC):
    """Copies a tree of nodes; each kind of node is copied by a rule of its own.

    A node that no rule knows, or of a type that is not accepted, is refused. Names of
    types and members are translated on the way.
    """

    def __init__(self, subject: str, remedy: str) -> None:
        self.subject, self.remedy = subject, remedy
        # By the number of an object: as it was read first, and as it was copied.
        self._seen: dict[int, tuple[Node, Node]] = {}
        self._numbers: dict[tuple[object, ...], int] = {}

    @abstractmethod
    def type_name(self, loader: str, name: str, place: str) -> str:
        """Return the translated name of an accepted type; refuse another."""

    @abstractmethod
    def member(self, name: str, place: str) -> str:
        """Return the translated name of an array's member."""

    @abstractmethod
    def check_again(self, node: Node, first: Node, place: str) -> None:
        """Refuse an object that is not what had its number first."""

    def refuse(self, place: str, problem: str, remedy: str | None = None) -> NoReturn:
        """Raise for one place in the tree."""
        raise ModelFileError(
            f"{self.subject}: {place} {problem}. {remedy or self.remedy}"
        )

    def copy(self, node: Node, place: str) -> Node:
        """Return a node and all below it, translated."""
        if not isinstance(node, dict):
            self.refuse(place, "is no object")
        identity = node.get("__id__")
        if type(identity) is not int or identity <= 0:
            self.refuse(place, f"has no number ({str(identity)[:40]})")
        if identity not in self._seen:
            copied = self.copy_value(node, place)
            copied["__id__"] = self._number(copied, identity)
            # It is also there already where it is a part of itself.
            if self._seen.setdefault(identity, (node, copied))[0] is not node:
                self.refuse(place, f"holds itself, number {identity}")
        first, copied = self._seen[identity]
        self.check_again(node, first, place)
        return copied

    def copy_value(self, node: Node, place: str) -> Node:
        """Return a node without number, as what is no object of its own."""
        name, loader = type_of(node), node.get("__loader__")
        if not isinstance(loader, str) or loader not in _RULES:
            kind = str(loader)[:40]
            self.refuse(place, f"is a {name[:80]} ({kind}), which no model file holds")
        module, _, kind = self.type_name(loader, name, place).rpartition(".")
        copied = {"__loader__": loader, "__module__": module, "__class__": kind}
        return copied | _RULES[loader](self, node, place)

    def _number(self, copied: Node, identity: int) -> int:
        """Return a number that does not depend on where Python keeps an object."""
        key: tuple[object, ...] = (identity,)
        if copied["__loader__"] in _VALUES:
            # Whether equal values are one object is chance.
            key = (json.dumps(copied),)
        return self._numbers.setdefault(key, len(self._numbers) + 1)


def type_of(node: Node) -> str:
    """Return the dotted name of a node's type."""
    return f"{node.get('__module__')}.{node.get('__class__')}"


def _copy_list(walk: SchemaWalk, node: Node, place: str) -> Node:
    items = node.get("content")
    if not isinstance(items, list | tuple):
        walk.refuse(place, "has no items")
    return {"content": [walk.copy(v, f"{place}[{i}]") for i, v in enumerate(items)]}


def _copy_dict(walk: SchemaWalk, node: Node, place: str) -> Node:
    items, types = node.get("content"), node.get("key_types")
    if not isinstance(items, dict) or not isinstance(types, dict):
        walk.refuse(place, "has no items")
    copied = walk.copy(types, f"the keys of {place}")
    kinds = copied["content"] if copied["__loader__"] == "ListNode" else None
    if kinds is None or any(kind["__loader__"] != "TypeNode" for kind in kinds):
        walk.refuse(place, "has keys of no type")
    if len(kinds) != len(items):
        walk.refuse(place, f"has {len(items)} items and {len(kinds)} keys")
    content = {key: walk.copy(v, f"{place}.{key}") for key, v in items.items()}
    return {"key_types": copied, "content": content}


def _copy_scalar(walk: SchemaWalk, node: Node, place: str) -> Node:
    text = node.get("content")
    if not isinstance(text, str) or type(json.loads(text)) not in _SCALARS:
        walk.refuse(place, "is neither text, a number, True, False nor None")
    return {"content": text, "is_json": True}


def _copy_array(walk: SchemaWalk, node: Node, place: str) -> Node:
    if node.get("type") == "numpy" and isinstance(node.get("file"), str):
        return {"type": "numpy", "file": walk.member(node["file"], place)}
    # Of Python objects: each of them is a node.
    if node.get("type") == "json" and isinstance(node.get("shape"), dict):
        shape = walk.copy(node["shape"], f"the shape of {place}")
        return {"type": "json", "shape": shape} | _copy_list(walk, node, place)
    walk.refuse(place, "is an array without values")


def _copy_dtype(walk: SchemaWalk, node: Node, place: str) -> Node:
    """Copy a dtype, which is that of an empty array."""
    array = node.get("content")
    if not isinstance(array, dict) or array.get("__loader__") != "NdArrayNode":
        walk.refuse(place, "is a dtype of nothing")
    return {"content": walk.copy_value(array, place)}


def _copy_content(walk: SchemaWalk, node: Node, place: str) -> Node:
    return {"content": walk.copy(node.get("content"), place)}  # type: ignore[arg-type]


def _copy_object(walk: SchemaWalk, node: Node, place: str) -> Node:
    """Copy an estimator or a part of one, which its attributes make up."""
    if node.get("content") is None:
        return {}
    attributes = walk.copy(node["content"], place)
    # Of pairs in a list, too, an object would make attributes.
    if attributes["__loader__"] != "DictNode":
        walk.refuse(place, "has no attributes by name")
    memory = attributes["content"].get("memory")
    if memory is not None and memory.get("content") != "null":
        walk.refuse(
            f"{place}.memory",
            "names a folder of pickles, which are read when the model is used",
            "Take it out before saving: pipe.set_params(memory=None, "
            "features__memory=None).",
        )
    return {"content": attributes}


def _copy_name(walk: SchemaWalk, node: Node, place: str) -> Node:  # noqa: ARG001
    """Copy what is nothing but the name of a type or a function."""
    return {}


_RULES: dict[str, Callable[[SchemaWalk, Node, str], Node]] = {
    "DictNode": _copy_dict,
    "DTypeNode": _copy_dtype,
    "FunctionNode": _copy_name,
    "JsonNode": _copy_scalar,
    "ListNode": _copy_list,
    "NdArrayNode": _copy_array,
    "ObjectNode": _copy_object,
    "RandomStateNode": _copy_content,
    "SetNode": _copy_list,
    "TupleNode": _copy_list,
    "TypeNode": _copy_name,
}
