"""What may be given as the pixels of an image: real numbers, none of them masked."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images._lazy_array import NativeOrder, is_lazy, refuse_masked

_READ_FIRST = "read_image"


def check_pixels(data: Any, *, name: str) -> Any:  # noqa: ANN401 - any array
    """Return an array of 2 or 3 axes, or a lazy one, in native byte order.

    Values are copied only where the byte order demands it. ``name`` is the argument
    that messages name.
    """
    if isinstance(data, str | bytes | os.PathLike):
        path = shown(os.fsdecode(data))
        raise TypeError(f"{name} is a path ({path}); read it with {_READ_FIRST} first.")
    array = data if is_lazy(data) else _as_ndarray(data, name)
    if array.dtype.kind not in "buif":
        is_text = array.dtype.kind in "SU"
        read = f" A file is read with {_READ_FIRST}." if is_text else ""
        raise TypeError(
            f"{name} has dtype {array.dtype}; an image needs a real numeric dtype, "
            f"such as uint8 or float32.{read}"
        )
    return _native(array)


def _as_ndarray(data: object, name: str) -> NDArray:
    _refuse_masked_within(data, name)
    try:
        array = np.asanyarray(data)
    # Lists of unequal length, and torch tensors that are on a GPU or require grad.
    except (TypeError, ValueError, RuntimeError) as exc:
        if hasattr(data, "detach"):
            raise TypeError(
                f"{name} is a {type(data).__name__} that is no array ({exc}). Pass "
                f"{name}.detach().cpu().numpy()."
            ) from exc
        raise type(exc)(f"{name} cannot be made an array: {exc}.") from exc
    if not isinstance(array, np.memmap):
        array = np.asarray(array)
    if 1 in array.shape and array.flags.c_contiguous:
        # Axes of length 1 keep any stride, which joblib hashes and pickling forgets.
        array = array.reshape(-1).reshape(array.shape)
    return array


def _refuse_masked_within(data: object, name: str) -> None:
    """Raise for a masked array, also as an item of a list."""
    if isinstance(data, list | tuple):
        for part in data:
            if isinstance(part, list | tuple | np.ma.MaskedArray):
                _refuse_masked_within(part, name)
    else:
        refuse_masked(data, name=name)


def _native(array: Any) -> Any:  # noqa: ANN401 - any array
    if array.dtype.isnative:
        return array
    if isinstance(array, np.ndarray) and not isinstance(array, np.memmap):
        return array.astype(array.dtype.newbyteorder("="))
    return NativeOrder(array)
