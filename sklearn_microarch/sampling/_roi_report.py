"""How much training material each region of interest holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


@dataclass(frozen=True)
class RoiReport:
    """What one region offers a patch sampler, summed over the slices.

    Parameters
    ----------
    roi : int or str
        Code or name of the region.
    n_pixels : int
        Labelled pixels.
    diameter_px : float, unit: pixels
        Diameter of the largest circle inscribed in the region.
    n_candidates : int
        Pixels at which a patch may be centred.
    n_independent : int
        Patches that fit without sharing a pixel, counted greedily from the top
        left; a lower bound of the best packing.
    """

    roi: int | str
    n_pixels: int
    diameter_px: float
    n_candidates: int
    n_independent: int

    def __str__(self) -> str:
        return (
            f"{self.roi}: {self.n_pixels} pixels, largest inscribed diameter "
            f"{self.diameter_px:.0f} px, {self.n_candidates} candidates, "
            f"{self.n_independent} independent patches"
        )


def report_roi(
    roi: int | str,
    inside: Sequence[NDArray[np.bool_]],
    candidates: Sequence[NDArray[np.bool_]],
    patch_size: int,
) -> RoiReport:
    """Measure one region over all slices.

    Parameters
    ----------
    roi : int or str
    inside, candidates : sequence of ndarray of shape (height, width), dtype bool
        The region, and where its patches may be centred, one per slice.
    patch_size : int, unit: pixels

    Returns
    -------
    report : RoiReport
    """
    return RoiReport(
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
    """Count centres at least ``size`` apart along rows or columns, greedily.

    Parameters
    ----------
    candidates : ndarray of shape (height, width), dtype bool
    size : int, unit: pixels
        Edge length of the patches around the centres.

    Returns
    -------
    count : int
    """
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
