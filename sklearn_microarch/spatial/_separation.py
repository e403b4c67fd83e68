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
    """When patches are separate: `buffer` pixels lie between them, or slices are far.

    Pixels are counted along rows or along columns, in one slice or in near ones.
    """

    buffer: int  # pixels; at 0 patches share no pixel, and may touch
    # (n_images, n_images): which slices show the same tissue, each itself included.
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
    """Return when patches are separate, from what is known of their slices.

    A patch stands for a cube of tissue, as deep as it is wide: slices of one specimen,
    or without one, closer in z than a patch and the buffer are near; all of them where
    `z_um` (n_images,) is None. `buffer_um` is rounded up to pixels.
    """
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
