"""One slice of tissue: pixel values, pixel size, and which specimen it is from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_strings,
    shown,
)
from sklearn_microarch.images._lazy_array import load_part
from sklearn_microarch.images._pixel_size import check_pixel_size
from sklearn_microarch.images._pixels import check_pixels
from sklearn_microarch.images.grey_levels._grey_levels import GreyLevels

# What a slice is without further knowledge: left out of pickles and hashes, so that
# slices keep their hash when more can be known.
USUAL: dict[str, object] = {
    "downsample": 1.0,
    "crop": (0, 0),
    "notes": (),
    "group": None,
    "side": None,
    "z_um": None,
    "details": {},
    "grey_levels": None,
}


@dataclass(frozen=True, eq=False, repr=False)
class SliceImage:
    """An image of one slice, with what is known about it.

    Parameters
    ----------
    data : array-like of shape (height, width) or (n_channels, height, width)
        Grey levels of any real dtype. Not copied, unless their byte order is not
        that of the machine. A memory-mapped, zarr or dask array stays in its file
        and is loaded where its pixels are needed; ``numpy.asarray(image.data)``
        loads all of it, :meth:`read` a part.
    pixel_size_um : float or None, default=None
        Edge length of a pixel, in micrometres. None: unknown.
    name : str, default=""
        Name of the slice, used in messages and file names.
    specimen : str or None, default=None
        Specimen (animal) the slice was cut from; slices of one specimen form
        one group in cross-validation. A whole number becomes a word, 7 is "7"; ""
        is None.
    downsample : float, default=1.0
        How many pixels of the full-resolution image one pixel of this level of a
        pyramid is wide, so that coordinates of annotations find their place.
    crop : tuple of int, default=(0, 0)
        Row and column, in pixels of the full-resolution image, where the top left
        corner of the first pixel lies.
    notes : tuple of str, default=()
        What reading the file chose or assumed, one sentence each.
    group, side : str or None, default=None
        Group the specimen belongs to (treated, control) and side of the brain
        ("left", "right"), as tables and statistics have them.
    z_um : float or None, default=None, unit: micrometres
        Height of the slice in its specimen.
    details : mapping of str to str or number, default={}
        What else is known of the slice (sex, age, batch), carried into tables.
    grey_levels : GreyLevels or None, default=None
        Grey levels to normalize the slice by, in place of its own: of the slice a
        crop was cut from, or of a group that was scanned together; see
        `measure_grey_levels` and `share_grey_levels`.

    Raises
    ------
    TypeError
        If ``data`` is not numeric and real, is a path, or a masked array with masked
        pixels, ``pixel_size_um`` or ``z_um`` is no number, ``name``, ``specimen``,
        ``group`` or ``side`` no word, ``details`` no mapping of names to words and
        numbers, or ``grey_levels`` not what `measure_grey_levels` returns.
    ValueError
        If ``data`` is not 2-D or 3-D, has an empty axis, ``pixel_size_um`` or
        ``downsample`` is not positive and finite, or ``crop`` is negative.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> SliceImage(np.zeros((40, 60), dtype="uint8"), pixel_size_um=1.17, name="z159")
    SliceImage('z159', 40 x 60 uint8, 1.17 um per pixel)
    """

    data: NDArray
    pixel_size_um: float | None = None
    name: str = ""
    specimen: str | None = None
    downsample: float = 1.0
    crop: tuple[int, int] = (0, 0)
    notes: tuple[str, ...] = ()
    group: str | None = None
    side: str | None = None
    z_um: float | None = None
    details: Mapping[str, str | float] = field(default_factory=dict)
    grey_levels: GreyLevels | None = None

    def __post_init__(self) -> None:
        data = check_pixels(self.data, name="data")
        if data.ndim not in (2, 3):
            raise ValueError(
                f"data has shape {data.shape}; an image is 2-D (height, width) or "
                "3-D (n_channels, height, width)."
            )
        if not all(isinstance(length, Integral) for length in data.shape):
            raise ValueError(
                f"data has the unknown shape {data.shape}; a dask array learns it by "
                "compute_chunk_sizes()."
            )
        if 0 in data.shape:
            raise ValueError(f"data is empty: its shape is {data.shape}.")
        if data.ndim == 3 and data.shape[0] > 16 and data.shape[-1] <= 4:
            raise ValueError(
                f"data has shape {data.shape}, which looks like channels last; "
                "channels come first: use np.moveaxis(data, -1, 0)."
            )
        object.__setattr__(self, "data", data)
        object.__setattr__(self, "pixel_size_um", check_pixel_size(self.pixel_size_um))
        downsample = check_number("downsample", self.downsample, low=1e-6)
        object.__setattr__(self, "downsample", downsample)
        object.__setattr__(self, "crop", _check_crop(self.crop))
        object.__setattr__(self, "notes", tuple(check_strings("notes", self.notes)))
        object.__setattr__(self, "name", _as_name("name", self.name) or "")
        specimen = _as_name("specimen", self.specimen) or None
        object.__setattr__(self, "specimen", specimen)
        for argument in ("group", "side"):
            _check_word(argument, getattr(self, argument))
        if self.z_um is not None:
            z_um = check_number("z_um", self.z_um, low=-1e9, high=1e9)
            object.__setattr__(self, "z_um", z_um)
        object.__setattr__(self, "details", _check_details(self.details))
        if not (self.grey_levels is None or isinstance(self.grey_levels, GreyLevels)):
            raise TypeError(
                f"grey_levels is a {type(self.grey_levels).__name__}; it must be what "
                "measure_grey_levels returns, or None."
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, in pixels."""
        return self.data.shape[-2], self.data.shape[-1]

    @property
    def n_channels(self) -> int | None:
        """Number of channels; None for a plain 2-D image, which has no such axis."""
        return self.data.shape[0] if self.data.ndim == 3 else None

    @property
    def dtype(self) -> np.dtype:
        """Type of the grey levels."""
        return self.data.dtype

    @property
    def pixels(self) -> NDArray:
        """All grey levels as an ndarray; a lazy picture is loaded once and kept."""
        if isinstance(self.data, np.ndarray):
            return self.data
        if not hasattr(self, "_loaded"):
            object.__setattr__(self, "_loaded", load_part(self.data))
        loaded: NDArray = self._loaded
        return loaded

    def __getitem__(self, _: object) -> NoReturn:
        # For scikit-learn, which takes whatever can be indexed for rows of samples.
        raise TypeError(
            "a SliceImage is one image, not rows to pick from. Cut it into patches "
            "first: patches, labels = PatchSampler().sample(image, rois). Read a part "
            "of it with image.read(rows, cols)."
        )

    def read(self, rows: slice, cols: slice) -> NDArray:
        """Return a part of the picture; of a lazy one only that part is loaded.

        Parameters
        ----------
        rows, cols : slice
            As in ``data[..., rows, cols]``; what lies beyond the edge is left out.

        Returns
        -------
        pixels : ndarray of shape (n_rows, n_cols) or (n_channels, n_rows, n_cols)
            A view where ``data`` is in memory.

        Raises
        ------
        TypeError
            If ``rows`` or ``cols`` is no slice.

        Examples
        --------
        >>> image = SliceImage(np.arange(12).reshape(3, 4))
        >>> image.read(slice(0, 2), slice(2, 9))
        array([[2, 3],
               [6, 7]])
        """
        for name, part in (("rows", rows), ("cols", cols)):
            if not isinstance(part, slice):
                raise TypeError(
                    f"{name}={part!r} must be a slice, such as slice(0, 128)."
                )
        return load_part(self.data[..., rows, cols])

    def replace(self, **changes: object) -> "SliceImage":
        """Return a copy with some fields changed, for example ``data``.

        Parameters
        ----------
        **changes : object
            New values, under the names of the constructor's parameters.

        Returns
        -------
        image : SliceImage
            Checked as a new one is; fields that are not changed are shared.

        Raises
        ------
        TypeError, ValueError
            If there is no such field, or its value is refused; see `SliceImage`.
        """
        return replace(self, **changes)  # type: ignore[arg-type]

    def __getstate__(self) -> dict[str, object]:
        # Not what was loaded of a lazy picture: hash and size stay the same. Nor what
        # is the class's default anyway, so that images without it keep their hash.
        return {
            key: value
            for key, value in vars(self).items()
            if not key.startswith("_") and not (key in USUAL and value == USUAL[key])
        }

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update({**USUAL, "details": {}, **state})

    def __repr__(self) -> str:
        size = " x ".join(str(length) for length in self.data.shape)
        unit = (
            "pixel size unknown"
            if self.pixel_size_um is None
            else f"{self.pixel_size_um:g} um per pixel"
        )
        place = ""
        if self.downsample != 1:
            place += f", downsampled by {self.downsample:g}"
        if self.crop != (0, 0):
            place += f", cropped from row {self.crop[0]} and column {self.crop[1]}"
        return f"SliceImage({self.name!r}, {size} {self.data.dtype}, {unit}{place})"


