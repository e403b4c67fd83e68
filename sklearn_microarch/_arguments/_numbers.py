"""Checks of single arguments: numbers, switches, choices, names, paths and seeds."""

import os
import reprlib
from collections.abc import Iterable
from math import inf, isfinite
from numbers import Integral, Real
from pathlib import Path

import numpy as np
from numpy.random import RandomState
from sklearn.utils import check_random_state

# What arrays and loops can count; more would begin and hang, or overflow.
LARGEST_COUNT = 2**31 - 1


def check_integer(
    name: str,
    value: object,
    *,
    minimum: int,
    maximum: int = LARGEST_COUNT,
    unit: str = "",
) -> int:
    """Return an int from ``minimum`` to ``maximum``; ``unit`` is for the message."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        counted = f" of {unit}" if unit else ""
        raise TypeError(f"{name}={shown(value)} must be an integer{counted}.")
    number = int(value)
    tail = f" {unit}" if unit else ""
    if number < minimum:
        raise ValueError(f"{name}={shown(value)} must be at least {minimum}{tail}.")
    if number > maximum:
        raise ValueError(f"{name}={shown(value)} must be at most {maximum}{tail}.")
    return number


def check_number(
    name: str, value: object, *, low: float = 0.0, high: float = inf, unit: str = ""
) -> float:
    """Return a finite float from ``low`` to ``high``; ``unit`` is for the message."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        counted = f" of {unit}" if unit else ""
        raise TypeError(f"{name}={shown(value)} must be a number{counted}.")
    try:
        number = float(value)
    except OverflowError:
        number = inf
    if not isfinite(number) or not low <= number <= high:
        limits = f"be finite and at least {low:g}"
        if high < inf:
            limits = f"lie between {low:g} and {high:g}"
        tail = f" {unit}" if unit else ""
        raise ValueError(f"{name}={shown(value)} must {limits}{tail}.")
    return number


def check_switch(name: str, value: object) -> bool:
    """Return a bool."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name}={shown(value)} must be True or False.")
    return bool(value)


def check_option(name: str, value: object, options: Iterable[str]) -> str:
    """Return one of the options."""
    options = list(options)
    if not isinstance(value, str) or value not in options:
        raise ValueError(
            f"{name}={shown(value)} must be one of {', '.join(map(repr, options))}."
        )
    return value


def check_strings(name: str, value: object) -> list[str]:
    """Return strings as a list."""
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    found = list(value) if several else [None]  # type: ignore[call-overload]
    if not all(isinstance(text, str) for text in found):
        raise TypeError(f"{name}={shown(value)} must be a sequence of strings.")
    return [str(text) for text in found]


def check_path(name: str, value: object) -> Path:
    """Return a path, whether or not something is there."""
    if not isinstance(value, str | os.PathLike):
        raise TypeError(f"{name}={shown(value)} must be a string or a pathlib.Path.")
    if "\0" in os.fsdecode(value):
        raise ValueError(f"{name}={shown(value)} holds a null character.")
    if not os.fsdecode(value):
        # It would stand for the folder that one happens to be in.
        raise ValueError(f"{name}='' is empty; name a file or a folder.")
    return Path(os.fsdecode(value))


def check_seed(name: str, value: object) -> RandomState:
    """Return the generator that an int, a RandomState or None stands for."""
    try:
        return check_random_state(value)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{name}={shown(value)} must be None, an integer from 0 to 2**32 - 1, or "
            "a RandomState."
        ) from error


def shown(value: object) -> str:
    """Return a value as a message shows it, on one line and short."""
    try:
        text = " ".join(reprlib.repr(value).split())
    # Python refuses to print integers of thousands of digits.
    except ValueError:
        return f"<{type(value).__name__} too long to print>"
    return text if len(text) <= 80 else f"{text[:77]}..."
