"""How much training material each region of interest holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


@dataclass(frozen=True)
class RegionMaterial:
    """What one region, a code or a name, offers a sampler, over all slices."""

    roi: int | str
    n_pixels: int
    # Of the largest circle inscribed in the region.
    diameter_px: float
    # Pixels at which a patch may be centred.
    n_candidates: int
    # Patches that share no pixel, counted greedily: a lower bound of the best packing.
    n_independent: int

    def __str__(self) -> str:
        return (
            f"{self.roi}: {self.n_pixels} pixels, largest inscribed diameter "
            f"{self.diameter_px:.0f} px, {self.n_candidates} candidates, "
            f"{self.n_independent} independent patches"
        )


def report_region_material(
    roi: int | str,
    inside: Sequence[NDArray[np.bool_]],
    candidates: Sequence[NDArray[np.bool_]],
    patch_size: int,
) -> RegionMaterial:
    """Measure one region: where it lies and where its patches may be centred.

    Both are given as masks (height, width), one per slice.
    """
    return RegionMaterial(
        roi=roi,
        n_pixels=int(sum(mask.sum() for mask in inside)),
        diameter_px=max(_inscribed_diameter(mask) for mask in inside),
        n_candidates=int(sum(mask.sum() for mask in candidates)),
        n_independent=sum(count_apart(mask, patch_size) for mask in candidates),
    )


def _inscribed_diameter(mask: NDArray[np.bool_]) -> float:
    box = ndimage.find_objects(mask.astype(np.uint8))
    if not box or box[0] is None:
        return 0.0
    # A rim of False, so that the image's edge bounds the region too.
    framed = np.pad(mask[box[0]], 1)
    return 2.0 * float(ndimage.distance_transform_edt(framed).max()) - 1.0


def count_apart(candidates: NDArray[np.bool_], size: int) -> int:
    """Count centres (height, width) at least `size` px apart in rows or columns."""
    free = candidates.copy()
    count = 0
    for row in range(len(free)):
        line = free[row]
        col = 0
        while True:
            found = line[col:].argmax()
            if not line[col + found]:
                break
            col += int(found)
            count += 1
            free[row : row + size, max(0, col - size + 1) : col + size] = False
            col += size
            if col >= len(line):
                break
    return count
