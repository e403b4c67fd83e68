"""Patches as a view: slices, a list of centres, and nothing copied until asked for."""

from collections.abc import Iterator, Mapping, Sequence
from types import EllipsisType
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from sklearn_microarch._arguments._arrays import as_array
from sklearn_microarch._arguments._numbers import check_integer
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.exceptions import PatchesTooLargeError
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._slice_image import USUAL
from sklearn_microarch.images.lazy._block_cache import cuttable
from sklearn_microarch.sampling._check_patches import (
    check_border,
    check_images,
    check_patch_size,
    check_positions,
)
from sklearn_microarch.sampling._gather import gather_patches, read_region
from sklearn_microarch.sampling._lay_out import lay_out
from sklearn_microarch.sampling._resample import ResampledSlice
from sklearn_microarch.sampling.regions._slice_regions import place_regions

MAX_ARRAY_BYTES = 2 * 2**30


class Patches:
    """Square patches of slices, held as the slices and a list of centres.

    Usable wherever an array of shape ``(n, size, size)`` (or
    ``(n, n_channels, size, size)``) is, with equal results, at the memory of
    the slices. ``patches[5]`` is an array; slices, masks and index arrays give
    `Patches` again, so that scikit-learn can split and search over them.

    Parameters
    ----------
    images : SliceImage, 2-D array, or sequence of them
        The slices, all of one dtype and with the same number of channels.
    positions : array-like of shape (n, 3) or (n, 2), dtype int
        Image index, row and column of each centre; the image index may be left
        out when there is one image.
    patch_size : int, unit: pixels
        Edge length. A patch at ``(row, col)`` covers rows
        ``[row - patch_size // 2, row - patch_size // 2 + patch_size)`` and the
        columns likewise.
    border : {"drop", "constant", "reflect"}, default="drop"
        What lies beyond a slice's border: nothing (patches that reach over it
        are an error), zeros, or the slice mirrored.

    Attributes
    ----------
    images : tuple of SliceImage
    positions : ndarray of shape (n, 3), dtype int32
        Read-only.
    patch_size : int
    border : str

    Raises
    ------
    TypeError
        If ``positions`` or ``patch_size`` are not integers, or images differ in dtype.
    ValueError
        If a centre lies outside its image, if an image is smaller than a
        patch, or if a patch reaches over the border with ``border="drop"``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> image = np.arange(48).reshape(6, 8)
    >>> patches = Patches(image, [[2, 3], [3, 5]], patch_size=2)
    >>> patches.shape
    (2, 2, 2)
    >>> patches[0]
    array([[10, 11],
           [18, 19]])
    >>> patches[[1]]
    Patches(n=1, patch_size=2, border='drop', 1 image of int64)
    """

    def __init__(
        self,
        images: SliceImage | ArrayLike | Sequence[SliceImage | ArrayLike],
        positions: ArrayLike,
        patch_size: int,
        *,
        border: str = "drop",
    ) -> None:
        self.images = check_images(images)
        self.patch_size = check_patch_size(patch_size)
        self.border = check_border(border)
        self.positions = check_positions(
            positions, self.images, self.patch_size, border
        )
        self.positions.flags.writeable = False

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, size, size)``, or ``(n, n_channels, size, size)``."""
        channels = self.images[0].data.shape[:-2]
        return (len(self.positions), *channels, self.patch_size, self.patch_size)

    @property
    def ndim(self) -> int:
        """3, or 4 with channels."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype:
        """Type of the grey levels, the same in every image, in native byte order."""
        return self.images[0].dtype

    @property
    def used_images(self) -> tuple[SliceImage, ...]:
        """The images some patch refers to."""
        return tuple(self.images[index] for index in np.unique(self.positions[:, 0]))

    @property
    def groups(self) -> NDArray:
        """Specimen of each patch, or its image index where no specimen is known."""
        specimens = [image.specimen for image in self.images]
        if all(specimen is None for specimen in specimens):
            return self.positions[:, 0].astype(np.int64)
        names = [
            f"image {index}" if specimen is None else specimen
            for index, specimen in enumerate(specimens)
        ]
        return np.array(names)[self.positions[:, 0]]

    def __len__(self) -> int:
        return len(self.positions)

    def __iter__(self) -> Iterator[NDArray]:
        return (self._one(row) for row in range(len(self)))

    @overload
    def __getitem__(self, key: int | np.integer) -> NDArray: ...

    # An array is taken for one of rows, as it nearly always is.
    @overload
    def __getitem__(
        self, key: slice | list[int] | list[bool] | NDArray[np.integer | np.bool_]
    ) -> "Patches": ...

    @overload
    def __getitem__(
        self, key: tuple[Any, ...] | EllipsisType
    ) -> "Patches | NDArray": ...

    def __getitem__(self, key: Any) -> "Patches | NDArray":
        if _is_beyond_rows(key):
            return np.asarray(self)[key]
        rows, rest = _split_key(key)
        if isinstance(rows, int | np.integer):
            return self._one(int(rows))[rest] if rest else self._one(int(rows))
        taken = self.take(rows)
        return np.asarray(taken)[(slice(None), *rest)] if rest else taken

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        if copy is False:
            raise ValueError("Patches hold no array, so copy=False cannot be met.")
        itemsize = max(self.dtype.itemsize, np.dtype(dtype or self.dtype).itemsize)
        n_bytes = int(np.prod(self.shape, dtype=object)) * itemsize
        if n_bytes > MAX_ARRAY_BYTES:
            raise PatchesTooLargeError(
                f"{self!r} as an array of shape {self.shape} would take "
                f"{n_bytes / 1e9:.1f} GB, above the limit of "
                f"{MAX_ARRAY_BYTES / 1e9:.1f} GB. Pass the Patches themselves (the "
                "estimators of this library read them batch by batch), or take "
                "fewer rows, for example patches[:1000]."
            )
        gathered = self.gather(np.arange(len(self)))
        return gathered if dtype is None else gathered.astype(dtype, copy=False)

    def take(self, rows: Any) -> "Patches":  # noqa: ANN401 - any numpy index
        """Return some of the patches, as Patches of the same images.

        Parameters
        ----------
        rows : slice, mask of shape (n,), dtype bool, or array-like of int
            Which patches, as in numpy.

        Returns
        -------
        patches : Patches
            In the order of ``rows``. No pixel is copied.

        Raises
        ------
        IndexError
            If ``rows`` does not pick along one axis, or is out of range.
        TypeError, ValueError
            If ``rows`` is no array, nor can be made one.

        Examples
        --------
        >>> image = np.arange(48).reshape(6, 8)
        >>> patches = Patches(image, [[2, 3], [3, 5], [4, 4]], patch_size=2)
        >>> patches.take([2, 0]).positions.tolist()
        [[0, 4, 4], [0, 2, 3]]
        """
        if isinstance(rows, list) and not rows:
            rows = np.empty(0, dtype=np.intp)
        if not isinstance(rows, slice):
            rows = as_array("rows", rows)
        try:
            positions = self.positions[rows]
        except (IndexError, TypeError) as error:
            raise type(error)(f"rows: {error}") from error
        if positions.ndim != 2:
            raise IndexError(
                f"rows picks an array of shape {positions.shape[:-1]}; an index into "
                "Patches must be 1-D."
            )
        # Rows of checked positions need no second check.
        taken = object.__new__(type(self))
        taken.images, taken.patch_size = self.images, self.patch_size
        taken.border, taken.positions = self.border, np.ascontiguousarray(positions)
        taken.positions.flags.writeable = False
        return taken

    def gather(self, rows: NDArray[np.integer]) -> NDArray:
        """Copy some patches into an array.

        Parameters
        ----------
        rows : ndarray of shape (m,), dtype int
            Which patches, by row.

        Returns
        -------
        patches : ndarray of shape (m, size, size) or (m, n_channels, size, size)
            In the order of ``rows``, of the images' dtype.
        """
        chosen = self.take(rows).positions
        out = np.empty((len(chosen), *self.shape[1:]), dtype=self.dtype)
        for index in np.unique(chosen[:, 0]):
            here = chosen[:, 0] == index
            out[here] = gather_patches(
                cuttable(self.images[index]),
                chosen[here, 1],
                chosen[here, 2],
                self.patch_size,
                self.border,
            )
        return out

    def to_map(self, values: ArrayLike) -> "NDArray | list[NDArray]":
        """Lay one value (or row of values) per patch back at its centre.

        Parameters
        ----------
        values : array-like of shape (n,) or (n, k)
            One row per patch: floats, integers, booleans or strings.

        Returns
        -------
        maps : ndarray of shape (height, width) or (height, width, k)
            NaN for floats, -1 for integers and "" for strings where no patch
            is. A list of one map per image when there are several images.

        Raises
        ------
        TypeError
            If ``values`` are neither numbers nor strings.
        ValueError
            If there is not exactly one row per patch.

        Examples
        --------
        >>> image = np.arange(48).reshape(6, 8)
        >>> patches = Patches(image, [[2, 3], [3, 5]], patch_size=2)
        >>> patches.to_map([7, 9])[2:4, 3:6]
        array([[ 7, -1, -1],
               [-1, -1,  9]])
        """
        return lay_out(
            as_array("values", values),
            self.positions,
            [image.shape for image in self.images],
        )

    def labels(
        self,
        rois: RoiMap | ArrayLike | Sequence[RoiMap | ArrayLike],
        names: Mapping[int, str] | Sequence[str] | None = None,
        *,
        unannotated_code: int = 0,
    ) -> NDArray:
        """Look up the region at each patch's centre.

        Parameters
        ----------
        rois : RoiMap, array-like of shape (height, width), or one per image
            Regions: a `RoiMap`, or integer codes (also as a `SliceImage`) of the
            slice's shape as it was given.
        names : mapping or sequence, default=None
            Name of each code. A sequence names the codes that occur in ascending
            order, and a warning says which got which. None gives the codes
            themselves. A `RoiMap` has its own names.
        unannotated_code : int, default=0
            Code of pixels outside the annotation; that of a `RoiMap` is its own.

        Returns
        -------
        labels : ndarray of shape (n,)
            Codes (int64), -1 outside the annotation; or names, with "" there.

        Raises
        ------
        ValueError
            If a map's shape differs from its image's, a code that occurs has no name,
            or a sequence of names is longer or shorter than the codes that occur.
        TypeError
            If codes are not integers, or names are given for a `RoiMap`.

        Warns
        -----
        RegionNamesWarning
            If names are given as a sequence.

        Examples
        --------
        >>> rois = np.repeat([[1, 1, 1, 1, 2, 2, 2, 0]], 6, axis=0)
        >>> patches = Patches(np.zeros((6, 8)), [[2, 3], [3, 5], [3, 7]], patch_size=2)
        >>> patches.labels(rois).tolist()
        [1, 2, -1]
        >>> patches.labels(rois, {1: "CTX", 2: "VP"}).tolist()
        ['CTX', 'VP', '']
        """
        code = check_integer(
            "unannotated_code", unannotated_code, minimum=-(2**63), maximum=2**63 - 1
        )
        regions = place_regions(rois, self.images, names, unannotated_code=code)
        return regions.labels_at(self.positions)

    def region(self, index: int, rows: range, cols: range) -> NDArray:
        """Return a rectangle of a slice, by the border rule where it reaches over.

        Parameters
        ----------
        index : int
            Which of the images.
        rows, cols : range
            Pixels; they may start below zero and end beyond the slice.

        Returns
        -------
        pixels : ndarray of shape (n_channels, n_rows, n_cols)
            One channel for a plain 2-D image; "drop" gives zeros beyond the border.
        """
        pixels = read_region(cuttable(self.images[index]), rows, cols, self.border)
        return pixels.reshape(-1, len(rows), len(cols))

    def _one(self, row: int) -> NDArray:
        if not -len(self) <= row < len(self):
            raise IndexError(f"row {row} is out of range for {len(self)} patches.")
        return self.gather(np.array([row]))[0]

    def __getstate__(self) -> dict[str, Any]:
        # Only the images referred to, as plain contiguous arrays: a memory-mapped
        # image then pickles and hashes as the same image in memory does. Of the
        # others the shape stays, so that maps and groups are the same after loading.
        used = set(self.positions[:, 0].tolist())
        return {
            "images": [
                np.ascontiguousarray(image.pixels) if at in used else None
                for at, image in enumerate(self.images)
            ],
            "about": [_about(image) for image in self.images],
            "dtype": self.dtype.str,
            # One row of another array keeps that array's stride, which joblib hashes.
            "positions": np.ascontiguousarray(self.positions)
            .reshape(-1)
            .reshape(-1, 3),
            "patch_size": self.patch_size,
            "border": self.border,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        blank = np.zeros((), dtype=state["dtype"])
        self.images = tuple(
            _slice_from(blank if data is None else data, about)
            for data, about in zip(state["images"], state["about"], strict=True)
        )
        self.positions = np.asarray(state["positions"])
        if self.positions.flags.writeable:
            self.positions.flags.writeable = False
        self.patch_size, self.border = state["patch_size"], state["border"]

    def __repr__(self) -> str:
        many = "s" if len(self.images) > 1 else ""
        return (
            f"Patches(n={len(self)}, patch_size={self.patch_size}, "
            f"border={self.border!r}, {len(self.images)} image{many} of {self.dtype})"
        )


def _about(image: SliceImage) -> tuple:
    """Return what is known of an image beside its pixels, for a pickle."""
    about = (image.data.shape, image.pixel_size_um, image.name, image.specimen)
    fields = {key: getattr(image, key) for key in USUAL}
    fields["source_shape"] = getattr(image, "source_shape", None)
    fields["scale"] = getattr(image, "scale", None)
    more = {key: value for key, value in fields.items() if value != USUAL.get(key)}
    # Images that are as ever keep their hash.
    return (*about, more) if more else about


def _slice_from(data: NDArray, about: tuple) -> SliceImage:
    """Return an image; of one that no patch refers to, only the shape is known."""
    shape, pixel_size, name, specimen, *rest = about
    data = np.broadcast_to(data, shape) if data.ndim == 0 else data
    more = rest[0] if rest else {}
    kind = ResampledSlice if "scale" in more else SliceImage
    return kind(data, pixel_size, name, specimen, **more)


def _is_beyond_rows(key: Any) -> bool:  # noqa: ANN401 - any numpy index
    """Return whether an index mixes its axes, which only numpy can sort out."""
    first, *rest = key if isinstance(key, tuple) and key else (key,)
    whole = isinstance(first, slice | int | np.integer) or first is Ellipsis
    picks = isinstance(first, list | tuple | np.ndarray) and np.ndim(first) > 0
    if isinstance(first, bool | np.bool_) or not (whole or picks):
        return True
    return picks and any(isinstance(part, list | np.ndarray) for part in rest)


def _split_key(key: Any) -> tuple[Any, tuple]:  # noqa: ANN401 - any numpy index
    """Split an index into the part for rows and the part for pixels."""
    if not isinstance(key, tuple):
        return (slice(None), ()) if key is Ellipsis else (key, ())
    if not key or key[0] is Ellipsis:
        return slice(None), key if len(key) > 1 else ()
    rows, *rest = key
    whole = all(
        part is Ellipsis or (isinstance(part, slice) and part == slice(None))
        for part in rest
    )
    return rows, () if whole else tuple(rest)
