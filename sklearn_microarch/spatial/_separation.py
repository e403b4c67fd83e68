"""When two patches count as separate: pixels between them, and slices far apart."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components

from sklearn_microarch._arguments._arrays import as_numbers
from sklearn_microarch._arguments._numbers import (
    LARGEST_COUNT,
    check_integer,
    check_number,
    shown,
)
from sklearn_microarch.sampling._patches import Patches
from sklearn_microarch.sampling._pixel_size import common_pixel_size


@dataclass(frozen=True, eq=False)
class Separation:
    """When patches count as separate, for `shares_pixels` and the like.

    Patches of slices that are not near each other are separate. In one slice, or in
    near ones, they are separate where at least ``buffer`` pixels lie between them along
    rows or along columns.

    Parameters
    ----------
    buffer : int, unit: pixels
        0: they share no pixel, and may touch.
    near : ndarray of shape (n_images, n_images), dtype bool
        Which slices show the same tissue; every slice is near itself.
    pixel_size_um : float or None, default=None, unit: micrometres
        Edge length of a pixel. None: unknown.

    See Also
    --------
    separation_of : Makes one, from what is known of the slices.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.sampling import Patches
    >>> from sklearn_microarch.spatial import Separation, shares_pixels
    >>> patches = Patches(np.zeros((40, 60)), [[20, 20], [20, 32]], 10)
    >>> ten_apart = Separation(buffer=10, near=np.eye(1, dtype=bool))
    >>> shares_pixels(patches[:1], patches[1:], separation=ten_apart).tolist()
    [True]
    """

    buffer: int
    near: NDArray[np.bool_]
    pixel_size_um: float | None = None

    @property
    def stacks(self) -> NDArray[np.int32]:
        """Number of each image's stack: slices linked by near ones share one."""
        stacks: NDArray[np.int32] = connected_components(self.near, directed=False)[1]
        return stacks


def separation_of(
    patches: Patches,
    *,
    buffer: int = 0,
    buffer_um: float | None = None,
    z_um: ArrayLike | None = None,
) -> Separation:
    """Say when patches count as separate, from what is known of their slices.

    A patch stands for a cube of tissue, as deep as it is wide: slices of one specimen
    closer in z than a patch and the buffer are near each other.

    Parameters
    ----------
    patches : Patches
        Slices without a specimen count as slices of one specimen.
    buffer : int, default=0, unit: pixels
        Pixels that must lie between two patches.
    buffer_um : float or None, default=None, unit: micrometres
        The same as a length, in place of ``buffer``; rounded up to pixels.
    z_um : array-like of shape (n_images,), default=None, unit: micrometres
        Height of each image of ``patches.images`` in its specimen. None: unknown, so
        that all slices of one specimen count as near.

    Returns
    -------
    separation : Separation
        For `shares_pixels`, `spatial_strips` and the like.

    Raises
    ------
    TypeError
        If ``patches`` are no `Patches`, or a length is no number.
    ValueError
        If a length is negative or not finite, if both buffers are given, if ``z_um``
        has not one value for each image, or if micrometres are used and the pixel size
        is unknown.
    PixelSizeMismatchError
        If the images' pixel sizes differ by more than 1 %.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.images import SliceImage
    >>> from sklearn_microarch.sampling import Patches
    >>> from sklearn_microarch.spatial import separation_of
    >>> slices = [SliceImage(np.zeros((40, 60)), pixel_size_um=2.0) for _ in range(3)]
    >>> patches = Patches(slices, [[0, 20, 20], [1, 20, 20], [2, 20, 20]], 10)
    >>> separation = separation_of(patches, buffer_um=5, z_um=[0, 24, 90])
    >>> separation.buffer
    3
    >>> separation.stacks.tolist()
    [0, 0, 1]
    """
    if not isinstance(patches, Patches):
        raise TypeError(f"patches is a {type(patches).__name__}; it must be Patches.")
    check_buffer(buffer, buffer_um)
    pixel_size_um = common_pixel_size(patches.used_images)
    if pixel_size_um is None and (buffer_um is not None or z_um is not None):
        name = "z_um" if buffer_um is None else "buffer_um"
        raise ValueError(
            f"{name} is in micrometres, but the pixel size of the images is unknown; "
            "give them as SliceImage(data, pixel_size_um=...)."
        )
    if buffer_um is not None and pixel_size_um is not None:
        # A length of whole pixels stays so in spite of rounding errors.
        pixels = np.ceil(float(buffer_um) / pixel_size_um - 1e-6)
        if pixels > LARGEST_COUNT:
            raise ValueError(
                f"buffer_um={shown(buffer_um)} is {pixels:.3g} pixels of "
                f"{pixel_size_um:g} micrometres; at most {LARGEST_COUNT} are possible."
            )
        buffer = int(pixels)
    specimens = np.array([str(image.specimen or "") for image in patches.images])
    near = specimens[:, None] == specimens[None, :]
    if z_um is not None and pixel_size_um is not None:
        heights = check_heights(z_um, len(patches.images))
        reach_um = (patches.patch_size + buffer) * pixel_size_um
        near = near & (np.abs(heights[:, None] - heights[None, :]) < reach_um)
    return Separation(int(buffer), near, pixel_size_um)


def within_slices(patches: Patches) -> Separation:
    """Return that patches are separate where they share no pixel of one slice."""
    return Separation(0, np.eye(len(patches.images), dtype=bool))


def check_separation(
    separation: Separation | None,
    patches: Patches,
    *,
    default: Callable[[Patches], Separation],
) -> Separation:
    """Return a separation that fits the patches, the default for None."""
    if separation is None:
        return default(patches)
    if not isinstance(separation, Separation):
        raise TypeError(f"separation={shown(separation)} must be a Separation or None.")
    if len(separation.near) != len(patches.images):
        raise ValueError(
            f"separation is of {len(separation.near)} images, but the patches refer to "
            f"{len(patches.images)}."
        )
    return separation


def check_buffer(buffer: object, buffer_um: object) -> None:
    """Raise where a buffer, in pixels or micrometres, is no length or given twice."""
    check_integer("buffer", buffer, minimum=0, unit="pixels")
    if buffer_um is None:
        return
    check_number("buffer_um", buffer_um, unit="micrometres")
    if buffer:
        raise ValueError(
            f"buffer={buffer} and buffer_um={shown(buffer_um)} are both given; use one."
        )


def check_heights(z_um: ArrayLike, n_images: int) -> NDArray[np.float64]:
    """Return the heights of slices in micrometres, finite, one for each image."""
    found = as_numbers("z_um", z_um, finite=False)
    if found.shape != (n_images,):
        raise ValueError(
            f"z_um has shape {found.shape}, but the patches refer to {n_images} "
            "images; give one height for each."
        )
    if not np.isfinite(found).all():
        raise ValueError(f"z_um={shown(found.tolist())} must be finite.")
    return found.astype(np.float64)
