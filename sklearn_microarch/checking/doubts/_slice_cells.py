"""What a model and an annotation say of the cells of one slice."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


@dataclass(frozen=True, eq=False)
class SliceCells:
    """A grid of cells (rows, columns) over one slice, ``step`` pixels apart.

    Cell (i, j) is the patch centred at pixel ``step * (i, j)``. Regions are numbers
    from 0; -1 stands for none.
    """

    step: int
    patch_size: int
    # As annotated, also where nothing was predicted.
    annotated: NDArray[np.int64]
    # Where a region was predicted, by a model that was not trained there.
    judged: NDArray[np.bool_]
    # Of each region, (rows, columns, n_regions), averaged over half a patch.
    log_probabilities: NDArray[np.float64]
    novelty: NDArray[np.float64]

    @property
    def cells_per_patch(self) -> float:
        """How many cells a patch covers."""
        return (self.patch_size / self.step) ** 2

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """The most probable region, -1 where nothing was predicted."""
        return np.where(self.judged, self.log_probabilities.argmax(axis=-1), -1)

    @cached_property
    def log_ratio(self) -> NDArray[np.float64]:
        """Logarithm of the predicted region's probability over the annotated one's."""
        ratio = self.log_probabilities.max(axis=-1) - self.log_of(self.annotated)
        return np.where(self.judged, ratio, 0.0)

    @cached_property
    def depth(self) -> NDArray[np.float64]:
        """How far each cell lies from the border of its region, in patches."""
        depth = np.zeros(self.annotated.shape)
        for region in np.unique(self.annotated[self.annotated >= 0]):
            inside = self.annotated == region
            if inside.all():
                return np.full(inside.shape, np.inf)
            # The picture's own edge is no border.
            padded = np.pad(inside, 1, mode="edge")
            distance = ndimage.distance_transform_edt(padded)[1:-1, 1:-1]
            depth[inside] = distance[inside]
        return depth * self.step / self.patch_size

    def log_of(self, regions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the logarithm of the probability of a region in each cell."""
        found: NDArray[np.float64] = np.take_along_axis(
            self.log_probabilities, np.maximum(regions, 0)[..., np.newaxis], axis=-1
        )[..., 0]
        return found


def average_cells(
    log_probabilities: NDArray[np.float64], judged: NDArray[np.bool_], sigma: float
) -> NDArray[np.float64]:
    """Return averages over neighbours (rows, columns, k), as log-probabilities."""
    weight = ndimage.gaussian_filter(judged.astype(float), sigma)
    total = ndimage.gaussian_filter(
        log_probabilities * judged[..., np.newaxis], (sigma, sigma, 0)
    )
    means = total / np.maximum(weight, 1e-9)[..., np.newaxis]
    highest = means.max(axis=-1, keepdims=True)
    sums = np.log(np.exp(means - highest).sum(axis=-1, keepdims=True))
    found: NDArray[np.float64] = means - highest - sums
    return found
