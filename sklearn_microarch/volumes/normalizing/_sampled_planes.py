"""Some planes of a volume, evenly over it, and their grey levels."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sklearn_microarch.images import SliceImage, measure_grey_levels
from sklearn_microarch.volumes.running._cluster import n_cores

# Each holds a plane, or a part of it, in memory.
_MOST_AT_A_TIME = 8


def sampled_planes(
    plane_of: Callable[[int], SliceImage], n_planes: int, n_sampled: int
) -> dict[int, SliceImage]:
    """Return planes that can be read, by number; their grey levels are measured.

    Several are measured at a time. Raises the first error where none can be read.
    """

    def read(at: int) -> SliceImage | Exception:
        try:
            plane = plane_of(at)
            # Here, where a plane that cannot be read is told from the others.
            measure_grey_levels(plane)
        except (OSError, ValueError) as error:
            return error
        return plane

    at = np.linspace(0, n_planes - 1, min(n_sampled, n_planes)).round()
    numbers = np.unique(at).astype(int).tolist()
    with ThreadPoolExecutor(min(n_cores(), _MOST_AT_A_TIME)) as threads:
        found = dict(zip(numbers, threads.map(read, numbers), strict=True))
    planes = {at: one for at, one in found.items() if isinstance(one, SliceImage)}
    if not planes:
        raise next(one for one in found.values() if isinstance(one, Exception))
    return planes
