"""Colours that stay apart for colour-blind readers, and a map that fades out."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap, to_rgb
from numpy.typing import NDArray

# Seven of Okabe and Ito's, then five chosen so that any two of the twelve stay
# apart under protanopia, deuteranopia and tritanopia too.
CATEGORY_COLORS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#D55E00",
    "#56B4E9",
    "#F0E442",
    "#882255",
    "#B8E986",
    "#7A4A00",
    "#F7B6D2",
    "#332288",
)


def category_colors(
    n_categories: int, palette: Sequence[str] | None = None
) -> NDArray[np.float64]:
    """Return one colour per category; the i-th is the same however many there are.

    Parameters
    ----------
    n_categories : int
        Number of clusters or regions.
    palette : sequence of matplotlib colours or None, default=None
        At least ``n_categories`` colours. None: twelve that colour-blind
        readers can tell apart.

    Returns
    -------
    colors : ndarray of shape (n_categories, 3), in [0, 1]
        Red, green, blue.

    Raises
    ------
    ValueError
        If there are fewer colours than categories.

    References
    ----------
    .. [1] M. Okabe and K. Ito, "Color Universal Design", 2008,
       https://jfly.uni-koeln.de/color/
    """
    colors = CATEGORY_COLORS if palette is None else palette
    if len(colors) < n_categories:
        raise ValueError(
            f"palette holds {len(colors)} colours for {n_categories} categories; "
            "pass palette= with one colour for each."
        )
    rgb = [to_rgb(color) for color in colors[:n_categories]]
    return np.array(rgb, dtype=np.float64).reshape(-1, 3)


def opacity_at(fraction: NDArray) -> NDArray:
    """Return how opaque a loading is drawn: weak ones let the tissue through.

    Parameters
    ----------
    fraction : ndarray
        Loading divided by the clip limit, in [0, 1].

    Returns
    -------
    opacity : ndarray of the same shape
        From 0.15, so that even the weakest active cell shows, to 0.85.
    """
    return 0.15 + 0.7 * fraction


def fading_colormap(name: str) -> ListedColormap:
    """Return a named colour map whose low end is nearly transparent.

    Parameters
    ----------
    name : str
        Name of a matplotlib colour map.

    Returns
    -------
    cmap : ListedColormap
        256 colours with opacity; masked values are not drawn.

    Raises
    ------
    ValueError
        If matplotlib knows no such map.
    """
    if name not in colormaps:
        raise ValueError(
            f"cmap={name!r} is not a matplotlib colour map; "
            "'viridis', 'plasma' and 'magma' are safe choices."
        )
    fraction = np.linspace(0.0, 1.0, 256)
    rgba = colormaps[name](fraction)
    rgba[:, 3] = opacity_at(fraction)
    return ListedColormap(rgba, name=f"{name}_fading")


def mix_lights(
    factors: NDArray,
    limits: NDArray[np.float64],
    lights: NDArray[np.float64],
    *,
    threshold: float = 0.0,
) -> NDArray[np.uint8]:
    """Return the colour and opacity of each cell.

    Parameters
    ----------
    factors : ndarray of shape (rows, columns, n_factors)
        Loadings, NaN where none.
    limits : ndarray of shape (n_factors,)
        Loading at which a factor's light is full; NaN: it gives none.
    lights : ndarray of shape (n_factors, 3), in [0, 1]
        Red, green, blue of each factor.
    threshold : float, default=0.0
        Loadings above it are active.

    Returns
    -------
    picture : ndarray of shape (rows, columns, 4), dtype uint8
        Transparent where no factor is active.
    """
    with np.errstate(invalid="ignore"):
        full = np.minimum(1.0, np.where(factors > threshold, factors / limits, 0.0))
    full = np.nan_to_num(full)
    strength = full.max(axis=2)
    color = full @ lights
    # Brightest channel at full: how weak a cell is, its opacity says.
    color /= np.maximum(color.max(axis=2, keepdims=True), 1e-12)
    opacity = np.where(strength > 0, opacity_at(strength), 0.0)
    picture = np.concatenate([color, opacity[..., np.newaxis]], axis=2)
    return np.round(255 * picture).astype(np.uint8)
