"""Copy patches out of an image, with a rule for what lies beyond its border."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.images.lazy._block_cache import BlockCache

# Of a picture in its file, so many rows of pixels are cut from together.
BAND = 512


def gather_patches(
    image: NDArray | BlockCache,
    rows: NDArray[np.integer],
    cols: NDArray[np.integer],
    size: int,
    border: str,
) -> NDArray:
    """Return a copy of the patches centred at pixels (n,), of the image's dtype.

    Images are (height, width) or (n_channels, height, width), patches (n, size, size)
    or (n, n_channels, size, size), with rows ``[r - size // 2, r - size // 2 + size)``.
    What lies beyond the border is zero, or the image mirrored about its outer pixels.
    """
    if isinstance(image, BlockCache):
        return _gather_in_bands(image, rows, cols, size, border)
    height, width = image.shape[-2:]
    top = np.asarray(rows, dtype=np.intp) - size // 2
    left = np.asarray(cols, dtype=np.intp) - size // 2
    out = np.empty((len(top), *image.shape[:-2], size, size), dtype=image.dtype)
    whole = (top >= 0) & (left >= 0) & (top + size <= height) & (left + size <= width)

    if whole.any():
        windows = np.lib.stride_tricks.sliding_window_view(
            image, (size, size), axis=(-2, -1)
        )
        inner = windows[..., top[whole], left[whole], :, :]
        out[whole] = inner if image.ndim == 2 else np.moveaxis(inner, 0, 1)
    if not whole.all():
        over = ~whole
        steps = np.arange(size)
        out[over] = _gather_over_border(
            image, top[over, None] + steps, left[over, None] + steps, border
        )
    return out


def _gather_in_bands(
    image: BlockCache,
    rows: NDArray[np.integer],
    cols: NDArray[np.integer],
    size: int,
    border: str,
) -> NDArray:
    """Read what patches of neighbouring rows cover, and cut them from that."""
    out = np.empty((len(rows), *image.shape[:-2], size, size), dtype=image.dtype)
    bands = np.asarray(rows) // BAND
    for band in np.unique(bands):
        here = np.flatnonzero(bands == band)
        # The places of the patches, in what is read for them.
        tall, wide = (
            range(int(at.min()) - size // 2, int(at.max()) - size // 2 + size)
            for at in (rows[here], cols[here])
        )
        pixels = read_region(image, tall, wide, border)
        out[here] = gather_patches(
            pixels, rows[here] - tall.start, cols[here] - wide.start, size, "drop"
        )
    return out


def read_region(
    image: NDArray | BlockCache, rows: range, cols: range, border: str
) -> NDArray:
    """Return a rectangle of pixels, a view where all of it lies inside.

    Images are (height, width) or (n_channels, height, width); rows and columns may
    start below zero and end beyond the image, where ``border="drop"`` gives zeros.
    """
    height, width = image.shape[-2:]
    inside_rows = 0 <= rows.start and rows.stop <= height
    if inside_rows and 0 <= cols.start and cols.stop <= width:
        return image[..., rows.start : rows.stop, cols.start : cols.stop]
    row_index, col_index = np.array(rows)[None], np.array(cols)[None]
    return _gather_over_border(image, row_index, col_index, border)[0]


def _gather_over_border(
    image: NDArray | BlockCache,
    rows: NDArray[np.intp],
    cols: NDArray[np.intp],
    border: str,
) -> NDArray:
    """Look up pixels that may lie outside; ``rows``, ``cols`` have shape (n, size)."""
    height, width = image.shape[-2:]
    if border == "reflect":
        inside_rows, inside_cols = _mirror(rows, height), _mirror(cols, width)
    else:
        inside_rows = np.clip(rows, 0, height - 1)
        inside_cols = np.clip(cols, 0, width - 1)
    # No more than is needed, where the picture is in its file.
    top, left = int(inside_rows.min()), int(inside_cols.min())
    box = image[
        ..., top : int(inside_rows.max()) + 1, left : int(inside_cols.max()) + 1
    ]
    patches = box[
        ..., (inside_rows - top)[:, :, None], (inside_cols - left)[:, None, :]
    ]
    if border != "reflect":
        beyond = (rows != inside_rows)[:, :, None] | (cols != inside_cols)[:, None, :]
        patches[..., beyond] = 0
    return patches if image.ndim == 2 else np.moveaxis(patches, 0, 1)


def _mirror(index: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    """Fold any index into ``[0, length)``, as ``numpy.pad(mode="reflect")`` does."""
    if length == 1:
        return np.zeros_like(index)
    period = 2 * (length - 1)
    folded = index % period
    return np.minimum(folded, period - folded)
