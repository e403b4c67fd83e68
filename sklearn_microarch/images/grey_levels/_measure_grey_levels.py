"""Measure the grey levels of a slice in windows, block by block."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch.images._slice_image import SliceImage
from sklearn_microarch.images.grey_levels._grey_levels import N_MEASURES, GreyLevels

# Half of a usual patch, within which a slice is lit evenly.
WINDOW_UM = 75.0
# Where the pixel size is unknown.
WINDOW_PX = 64
# Pixels are averaged until a window has so many along an edge: cells are left, and
# what blurs or sharpens single pixels hardly counts.
CELLS = 16
# Windows overlap by half where there are fewer without.
ENOUGH = 600
# A window whose spread is below this share of that of textured ones is blank.
BLANK = 0.2
# One whose spread is so many times that of most shows more than tissue.
MIXED = 2.0
# Pixels that are measured together, in a few arrays of float32.
PIXELS_OF_A_BAND = 1 << 22
_SMALLEST = 1e-6


def measure_grey_levels(image: SliceImage) -> GreyLevels:
    """Measure the grey levels of a slice in windows of 75 um.

    The exposure of a slice is estimated from these, without its annotation. A crop
    shows too little for that; give it those of the whole slice, or give slices that
    were stained and scanned together what all of them show, with `share_grey_levels`.

    Parameters
    ----------
    image : SliceImage
        Read block by block; of an unknown pixel size, windows are 64 pixels.

    Returns
    -------
    grey_levels : GreyLevels
        Of windows that show tissue and do not touch one that does not. The one the
        image was given, if it was.

    Raises
    ------
    TypeError
        If ``image`` is no `SliceImage`.

    Examples
    --------
    A crop that is exposed as the slice it was cut from:

    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.images import measure_grey_levels
    >>> pixels = np.random.default_rng(0).normal(100, 20, size=(256, 512))
    >>> image = SliceImage(pixels, pixel_size_um=1.17)
    >>> crop = image.replace(
    ...     data=pixels[:128, 64:], crop=(0, 64), grey_levels=measure_grey_levels(image)
    ... )
    >>> measure_grey_levels(crop) is crop.grey_levels
    True
    """
    if not isinstance(image, SliceImage):
        raise TypeError(f"image is a {type(image).__name__}; it must be a SliceImage.")
    if image.grey_levels is not None:
        return image.grey_levels
    kept: GreyLevels | None = getattr(image, "_measured", None)
    if kept is None:
        kept = _measure(image)
        # Beside the fields, so that neither hash nor pickle knows of it.
        object.__setattr__(image, "_measured", kept)
    return kept


def _measure(image: SliceImage) -> GreyLevels:
    width = (
        WINDOW_PX if image.pixel_size_um is None else WINDOW_UM / image.pixel_size_um
    )
    factor = max(1, round(width / CELLS))
    window = factor * CELLS
    height, wide = image.shape
    n_channels = image.n_channels or 1
    overlap = 1 if (height // window) * (wide // window) >= ENOUGH else 2
    step = window // overlap
    if height < window or wide < window:
        nothing = np.empty((0, n_channels, N_MEASURES))
        return GreyLevels(nothing, np.empty((0, 2)), np.full(n_channels, np.nan))
    bands = [
        _measure_band(band.reshape(n_channels, *band.shape[-2:]), factor, step)
        for band in _bands(image, window, step)
    ]
    # Of shape (n_rows, n_cols, n_channels, N_MEASURES + 1), sharpness last.
    grid = np.concatenate(bands)
    # The spread, and that of finer pixels.
    log_spread = np.minimum(grid[..., 1], grid[..., 1] - grid[..., 3]).max(axis=2)
    tissue = _show_tissue(log_spread)
    rows, cols = np.nonzero(tissue)
    at = np.stack([rows, cols], axis=1) * step + window / 2
    found = grid[rows, cols]
    sharpness = np.full(n_channels, np.nan)
    if len(found):
        sharpness = np.median(found[..., -1], axis=0)
    return GreyLevels(
        np.ascontiguousarray(found[..., :N_MEASURES]),
        2 * at / [height, wide] - 1,
        sharpness,
        float(overlap**2),
        frame_of(image),
    )


def frame_of(image: SliceImage) -> tuple[float, float, float, float]:
    """Return top, left, height and width of a picture, in pixels at full resolution."""
    scale, (top, left) = image.downsample, image.crop
    height, width = image.shape
    return float(top), float(left), height * scale, width * scale


def _bands(image: SliceImage, window: int, step: int) -> Iterator[NDArray]:
    """Yield bands of rows, up to 16 windows high, that overlap as windows do."""
    n_windows = (image.shape[0] - window) // step + 1
    pixels = image.shape[1] * step * (image.n_channels or 1)
    many = max(1, min(16, PIXELS_OF_A_BAND // pixels))
    for first in range(0, n_windows, many):
        last = min(first + many, n_windows)
        rows = slice(first * step, (last - 1) * step + window)
        yield image.read(rows, slice(None))


def _measure_band(band: NDArray, factor: int, step: int) -> NDArray[np.float64]:
    """Measure windows (n_rows, n_cols, n_channels, N_MEASURES + 1) of a band."""
    grey = band.astype(np.float32)
    every = step // factor
    fine = _average(grey, factor)
    middle = _average(fine, 2)
    low, median, high = _percentiles(fine, CELLS, every)
    spread_fine = np.maximum(high - low, _SMALLEST)
    spread, wide = (
        np.maximum(upper - lower, _SMALLEST)
        for lower, _, upper in (
            _percentiles(middle, CELLS // 2, every // 2),
            _percentiles(_average(middle, 2), CELLS // 4, every // 4),
        )
    )
    across = np.abs(np.diff(grey, axis=2, append=grey[:, :, -1:]))
    detail = _windows(_average(across, factor), CELLS, every).mean(axis=-1)
    found = np.stack(
        [
            median,
            np.log(spread),
            (median - low) / spread_fine,
            np.log(spread / spread_fine),
            np.log(wide / spread),
            detail / spread,
        ],
        axis=-1,
    )
    return np.moveaxis(found, 0, 2).astype(np.float64)


def _percentiles(
    grey: NDArray[np.float32], edge: int, step: int
) -> tuple[NDArray, NDArray, NDArray]:
    """Return the 10th, 50th and 90th percentile (n_channels, n_rows, n_cols)."""
    values = np.sort(_windows(grey, edge, step), axis=-1)
    n = edge**2
    tenth = round(0.1 * (n - 1))
    median = (values[..., n // 2 - 1] + values[..., n // 2]) / 2
    return values[..., tenth], median, values[..., n - 1 - tenth]


def _average(grey: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Average squares of pixels of (n_channels, height, width); a rest is left out."""
    channels, height, width = grey.shape
    rows, cols = height // factor, width // factor
    whole = grey[:, : rows * factor, : cols * factor]
    parts = whole.reshape(channels, rows, factor, cols, factor)
    averaged: NDArray[np.float32] = parts.mean(axis=(2, 4), dtype=np.float32)
    return averaged


def _windows(grey: NDArray[np.float32], edge: int, step: int) -> NDArray[np.float32]:
    """Return the values (n_channels, n_rows, n_cols, edge ** 2) of each window."""
    view = np.lib.stride_tricks.sliding_window_view(grey, (edge, edge), axis=(1, 2))
    chosen = view[:, ::step, ::step]
    return chosen.reshape(*chosen.shape[:3], edge * edge)


def _show_tissue(log_spread: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which windows (n_rows, n_cols) are textured, as all around them are."""
    textured = log_spread > np.log(BLANK) + np.quantile(log_spread, 0.8)
    textured &= log_spread > np.log(2 * _SMALLEST)
    # Half empty, at a rim or a large vessel, or dirty.
    if textured.any():
        textured &= log_spread < np.log(MIXED) + np.median(log_spread[textured])
    inner = ndimage.binary_erosion(textured, np.ones((3, 3)), border_value=1)
    # Thin tissue has no inside.
    return inner if inner.sum() > 0.3 * textured.sum() else textured
