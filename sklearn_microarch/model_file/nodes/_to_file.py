"""Turn a pipeline into the members of a model file."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NoReturn
from zipfile import ZipFile

from sklearn.base import BaseEstimator

from sklearn_microarch.exceptions import ModelFileError
from sklearn_microarch.model_file.container._directory import SCHEMA, array_name
from sklearn_microarch.model_file.nodes._known_types import (
    CODE_NODES,
    PLAIN_TYPES,
    SHORT_NAMES,
    is_never_trusted,
)
from sklearn_microarch.model_file.nodes._schema_walk import Node, SchemaWalk

_OUTSIDE = ("protocol", "_skops_version")
_NOT_KEPT = (
    "The model file holds no code; keep the pipeline with joblib, for yourself and "
    "for those who trust you."
)
# By the end of a place: parameters that are refused, and what to give instead.
_REMEDIES = {
    ".tissue": (
        'A function is code. Give the sampler tissue="auto" or a mask, and fit the '
        "pipeline again."
    ),
    ".validation[0]": (
        "Slices are not kept in a model. Take them out before saving, which changes "
        "nothing that was learned: pipe.set_params(features__validation=None)."
    ),
    ".module": (
        "Give a class or function that stands in a file that can be imported, and its "
        "further arguments as module_params; then fit the pipeline again."
    ),
}
_NO_CODE_HERE = (".tissue", ".validation[0]")


@dataclass(frozen=True)
class Members:
    """The members of a model file, and what of them is not of this library."""

    data: dict[str, bytes]
    # Dotted names of classes and functions of the user's own, sorted.
    needs_trust: list[str]


def to_members(pipeline: BaseEstimator, path: Path, skops: ModuleType) -> Members:
    """Return the members that hold a pipeline.

    Raises ModelFileError where a part of it is code, or cannot be kept.
    """
    subject = f"{path} was not written"
    try:
        dumped = skops.dumps(pipeline)
    # What skops calls to look at an object is the object's own code.
    except Exception as error:
        raise ModelFileError(
            f"{subject}: a part of the pipeline cannot be kept ({error}). {_NOT_KEPT}"
        ) from error
    with ZipFile(io.BytesIO(dumped)) as zip_file:
        schema = json.loads(zip_file.read(SCHEMA))
        walk = _ToFile(subject, zip_file)
        tree = walk.copy(schema, "pipeline")
        outside = {name: schema[name] for name in _OUTSIDE}
        data = {SCHEMA: json.dumps(tree | outside, separators=(",", ":")).encode()}
    data |= {name: array for array, name in walk.arrays.items()}
    return Members(data, sorted(walk.needs_trust))


class _ToFile(SchemaWalk):
    """Gives types the names they have in the file, and arrays numbers."""

    def __init__(self, subject: str, zip_file: ZipFile) -> None:
        super().__init__(subject, _NOT_KEPT)
        self._zip_file = zip_file
        # By what is in them: equal arrays are kept once.
        self.arrays: dict[bytes, str] = {}
        self.needs_trust: set[str] = set()

    def refuse(self, place: str, problem: str, remedy: str | None = None) -> NoReturn:
        """Raise for one place in the pipeline, with the remedy for that parameter."""
        known = (text for end, text in _REMEDIES.items() if place.endswith(end))
        super().refuse(place, problem, remedy or next(known, None))

    def member(self, name: str, place: str) -> str:  # noqa: ARG002 - a file has one
        """Return the number of an array, in the order of the pipeline."""
        array = self._zip_file.read(name)
        return self.arrays.setdefault(array, array_name(len(self.arrays)))

    def check_again(self, node: Node, first: Node, place: str) -> None:
        """Find nothing: in memory, one number is one object."""

    def type_name(self, loader: str, name: str, place: str) -> str:
        """Return the name in the file; remember what a reader has to trust."""
        if name == "numpy.memmap":
            name = "numpy.ndarray"
        if name in PLAIN_TYPES.get(loader, ()):
            return name
        if loader == "ObjectNode" and name in SHORT_NAMES:
            return SHORT_NAMES[name]
        if place.endswith(_NO_CODE_HERE):
            self.refuse(place, f"is a {name}")
        own = name.startswith("sklearn_microarch.")
        if own or loader not in CODE_NODES or is_never_trusted(name) or "<" in name:
            self.refuse(place, f"is a {name}, which no model file holds")
        self.needs_trust.add(name)
        return name
