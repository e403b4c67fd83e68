"""Checks of single arguments: whole numbers, numbers, switches and choices."""

import reprlib
from collections.abc import Iterable
from math import inf, isfinite
from numbers import Integral, Real

import numpy as np

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


def shown(value: object) -> str:
    """Return a value as a message shows it, on one line and short."""
    try:
        text = " ".join(reprlib.repr(value).split())
    # Python refuses to print integers of thousands of digits.
    except ValueError:
        return f"<{type(value).__name__} too long to print>"
    return text if len(text) <= 80 else f"{text[:77]}..."
