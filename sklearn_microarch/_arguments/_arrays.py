"""Arguments as arrays: what is none, or holds no numbers, is named in a typed error."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import shown


def as_array(name: str, value: ArrayLike) -> NDArray:
    """Return an argument as an array, uncopied where it is one."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(
            f"{name} is masked at {np.ma.count_masked(value)} of its {value.size} "
            "values, and masks are not read; fill them or leave them out first."
        )
    try:
        return np.asarray(value)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        # Torch raises a RuntimeError for tensors that require grad.
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(f"{name}={shown(value)} cannot be made an array: {error}") from error


def as_numbers(
    name: str, value: ArrayLike, *, ndim: int = 1, finite: bool = True
) -> NDArray:
    """Return an argument as an array of real numbers with so many axes."""
    found = as_array(name, value)
    if found.ndim != ndim:
        raise ValueError(f"{name} has shape {found.shape}; it must be {ndim}-D.")
    if found.dtype == object:
        found = _numbers_of_objects(name, found)
    if found.dtype.kind not in "biuf":
        raise TypeError(f"{name} has dtype {found.dtype}; it must hold real numbers.")
    if finite and found.dtype.kind == "f" and not np.isfinite(found).all():
        n_bad = int((~np.isfinite(found)).sum())
        raise ValueError(
            f"{name} holds {n_bad} NaN or infinite values, where finite numbers are "
            "needed; replace them or leave their rows out."
        )
    return found


def _numbers_of_objects(name: str, values: NDArray) -> NDArray[np.float64]:
    """Return an array of Python objects as floats of its shape."""
    for value in values.ravel().tolist():
        if not isinstance(value, Real):
            raise TypeError(f"{name} holds {shown(value)}; it must hold real numbers.")
    try:
        return values.astype(np.float64)
    except OverflowError as error:
        raise ValueError(f"{name} holds a number too large to convert.") from error


def check_same_length(**arrays: NDArray) -> None:
    """Raise where arrays, by the name of their arguments, have unequal lengths."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"inconsistent numbers of rows: {found}; give one each.")
