"""Colours that stay apart for colour-blind readers, and a map that fades out."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap, to_rgb
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.plotting.colors._apart import keep_apart

# Seven of Okabe and Ito's, then five chosen so that any two of the twelve stay
# apart under protanopia, deuteranopia and tritanopia too.
REGION_COLORS = (
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
# Chosen to stay apart from each other, the first eight more so, as those of regions do,
# and each from every colour of a region: a colour means a region or a cluster.
CLUSTER_COLORS = (
    "#60FFFF",
    "#FF4080",
    "#C0FF00",
    "#6000FF",
    "#40A000",
    "#C080FF",
    "#800080",
    "#204000",
    "#8020C0",
    "#E0C080",
    "#FF60C0",
    "#C00040",
)


def category_colors(
    n_categories: int,
    palette: Sequence[str] | None,
    *,
    usual: Sequence[str],
) -> NDArray[np.float64]:
    """Return colours (n_categories, 3) from 0 to 1: of a palette, else the usual ones.

    The i-th is the same however many there are.
    """
    rgb = check_colors("palette", usual if palette is None else palette)
    if len(rgb) < n_categories:
        raise ValueError(
            f"palette holds {len(rgb)} colours for {n_categories} categories; "
            "pass palette= with one colour for each."
        )
    return rgb[:n_categories]


def region_colors(
    names: Sequence[str],
    palette: Sequence[str] | None = None,
    *,
    annotated: Mapping[str, tuple[int, int, int]] | None = None,
) -> NDArray[np.float64]:
    """Return one colour per region (n_regions, 3), from 0 to 1.

    ``annotated`` are colours from 0 to 255 that an annotation gives to names; they win
    over the usual ones, and a palette of the caller's over both.
    """
    given = {} if annotated is None or palette is not None else annotated
    if names and all(name in given for name in names):
        return np.array([given[name] for name in names]) / 255
    rgb = category_colors(len(names), palette, usual=REGION_COLORS)
    return with_given_colors(rgb, names, given)


def with_given_colors(
    usual: NDArray[np.float64],
    names: Sequence[str],
    given: Mapping[str, tuple[int, int, int]],
) -> NDArray[np.float64]:
    """Return colours of regions (n_regions, 3), from 0 to 1; ``given`` ones win.

    A usual colour that is near a given one is replaced by one that is near no other.
    """
    has_own = np.array([name in given for name in names], dtype=bool)
    if not has_own.any():
        return usual
    own = np.array([given[name] for name in names if name in given]) / 255
    rgb = usual.copy()
    rgb[has_own] = own
    clusters = check_colors("palette", CLUSTER_COLORS)
    rgb[~has_own] = keep_apart(usual[~has_own], own, avoid=clusters)
    return rgb


def check_colors(argument: str, colors: object) -> NDArray[np.float64]:
    """Return matplotlib colours as (n, 3), from 0 to 1."""
    if isinstance(colors, str | bytes) or not isinstance(colors, Iterable):
        raise TypeError(
            f"{argument}={shown(colors)} must be a sequence of matplotlib colours."
        )
    rgb = []
    for color in colors:
        try:
            rgb.append(to_rgb(color))
        except (TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise ValueError(
                f"{argument} holds {shown(color)}, which is no matplotlib colour."
            ) from error
    return np.array(rgb, dtype=np.float64).reshape(-1, 3)


def opacity_at(fraction: NDArray) -> NDArray:
    """Return how opaque loadings are drawn: weak ones let the tissue through.

    ``fraction`` is a loading divided by its clip limit, from 0 to 1.
    """
    return 0.15 + 0.7 * fraction


def fading_colormap(name: str) -> ListedColormap:
    """Return a named colour map whose low end is nearly transparent."""
    if not isinstance(name, str) or name not in colormaps:
        raise ValueError(
            f"cmap={shown(name)} is not a matplotlib colour map; "
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
    """Return the colour and opacity of each cell, (rows, columns, 4).

    ``factors`` are (rows, columns, n), NaN where none; ``limits`` (n,) are where lights
    are full, NaN for one that is not lit; ``lights`` are (n, 3), from 0 to 1.
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
