"""The grey levels of a slice without its cells, in blocks that fit in memory."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._lazy_array import Block, split_into_blocks

SMOOTHING_UM = 7.0
SMOOTHING_PX = 6.0
# Edge of a block, and the pixels of a slice whose blocks are kept, as float32.
BLOCK_EDGE = 2048
MOST_KEPT = 1 << 24


class SmoothedGrey:
    """A slice blurred by 7 um, averaged over channels, block by block.

    By 6 pixels where the pixel size is unknown: cells and vessels differ from the
    tissue around them, and a threshold on single pixels would cut them out. Values are
    those of the whole slice blurred at once.
    """

    def __init__(self, image: SliceImage) -> None:
        self.image = image
        known = image.pixel_size_um
        self._sigma = SMOOTHING_PX if known is None else SMOOTHING_UM / known
        self._kept: list[tuple[Block, NDArray, NDArray]] | None = None

    @cached_property
    def extremes(self) -> tuple[float, float]:
        """The least and the most blurred grey level."""
        found = [(blurred.min(), blurred.max()) for _, _, blurred in self.blocks()]
        return (
            float(min(least for least, _ in found)),
            float(max(most for _, most in found)),
        )

    def blocks(self) -> Iterator[tuple[Block, NDArray, NDArray[np.float32]]]:
        """Yield rows and columns of a block, its grey levels, and them blurred."""
        if self._kept is not None:
            yield from self._kept
            return
        height, width = self.image.shape
        kept: list[tuple[Block, NDArray, NDArray]] | None = None
        if height * width <= MOST_KEPT:
            kept = []
        for block in split_into_blocks((height, width), (BLOCK_EDGE, BLOCK_EDGE)):
            found = (block, *self._blur(block))
            if kept is not None:
                kept.append(found)
            yield found
        self._kept = kept

    def _blur(self, block: Block) -> tuple[NDArray, NDArray[np.float32]]:
        # As far as the kernel of ndimage reaches.
        reach = int(4 * self._sigma + 0.5)
        wide = tuple(
            slice(max(0, part.start - reach), min(part.stop + reach, length))
            for part, length in zip(block, self.image.shape, strict=True)
        )
        inner = tuple(
            slice(part.start - outer.start, part.stop - outer.start)
            for part, outer in zip(block, wide, strict=True)
        )
        data = self.image.read(*wide)
        grey = data.mean(axis=0, dtype=np.float32) if data.ndim == 3 else data
        values = grey.astype(np.float32)
        blurred = ndimage.gaussian_filter(values, self._sigma, mode="nearest")
        return grey[inner], blurred[inner]
