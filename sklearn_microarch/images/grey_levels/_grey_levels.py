"""Grey levels of a slice, window by window, as a table."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Of each window and channel: the median, and the logarithm of the spread from the
# tenth to the ninetieth percentile, which follow gain and offset; and three that do
# not: where the median lies between those percentiles, and how much of the spread is
# left in pixels twice as wide, twice, as logarithms.
N_MEASURES = 5


@dataclass(frozen=True, eq=False, repr=False)
class GreyLevels:
    """Grey levels of a picture, or of several, in windows of about half a patch.

    Made by `measure_grey_levels`: a function of the picture and its pixel size alone.
    The exposure of a slice is estimated from it.

    Parameters
    ----------
    measures : ndarray of shape (n_windows, n_channels, 5), dtype float64
        Of windows that show tissue: median; logarithm of the spread between the
        10th and the 90th percentile of pixels of about 9 um; place of the median
        between them, of pixels of 5 um; logarithms of the share of the spread left
        from pixels of 5 to 9 um, and from 9 to 19 um.
    places : ndarray of shape (n_windows, 2), dtype float64
        Row and column of each window's centre, from -1 to 1 over the picture.
    sharpness : ndarray of shape (n_channels,), dtype float64
        Mean absolute difference of neighbouring pixels over the spread, the median
        of all windows; NaN without windows.
    overlap : float
        How many windows cover a pixel.
    frame : tuple of float or None, unit: pixels at full resolution
        Top, left, height and width of the picture that was measured, which places
        refer to; None: those of the picture the table is used for.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.images import measure_grey_levels
    >>> image = np.random.default_rng(0).normal(100, 20, size=(256, 512))
    >>> measure_grey_levels(SliceImage(image))
    GreyLevels(105 windows, 1 channel)
    """

    measures: NDArray[np.float64]
    places: NDArray[np.float64]
    sharpness: NDArray[np.float64]
    overlap: float = 1.0
    frame: tuple[float, float, float, float] | None = None

    def __len__(self) -> int:
        return len(self.measures)

    def __repr__(self) -> str:
        n_channels = self.measures.shape[1]
        many = "" if n_channels == 1 else "s"
        return f"GreyLevels({len(self)} windows, {n_channels} channel{many})"
