"""Checks of arguments that hold several things, or that are called."""

from collections.abc import Callable, Iterable, Mapping
from numbers import Integral
from typing import Any

from sklearn_microarch._arguments._numbers import shown


def check_mapping(name: str, value: object) -> dict[Any, Any]:
    """Return a mapping as a dict of its own; None stands for an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"{name}={shown(value)} must be a mapping, such as a dict.")
    return dict(value)


def check_several(name: str, value: object) -> list[Any]:
    """Return what a sequence or another iterable holds; a text is none."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"{name}={shown(value)} must be a sequence, such as a list.")
    try:
        return list(value)
    # Arrays of no axes, and whatever breaks off.
    except TypeError as error:
        raise TypeError(f"{name}={shown(value)} must be a sequence: {error}") from error


def check_call(name: str, value: object) -> Callable[..., Any] | None:
    """Return what can be called, or None."""
    if value is not None and not callable(value):
        raise TypeError(f"{name}={shown(value)} must be a function, or None.")
    return value


def check_ks(ks: Iterable[int], *, name: str = "ks") -> list[int]:
    """Return numbers of components or clusters, ascending."""
    try:
        numbers = list(ks)
    except TypeError as error:
        raise TypeError(
            f"{name}={shown(ks)} must be a sequence of integers; for a single number "
            "pass a list of it."
        ) from error
    if not all(isinstance(k, Integral) and not isinstance(k, bool) for k in numbers):
        raise TypeError(f"{name}={shown(ks)} must hold integers only.")
    if not numbers or len(set(numbers)) < len(numbers):
        raise ValueError(
            f"{name}={shown(ks)} must hold at least one number, and each once."
        )
    return sorted(map(int, numbers))
