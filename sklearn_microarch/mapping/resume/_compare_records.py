"""Tell in words how one record of a mapping differs from another."""

import json
from collections.abc import Mapping
from typing import Any

# What decides each value of the maps.
_DECIDES = ("model", "versions", "settings", "image")
# What a slice is called by, which may be filled in after it was mapped.
_LABELS = ("specimen", "group", "side", "z_um", "details")
_WORDS = {
    "model.fingerprint": "the model",
    "image.fingerprint": "the slice's pixels",
    "settings.mask": "the mask",
    "settings.cell_size": "the stride",
    "settings.threads": "the number of threads",
    "n_rows": "the number of values",
    "watched": "the rows that the slice is judged by",
}


def task_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a record that is known before anything is computed."""
    found: dict[str, Any] = json.loads(
        json.dumps({name: record.get(name) for name in _DECIDES})
    )
    if isinstance(found["image"], dict):
        for label in _LABELS:
            found["image"].pop(label, None)
    return found


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return what differs, in words; nested mappings are looked into."""
    return [
        _in_words(name, one, other) for name, one, other in _pairs("", wanted, found)
    ]


def _pairs(
    start: str,
    wanted: Any,  # noqa: ANN401 - any JSON value
    found: Any,  # noqa: ANN401
) -> list[tuple[str, Any, Any]]:
    if wanted == found:
        return []
    if not (isinstance(wanted, Mapping) and isinstance(found, Mapping)):
        return [(start, wanted, found)]
    keys = {**wanted, **found}
    return [
        pair
        for key in keys
        for pair in _pairs(
            f"{start}.{key}".lstrip("."), wanted.get(key), found.get(key)
        )
    ]


def _in_words(name: str, wanted: object, found: object) -> str:
    words = _WORDS.get(name, name.replace("settings.", "").replace("versions.", ""))
    # Fingerprints say nothing to anybody.
    if name.endswith("fingerprint") or name == "settings.mask":
        return words
    return f"{words} ({_short(found)} there, {_short(wanted)} now)"


def _short(value: object) -> str:
    text = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."
