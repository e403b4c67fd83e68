"""Depth of a region's pixels, and which have none and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._arrays import as_numbers
from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.anatomy.laminar._depth_status import DEPTH_STATUS, KNOWN
from sklearn_microarch.annotation import RoiMap


@dataclass(frozen=True, eq=False, repr=False)
class LaminarDepth:
    """How deep pixels lie between pia and white matter.

    Made by `laminar_depth`.

    Parameters
    ----------
    depth : ndarray of shape (height, width), dtype float32
        From 0 at the pia to 1 at the white matter; NaN where there is no depth.
    thickness : ndarray of shape (height, width), dtype float32, unit: pixels
        Length of the streamline through a pixel; NaN where there is no depth.
    status : ndarray of shape (height, width), dtype uint8
        0 outside the region, 1 has a depth, 2 near a cut edge, a crop or another
        region, 3 strong curvature, 4 not between pia and white matter.
    region, white_matter : str
        Names of the region, and of the white matter below it.
    method : str
        "laplace" or "equal_volume".
    pixel_size_um : float or None, unit: micrometres
        Edge of a pixel; None where it is unknown.
    borders : mapping of str to ndarray of shape (n, 2), unit: pixels
        Rows and columns along "pia", "white matter" and "cut", as they were taken.

    See Also
    --------
    laminar_depth : Makes it.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import RoiMap
    >>> from sklearn_microarch.anatomy import laminar_depth
    >>> codes = np.zeros((60, 80), dtype=int)
    >>> codes[5:50, 10:70], codes[50:55, 10:70] = 1, 2
    >>> found = laminar_depth(RoiMap(codes, {1: "cortex", 2: "CC"}))
    >>> found.counts()["has a depth"]
    2252
    >>> found.bands(3).areas()
    {'0-33.3 %': 752, '33.3-66.7 %': 750, '66.7-100 %': 750}
    """

    depth: NDArray[np.float32]
    thickness: NDArray[np.float32]
    status: NDArray[np.uint8]
    region: str
    white_matter: str
    method: str
    pixel_size_um: float | None
    borders: Mapping[str, NDArray[np.float64]]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, in pixels."""
        return self.depth.shape[0], self.depth.shape[1]

    @property
    def thickness_um(self) -> float | None:
        """Median length of streamlines, in micrometres; None where that is unknown."""
        if self.pixel_size_um is None:
            return None
        return float(np.nanmedian(self.thickness)) * self.pixel_size_um

    def counts(self) -> dict[str, int]:
        """Return how many pixels of the region have a depth, and why others have none.

        Returns
        -------
        counts : dict of str to int
            Pixels by what `status` says of them, the outside left out.
        """
        numbers = np.bincount(self.status.ravel(), minlength=len(DEPTH_STATUS))
        return {
            words: int(numbers[code])
            for code, words in DEPTH_STATUS.items()
            if code > 0
        }

    def bands(self, edges: int | Sequence[float] | ArrayLike = 5) -> RoiMap:
        """Return bands of depth as regions.

        Parameters
        ----------
        edges : int or array-like of shape (n_bands + 1,), default=5
            Ascending depths where bands begin and end, or a number of equal bands.

        Returns
        -------
        bands : RoiMap
            Named by their depths in per cent, such as "0-20 %"; pixels without a depth
            are of none.

        Raises
        ------
        TypeError, ValueError
            If ``edges`` are not ascending numbers from 0 to 1.
        """
        limits = check_depth_edges(edges)
        codes = np.digitize(np.nan_to_num(self.depth, nan=-1.0), limits)
        # The last band holds its deeper end.
        codes[self.depth == limits[-1]] = len(limits) - 1
        codes[codes == len(limits)] = 0
        names = {
            number: f"{100 * low:.3g}-{100 * high:.3g} %"
            for number, (low, high) in enumerate(pairwise(limits), start=1)
        }
        return RoiMap(codes, names, pixel_size_um=self.pixel_size_um)

    def __repr__(self) -> str:
        n_pixels = int(np.count_nonzero(self.status))
        share = int(np.count_nonzero(self.status == KNOWN)) / max(n_pixels, 1)
        size = self.thickness_um
        thick = "thickness unknown" if size is None else f"{size:.0f} um thick"
        height, width = self.shape
        return (
            f"LaminarDepth({self.region!r} to {self.white_matter!r}, "
            f"{height} x {width} pixels, {100 * share:.0f} % with a depth, {thick})"
        )


def check_depth_edges(
    edges: int | Sequence[float] | ArrayLike, *, name: str = "edges"
) -> NDArray[np.float64]:
    """Return ascending depths (n_bands + 1,); of a number, those of equal bands."""
    if isinstance(edges, int | np.integer) and not isinstance(edges, bool):
        if not 1 <= edges <= 1000:
            raise ValueError(f"{name}={edges} must lie between 1 and 1000.")
        return np.linspace(0.0, 1.0, int(edges) + 1)
    limits = as_numbers(name, edges).astype(np.float64)
    if limits.ndim != 1 or len(limits) < 2:
        raise ValueError(
            f"{name} has shape {limits.shape}; give a number of bands, or where they "
            "begin and end, (n_bands + 1,)."
        )
    if not (np.diff(limits) > 0).all() or limits[0] < 0 or limits[-1] > 1:
        raise ValueError(f"{name}={shown(edges)} must ascend from 0 to 1 at most.")
    return limits
