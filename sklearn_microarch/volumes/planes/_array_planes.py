"""Planes of an array of three axes."""

from typing import Any

import numpy as np

from sklearn_microarch.images import SliceImage

AXES = ("z", "y", "x")


class ArrayPlanes:
    """Planes of an array (z, y, x), whose pixels have no stated size.

    A zarr or dask array is read where its planes are needed.
    """

    distance_um: float | None = None

    def __init__(self, array: Any, axis: str) -> None:  # noqa: ANN401 - any array
        shape = getattr(array, "shape", None)
        if shape is None or len(shape) != 3:
            raise ValueError(
                f"volume is an array of shape {shape}; it must have three axes, "
                "(z, y, x). Of several channels, write an OME-Zarr image (c, z, y, x)."
            )
        if shape[2] <= 4 < shape[0]:
            raise ValueError(
                f"volume has shape {tuple(shape)}, which looks like one picture with "
                "channels last, or like axes in another order; it must be (z, y, x): "
                "numpy.moveaxis or .transpose brings them in order."
            )
        if np.dtype(array.dtype).kind not in "buif":
            raise TypeError(
                f"volume has the dtype {array.dtype}; grey levels are real numbers."
            )
        self._array, self._axis = array, AXES.index(axis)

    @property
    def n_planes(self) -> int:
        """Length of the axis."""
        return int(self._array.shape[self._axis])

    @property
    def is_loaded(self) -> bool:
        """True of what is neither of zarr nor of dask."""
        library = type(self._array).__module__.partition(".")[0]
        return library not in ("zarr", "dask")

    def plane(self, at: int) -> SliceImage:
        """Return a plane, loaded."""
        part = self._array[(*(slice(None),) * self._axis, at)]
        if hasattr(part, "compute"):
            # Within a worker, whose other threads may wait for this one.
            part = part.compute(scheduler="synchronous")
        return SliceImage(np.ascontiguousarray(part))

    def describe(self) -> str:
        """Return the kind of array and its shape."""
        shape = " x ".join(str(length) for length in self._array.shape)
        return f"{type(self._array).__module__.partition('.')[0]} array {shape}"
