"""What a user tells of a model, as plain values that any JSON reader takes."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np

from sklearn_microarch._arguments._numbers import shown

# JSON is read again by a parser that calls itself for each level.
_DEEPEST = 50


def plain_facts(facts: object) -> dict[str, Any]:
    """Return facts as JSON holds them; TypeError names the place of one it cannot.

    Tuples become lists, NumPy's numbers Python's, and numbers that are not finite
    None, as JSON has none.
    """
    if facts is None:
        return {}
    if not isinstance(facts, Mapping):
        raise TypeError(f"facts={shown(facts)} must be a dict, or None.")
    found: dict[str, Any] = _plain(facts, "facts", 0)
    return found


def _plain(value: object, place: str, depth: int) -> Any:  # noqa: ANN401 - plain JSON
    if depth > _DEEPEST:
        raise ValueError(f"{place[:80]}... is more than {_DEEPEST} levels deep.")
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, list | tuple):
        return [
            _plain(item, f"{place}[{at}]", depth + 1) for at, item in enumerate(value)
        ]
    if isinstance(value, Mapping):
        return {
            _key(key, place): _plain(item, f"{place}[{key!r}]", depth + 1)
            for key, item in value.items()
        }
    raise TypeError(
        f"{place}={shown(value)} is a {type(value).__name__}, which JSON does not "
        "hold; give text, a number, True, False, None, or a list or dict of them."
    )


def _key(key: object, place: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{place} has the key {shown(key)}; keys must be text.")
    return key
