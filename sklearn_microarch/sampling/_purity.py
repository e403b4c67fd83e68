"""Which pixels may be the centre of a patch."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_integer


def box_count(mask: NDArray[np.bool_], before: int, size: int) -> NDArray[np.int32]:
    """Return counts (height, width) of True pixels in square windows of `size` px.

    The window of pixel ``(r, c)`` starts at ``(r - before, c - before)``; what lies
    outside the mask counts as False.
    """
    counts = mask.astype(np.int32)
    for axis in (0, 1):
        length = counts.shape[axis]
        zero = np.zeros_like(np.take(counts, [0], axis=axis))
        # Sum of the first i entries, for i = 0 .. length.
        sums = np.concatenate([zero, np.cumsum(counts, axis=axis)], axis=axis)
        start = np.clip(np.arange(length) - before, 0, length)
        stop = np.clip(np.arange(length) - before + size, 0, length)
        counts = np.take(sums, stop, axis=axis) - np.take(sums, start, axis=axis)
    return counts.astype(np.int32, copy=False)


def keep_whole_patches(
    centres: NDArray[np.bool_], size: int, border: str
) -> NDArray[np.bool_]:
    """Drop centres (height, width) whose patch reaches over the border, if need be."""
    if border != "drop":
        return centres
    first = size // 2
    inner = tuple(
        slice(first, max(first, length - size + first + 1)) for length in centres.shape
    )
    kept = np.zeros_like(centres)
    kept[inner] = centres[inner]
    return kept


def check_stride(stride: object, *, name: str = "stride") -> int:
    """Return the distance of neighbouring centres in pixels, an int of at least 1."""
    return check_integer(name, stride, minimum=1, unit="pixels")


def candidate_centres(
    inside: NDArray[np.bool_],
    *,
    patch_size: int,
    purity_window: float,
    min_purity: float,
    border: str,
) -> NDArray[np.bool_]:
    """Return where (height, width) a patch of the region ``inside`` may be centred.

    In the region, with at least the share ``min_purity`` of the central window in it;
    its edge is the share ``purity_window`` of the patch's.
    """
    window = max(1, round(patch_size * purity_window))
    before = patch_size // 2 - (patch_size - window) // 2
    needed = np.ceil(min_purity * window**2 - 1e-9)
    candidates = inside & (box_count(inside, before, window) >= needed)
    return keep_whole_patches(candidates, patch_size, border)


def centres_off_the_rim(
    tissue: NDArray[np.bool_], *, patch_size: int, min_tissue: float, border: str
) -> NDArray[np.bool_]:
    """Return where (height, width) tissue is, and enough of a patch shows tissue.

    Beyond the slice's border is none, or the slice mirrored.
    """
    before = patch_size // 2
    if border == "reflect":
        padded = np.pad(tissue, (before, patch_size - before), mode="reflect")
        height, width = tissue.shape
        counts = box_count(padded, before, patch_size)[
            before : before + height, before : before + width
        ]
    else:
        counts = box_count(tissue, before, patch_size)
    needed = np.ceil(min_tissue * patch_size**2 - 1e-9)
    return keep_whole_patches(tissue & (counts >= needed), patch_size, border)