def _as_name(argument: str, value: object) -> str | None:
    """Return a name as a plain word: animal 7 is "7", as in tables."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, Integral) and not isinstance(value, bool | np.bool_):
        return str(int(value))
    raise TypeError(f"{argument}={shown(value)} must be a word or a whole number.")


def _check_word(argument: str, value: object) -> None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{argument}={shown(value)} must be a word, or None.")


def _check_details(details: object) -> dict[str, str | float]:
    if not isinstance(details, Mapping):
        raise TypeError(
            f"details={shown(details)} must be a mapping, such as {{'sex': 'f'}}."
        )
    for name, value in details.items():
        if not isinstance(name, str) or not isinstance(value, str | Real):
            raise TypeError(
                f"details: {shown(name)}: {shown(value)} must be a name with a word "
                "or a number."
            )
    return dict(details)


def _check_crop(crop: object) -> tuple[int, int]:
    if not isinstance(crop, tuple | list | np.ndarray) or len(crop) != 2:
        raise TypeError(f"crop={shown(crop)} must be a row and a column.")
    row, col = (check_integer("crop", part, minimum=0) for part in crop)
    return row, col


def as_slice_image(
    image: "SliceImage | ArrayLike", *, name: str = "image"
) -> SliceImage:
    """Return a `SliceImage` as it is, and an array wrapped; `name` is for messages."""
    if isinstance(image, SliceImage):
        return image
    pixels = check_pixels(image, name=name)
    try:
        return SliceImage(pixels)
    except ValueError as error:
        # What it refuses, it calls by the name of its own parameter.
        raise ValueError(f"{name}: {error}") from error
