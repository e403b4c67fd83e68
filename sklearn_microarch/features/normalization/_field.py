"""A smooth field of gain over a slice: a product of one profile along each axis."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images import GreyLevels, SliceImage
from sklearn_microarch.images.grey_levels._measure_grey_levels import frame_of

# Powers of the place along rows, then along columns.
POWERS = (1, 2)
N_TERMS = 2 * len(POWERS)
# A field is much wider than a patch: along an axis shorter than this, it would follow
# the tissue.
SHORTEST_UM, SHORTEST_PX = 600.0, 512
# Standard deviation of a coefficient. Along the longer axis of a slice one region
# follows the other, which a field would take for its own: there it is less.
USUAL = 0.05


def field_terms(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what coefficients of a field are weighed by at places (n, 2), (n, 4)."""
    columns = [places[:, axis] ** power for axis in (0, 1) for power in POWERS]
    return np.stack(columns, axis=1)


def freedom_of(image: SliceImage, grey_levels: GreyLevels) -> NDArray[np.float64]:
    """Return by how much coefficients (4,) usually differ in slices of this size."""
    size = image.pixel_size_um
    shortest = SHORTEST_PX if size is None else SHORTEST_UM / size
    frame = grey_levels.frame or frame_of(image)
    extents = np.array(frame[2:]) / image.downsample
    freedom = np.where(extents >= shortest, USUAL * extents.min() / extents, 0.0)
    return np.repeat(freedom, len(POWERS))


def places_along(
    image: SliceImage, grey_levels: GreyLevels
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the places of all rows (height,) and columns (width,), from -1 to 1."""
    scale = image.downsample
    height, width = image.shape
    top, left = image.crop
    frame = grey_levels.frame or frame_of(image)
    rows, cols = (
        2 * (first + (np.arange(length) + 0.5) * scale - start) / extent - 1
        for first, length, start, extent in zip(
            (top, left), (height, width), frame[:2], frame[2:], strict=True
        )
    )
    # What lies beyond the slice that was measured is lit as its edge.
    return rows.clip(-1, 1), cols.clip(-1, 1)
