"""One slice of tissue: pixel values, pixel size, and which specimen it is from."""

from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch.exceptions import NonFiniteImageError


@dataclass(frozen=True, eq=False, repr=False)
class SliceImage:
    """An image of one slice, with what is known about it.

    Parameters
    ----------
    data : array-like of shape (height, width) or (n_channels, height, width)
        Grey levels of any real dtype. Not copied; kept lazy when it is a
        memory-mapped array.
    pixel_size_um : float or None, default=None
        Edge length of a pixel, in micrometres. None: unknown.
    name : str, default=""
        Name of the slice, used in messages and file names.
    specimen : str or None, default=None
        Specimen (animal) the slice was cut from; slices of one specimen form
        one group in cross-validation.

    Raises
    ------
    TypeError
        If ``data`` is not numeric and real, or ``pixel_size_um`` is no number.
    ValueError
        If ``data`` is not 2-D or 3-D, has an empty axis, or ``pixel_size_um``
        is not positive and finite.

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

    def __post_init__(self) -> None:
        data = np.asanyarray(self.data)
        if data.dtype.kind not in "buif":
            raise TypeError(
                f"data has dtype {data.dtype}; an image needs a real numeric dtype, "
                "such as uint8 or float32."
            )
        if data.ndim not in (2, 3):
            raise ValueError(
                f"data has shape {data.shape}; an image is 2-D (height, width) or "
                "3-D (n_channels, height, width)."
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

    def __repr__(self) -> str:
        size = " x ".join(str(length) for length in self.data.shape)
        unit = (
            "pixel size unknown"
            if self.pixel_size_um is None
            else f"{self.pixel_size_um:g} um per pixel"
        )
        return f"SliceImage({self.name!r}, {size} {self.data.dtype}, {unit})"


def check_pixel_size(pixel_size_um: object) -> float | None:
    """Return a pixel size in micrometres as a float, or None when unknown."""
    if pixel_size_um is None:
        return None
    if isinstance(pixel_size_um, bool) or not isinstance(pixel_size_um, Real):
        raise TypeError(
            f"pixel_size_um={pixel_size_um!r} must be a number of micrometres or None."
        )
    if not 0 < float(pixel_size_um) < np.inf:
        raise ValueError(
            f"pixel_size_um={pixel_size_um!r} must be positive and finite."
        )
    return float(pixel_size_um)


def as_slice_image(image: "SliceImage | ArrayLike") -> SliceImage:
    """Return ``image`` itself when it is a `SliceImage`, else wrap the array.

    Parameters
    ----------
    image : SliceImage or array-like
        Of shape (height, width) or (n_channels, height, width).

    Returns
    -------
    image : SliceImage
        Without pixel size and name when an array was given.

    Raises
    ------
    TypeError, ValueError
        If the array is no image; see `SliceImage`.
    """
    return image if isinstance(image, SliceImage) else SliceImage(np.asanyarray(image))


def check_finite_image(image: SliceImage, *, name: str = "image") -> None:
    """Raise when an image holds NaN or infinite pixels.

    Parameters
    ----------
    image : SliceImage
        Image to check; integer images pass at once.
    name : str, default="image"
        Argument named in the message.

    Raises
    ------
    NonFiniteImageError
        Says how many pixels are not finite and where the first one is.
    """
    title = f"{name} {image.name!r}" if image.name else name
    check_finite_pixels(image.data, title=title)


def check_finite_pixels(pixels: NDArray, *, title: str) -> None:
    """Raise when an array of pixels holds NaN or infinite values.

    Parameters
    ----------
    pixels : ndarray
        Of any shape; integers pass at once.
    title : str
        Name for the message.

    Raises
    ------
    NonFiniteImageError
        Says how many pixels are not finite and where the first one is.
    """
    if pixels.dtype.kind != "f":
        return
    # A sum is finite whenever all its terms are, and costs no temporary array.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(pixels.sum(dtype=np.float64)):
            return
    bad = ~np.isfinite(pixels)
    if not bad.any():
        return
    first = tuple(int(axis[0]) for axis in np.nonzero(bad))
    raise NonFiniteImageError(
        f"{title} of shape {pixels.shape} holds {int(bad.sum())} NaN or infinite "
        f"pixels, the first at {first}; replace them first, for example with "
        "np.nan_to_num, or mask that area."
    )
