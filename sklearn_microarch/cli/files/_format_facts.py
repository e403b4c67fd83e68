"""Facts as lines to read: a name to the left, what it is to the right."""

from collections.abc import Iterator, Mapping
from typing import Any

_WIDTH = 24
_UNITS = ("um", "mm", "GB")


def format_facts(facts: Mapping[str, Any]) -> str:
    """Return a line for each fact that is known, and more for those that have parts."""
    return "\n".join(_lines(facts))


def label_of(key: str) -> str:
    """Return a key as words, with its unit in brackets."""
    words = key.replace("_", " ")
    for unit in _UNITS:
        if words.endswith(f" {unit}"):
            return f"{words.removesuffix(f' {unit}')} ({unit})"
    return words


def _lines(facts: Mapping[str, Any], level: int = 1) -> Iterator[str]:
    indent = 2 * level
    for key, value in facts.items():
        # Names of files and regions stay as they are; what is said of each has words.
        label = key if level == 2 else label_of(key)
        if isinstance(value, Mapping):
            if value:
                yield f"{' ' * indent}{label}"
                yield from _lines(value, level + 1)
        elif (words := _words(value)) is not None:
            yield f"{' ' * indent}{label:<{_WIDTH - indent}} {words}"


def _words(value: Any) -> str | None:  # noqa: ANN401 - any plain value
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
