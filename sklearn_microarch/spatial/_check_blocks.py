"""The block of each row, as it is given to functions that divide tissue."""

from numpy.typing import NDArray

from sklearn_microarch._annotation import check_roi_labels
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.spatial._spatial_blocks import SliceBlocks


def check_blocks(blocks: object) -> tuple[NDArray, float]:
    """Return the block (n,) of each row, and the share of blocks to draw."""
    if blocks is None or isinstance(blocks, str | bytes):
        raise TypeError(
            f"blocks={shown(blocks)} must be what spatial_blocks returns for the "
            "patches of the rows, or the block of each row."
        )
    if isinstance(blocks, SliceBlocks):
        return blocks.labels, blocks.draw_share
    return check_roi_labels(blocks, name="blocks", what="blocks"), 1.0  # type: ignore[arg-type]
