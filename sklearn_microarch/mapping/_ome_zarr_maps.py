"""Open maps that were written to OME-Zarr."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklearn_microarch.exceptions import ImageFileError
from sklearn_microarch.images import (
    read_ome_zarr,
    read_ome_zarr_labels,
    read_ome_zarr_provenance,
)
from sklearn_microarch.mapping._maps import MicroarchMaps

SLICE, REGIONS, CLUSTERS = "slice", "regions", "clusters"


class StoredMap:
    """A map on disk that is read as an array in memory would be.

    Parameters
    ----------
    array : array of shape (height, width) or (n_channels, height, width)
        On disk.
    several : bool
        Whether the map has an axis of channels, its last one.
    shift : int
        Added to the values read.

    Attributes
    ----------
    shape : tuple of int
        (height, width) or (height, width, n_channels).
    dtype : dtype
    """

    def __init__(self, array: Any, *, several: bool, shift: int = 0) -> None:  # noqa: ANN401
        self._array, self._shift = array, shift
        height, width = array.shape[-2:]
        n_channels = array.shape[0] if array.ndim == 3 else 1
        self.shape = (height, width, n_channels) if several else (height, width)
        self.dtype = np.dtype(np.int64) if shift else np.dtype(array.dtype)

    @property
    def ndim(self) -> int:
        """2 or 3."""
        return len(self.shape)

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - as numpy
        rows, cols, *rest = _three_axes(key)
        plain = all(isinstance(part, int | np.integer | slice) for part in (rows, cols))
        if not plain:
            return np.asarray(self)[key]
        first, second = _as_slice(rows), _as_slice(cols)
        part = np.asarray(self._array[..., first, second])
        laid = self._channels_last(part)
        places = [
            0 if isinstance(at, int | np.integer) else slice(None)
            for at in (rows, cols)
        ]
        return laid[(*places, *rest)] if self.ndim == 3 else laid[tuple(places)]

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        del copy
        whole = self._channels_last(np.asarray(self._array[...]))
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def _channels_last(self, part: NDArray) -> NDArray:
        if self._shift:
            part = part.astype(self.dtype) + self._shift
        if self.ndim == 2:
            return part
        return np.moveaxis(part if part.ndim == 3 else part[None], 0, -1)


def open_maps(path: str | Path) -> MicroarchMaps:
    """Open maps that `map_slice` wrote to OME-Zarr, without loading them.

    Parameters
    ----------
    path : path-like
        Folder of the image.

    Returns
    -------
    maps : MicroarchMaps
        One pixel per value. Maps are read when they are indexed, and as a whole
        by ``numpy.asarray``.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ImageFileError
        If it was not written by `map_slice`, or is damaged.
    """
    path = Path(path)
    record = read_ome_zarr_provenance(path)
    if not {"factors", "regions", "settings"} <= set(record):
        raise ImageFileError(
            f"{path} does not say that map_slice wrote it (attribute "
            "'sklearn_microarch'); open it as an image with read_ome_zarr."
        )
    factors, regions = record["factors"], record["regions"]
    about = record["image"]
    main = "" if not factors and not regions else SLICE
    image = read_ome_zarr(path / main, name=about["name"], specimen=about["specimen"])
    maps = MicroarchMaps(image=image, factor_names=factors, region_names=regions)
    changes: dict[str, Any] = {}
    if factors:
        changes["factors"] = StoredMap(read_ome_zarr(path).data, several=True)
    if regions:
        where = path / REGIONS if factors else path
        data = read_ome_zarr(where).data
        changes["region_probabilities"] = StoredMap(data, several=True)
    if (path / "labels" / CLUSTERS).is_dir():
        labels, _ = read_ome_zarr_labels(path, CLUSTERS)
        changes["clusters"] = StoredMap(labels.data, several=False, shift=-1)
    return maps.replace(**changes)


def _three_axes(key: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any numpy index
    """Spell out an index for rows, columns and channels."""
    parts = list(key) if isinstance(key, tuple) else [key]
    if any(part is Ellipsis for part in parts):
        at = next(i for i, part in enumerate(parts) if part is Ellipsis)
        parts[at : at + 1] = [slice(None)] * (4 - len(parts))
    return tuple(parts + [slice(None)] * (2 - len(parts)))


def _as_slice(at: int | slice) -> slice:
    if isinstance(at, slice):
        return at
    return slice(at, None if at == -1 else at + 1)
