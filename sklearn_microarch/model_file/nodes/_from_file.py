"""Turn the members of a model file into a pipeline."""

import io
import json
from collections.abc import Collection, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any
from zipfile import ZipFile

from sklearn_microarch.exceptions import ModelFileError
from sklearn_microarch.model_file._problems import GET_AGAIN, as_model_error
from sklearn_microarch.model_file.container._array_member import array_problem
from sklearn_microarch.model_file.container._directory import SCHEMA
from sklearn_microarch.model_file.nodes._known_types import (
    CODE_NODES,
    KNOWN_TYPES,
    PLAIN_TYPES,
    REBUILT_BY,
    is_never_trusted,
)
from sklearn_microarch.model_file.nodes._schema_walk import Node, SchemaWalk


def from_members(
    members: Mapping[str, bytes],
    subject: str,
    skops: ModuleType,
    *,
    trusted: Collection[str] = (),
) -> Any:  # noqa: ANN401 - the caller looks at what it is
    """Return what the members of a model file hold.

    Every node and every array is looked at before the first object is made. Only
    ``trusted`` names are imported as they stand in the file. Raises ModelFileError.
    """
    for name, data in members.items():
        problem = None if name == SCHEMA else array_problem(data)
        if problem is not None:
            raise ModelFileError(f"{subject}: {name}: {problem}. {GET_AGAIN}")
    with as_model_error(f"{subject}: {SCHEMA}"):
        schema = json.loads(members[SCHEMA].decode())
        walk = _FromFile(f"{subject}: {SCHEMA}", members, trusted)
        tree = walk.copy(schema, "pipeline")
        walk.check_trust()
        tree |= {name: schema.get(name) for name in ("protocol", "_skops_version")}
    for name in sorted(walk.used & set(trusted)):
        _check_import(name, subject)
    remedy = (
        "The file may be of a newer skops or scikit-learn; install the versions that "
        "read_manifest names."
    )
    with as_model_error(f"{subject}: {SCHEMA}", remedy):
        return skops.loads(_as_skops_file(tree, members), trusted=sorted(walk.used))


class _FromFile(SchemaWalk):
    """Finds what the names of types in the file stand for."""

    def __init__(
        self, subject: str, members: Mapping[str, bytes], trusted: Collection[str]
    ) -> None:
        super().__init__(subject, GET_AGAIN)
        self._members, self._trusted = members, trusted
        self.used: set[str] = set()
        self._unknown: dict[str, str] = {}

    def member(self, name: str, place: str) -> str:
        """Return the name of a member that is there."""
        if name == SCHEMA or name not in self._members:
            self.refuse(place, f"is in {name[:80]!r}, which the file does not have")
        return name

    def check_again(self, node: Node, first: Node, place: str) -> None:
        """Refuse what is written in another way the second time."""
        if node is not first and node != first:
            number = node["__id__"]
            self.refuse(place, f"has the number {number} of another object")

    def type_name(self, loader: str, name: str, place: str) -> str:
        """Return where a type is; what is not accepted is told all at once, later."""
        if name in PLAIN_TYPES.get(loader, ()):
            found = REBUILT_BY.get(name, name)
        elif loader == "ObjectNode" and name in KNOWN_TYPES:
            found = KNOWN_TYPES[name]
        elif name.startswith("sklearn_microarch."):
            self.refuse(
                place,
                f"is a {name[:120]}, which this version of sklearn_microarch lacks",
                "Install the version that read_manifest names.",
            )
        elif loader in CODE_NODES and not is_never_trusted(name):
            found = name
            if name not in self._trusted:
                self._unknown.setdefault(name, place)
        else:
            self.refuse(
                place,
                f"names {name[:120]!r}, which is in no model that save_model wrote",
                "Do not use the file: it was made to run code, or is damaged.",
            )
        self.used.add(found)
        return found

    def check_trust(self) -> None:
        """Raise if anything is to be trusted that is not."""
        if not self._unknown:
            return
        name, place = next(iter(self._unknown.items()))
        names = tuple(sorted(self._unknown))
        self.refuse(
            place,
            f"is {name[:120]!r}, code that is not part of this library",
            "Loading would run it. If you know this code and trust it, install it and "
            f"pass trusted={names!r}.",
        )


def _check_import(name: str, subject: str) -> None:
    """Raise if a trusted name is not there."""
    module, _, attribute = name.rpartition(".")
    remedy = "Install what it is in, or put the folder it lies in on PYTHONPATH."
    with as_model_error(f"{subject}: {name} is needed and cannot be imported", remedy):
        getattr(import_module(module), attribute)


def _as_skops_file(tree: dict[str, Any], members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as zip_file:
        zip_file.writestr(SCHEMA, json.dumps(tree))
        for name, data in members.items():
            if name != SCHEMA:
                zip_file.writestr(name, data)
    return buffer.getvalue()
