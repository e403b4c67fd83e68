"""The centres of patches on a grid, found in a mask strip by strip."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.sampling.tissue._packed_mask import PackedMask, mask_strips


def centres_on_grid(
    masks: Sequence[NDArray[np.bool_] | PackedMask],
    step: int,
    size: int,
    border: str,
    *,
    index: int = 0,
) -> NDArray[np.int32]:
    """Return image, row and column (n, 3) of centres at multiples of `step` pixels.

    In raster order, where all masks (height, width) are True; ``index`` is the number
    of the image. Counted first, so that nothing is held but what is returned.
    """
    n_found = sum(
        int(np.count_nonzero(found)) for _, found in _cells(masks, step, size, border)
    )
    centres = np.empty((n_found, 3), dtype=np.int32)
    centres[:, 0] = index
    done = 0
    for (top, left), found in _cells(masks, step, size, border):
        rows, cols = np.nonzero(found)
        part = centres[done : done + len(rows)]
        part[:, 1], part[:, 2] = rows * step + top, cols * step + left
        done += len(rows)
    return centres


def _cells(
    masks: Sequence[NDArray[np.bool_] | PackedMask], step: int, size: int, border: str
) -> Iterator[tuple[tuple[int, int], NDArray[np.bool_]]]:
    """Yield the first cell of each strip, in pixels, and which of its cells are True.

    None whose patch reaches over the border, where that is to be dropped.
    """
    height, width = masks[0].shape
    before = size // 2 if border == "drop" else 0
    after = size - before - 1 if border == "drop" else 0
    first = -(-before // step) * step
    bottom, right = height - after, width - after
    if right <= first:
        return
    for strip in mask_strips((max(0, bottom), width), step=step):
        top = max(strip.start, first)
        rows = slice(top, strip.stop, step)
        if top >= strip.stop:
            continue
        found = masks[0][rows][:, first:right:step].copy()
        for mask in masks[1:]:
            found &= mask[rows][:, first:right:step]
        yield (top, first), found
