"""Display of factor maps: where each factor is active, over the slice."""

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from sklearn_microarch._arguments._numbers import check_switch
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import check_cells
from sklearn_microarch.plotting._slice_maps import (
    SliceMaps,
    check_names,
    chosen_factors,
)
from sklearn_microarch.plotting.colors._clip import (
    check_factors,
    check_no_infinity,
    clip_caption,
    clip_limits,
    factor_title,
)
from sklearn_microarch.plotting.colors._colors import fading_colormap
from sklearn_microarch.plotting.colors._key import add_color_scale, add_title
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._grid import Shown
from sklearn_microarch.plotting.panels._panels import open_panels, say
from sklearn_microarch.plotting.panels._section import Section


class FactorMapDisplay:
    """Heat maps of factors over their slice, one panel each.

    One rule holds for all panels and stands under the figure: colours run from
    0 to a percentile of the factor's own positive loadings, whose value is in
    the panel's title; weak loadings are nearly transparent and inactive cells
    are not drawn, so that the tissue shows.

    Parameters
    ----------
    factors : array-like of shape (rows, columns, n_factors)
        Loadings, NaN where no cell is.
    factor_names : sequence of str or None, default=None
        One name per factor; ``"factor07_VP"`` is shown as "Factor 7: VP".
        None: ``"factor0"`` and so on.
    background : SliceImage, array-like of shape (height, width) or None, \
            default=None
        The slice; three channels of 8 bits are shown in colour, other channels as
        their mean. None: a plain ground.
    cell_size : float, default=1.0, unit: pixels of the slice
        Distance between cells.
    offset : tuple of (float, float), default=(0.0, 0.0), unit: pixels of the slice
        Row and column of the first cell.
    pixel_size_um : float or None, default=None
        Edge length of a pixel of the slice, in micrometres. None takes what a
        `SliceImage` knows; still unknown, there is no scale bar.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as are the others.
    axes_ : ndarray of shape (n_factors,), dtype object
        One matplotlib Axes per factor.
    images_ : list of (matplotlib AxesImage or None)
        The heat maps; None for a factor that is active nowhere.
    clip_limits_ : ndarray of shape (n_factors,), in the unit of the loadings
        Loading at which each factor's colours end; NaN where there is none.

    See Also
    --------
    CompositeMapDisplay : Three factors as the channels of one picture.

    Notes
    -----
    Figure 2C of [1]_, where the limits differ from panel to panel by hand.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sklearn_microarch.plotting import FactorMapDisplay
    >>> loadings = np.random.default_rng(0).exponential(size=(30, 40, 2))
    >>> display = FactorMapDisplay(loadings, factor_names=["factor03_VP", "axons"])
    >>> display.plot().clip_limits_.round(1).tolist()
    [4.9, 4.7]
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        factors: ArrayLike,
        *,
        factor_names: Sequence[str] | None = None,
        background: SliceImage | ArrayLike | None = None,
        cell_size: float = 1.0,
        offset: tuple[float, float] = (0.0, 0.0),
        pixel_size_um: float | None = None,
    ) -> None:
        maps = check_factors(factors)
        self.section = Section.under(
            maps,
            background=background,
            cell_size=cell_size,
            offset=offset,
            pixel_size_um=pixel_size_um,
        )
        self.factors = check_no_infinity(
            check_cells(maps, self.section.grid, name="factors")
        )
        self.factor_names = check_names(
            factor_names, maps.shape[2], prefix="factor", argument="factor_names"
        )

    @classmethod
    def from_maps(
        cls, maps: SliceMaps, *, factors: Sequence[int | str] | None = None
    ) -> Self:
        """Take the factor maps of a mapped slice.

        Parameters
        ----------
        maps : MicroarchMaps
            What `sklearn_microarch.map_slice` returns.
        factors : sequence of int or str, or None, default=None
            Which to show, and in which order: columns of ``maps.factors``, or
            entries of ``maps.factor_names``. None: all.

        Returns
        -------
        display : FactorMapDisplay

        Raises
        ------
        TypeError
            If ``maps`` are no maps of a slice.
        ValueError
            If the maps hold no factors, or not the ones asked for.
        """
        loadings, names = chosen_factors(maps, factors)
        return cls(
            loadings,
            factor_names=names,
            background=maps.image,
            cell_size=maps.cell_size,
            offset=maps.offset,
        )

    def plot(
        self,
        ax: Axes | Iterable[Axes] | None = None,
        *,
        percentile: float = 99.0,
        threshold: float = 0.0,
        cmap: str = "plasma",
        crop: bool = False,
        margin: float = 0.05,
        colorbar: bool = True,
    ) -> Self:
        """Draw one panel per factor.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            One per factor. None: a new figure, wide slices stacked.
        percentile : float, default=99.0
            Where colours end: this percentile of a factor's active loadings.
        threshold : float, default=0.0
            Loadings above it are active; others are not drawn.
        cmap : str, default="plasma"
            Matplotlib colour map.
        crop : bool, default=False
            Show only the mapped part of the slice.
        margin : float, default=0.05
            Width left free around it, as a fraction of its longer side.
        colorbar : bool, default=True
            Draw the colour scale that states the rule.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is not one Axes per factor, or an option is out of range.
        """
        colorbar = check_switch("colorbar", colorbar)
        limits = clip_limits(self.factors, percentile=percentile, threshold=threshold)
        colors = fading_colormap(cmap)
        panels = open_panels(
            self.section,
            ~np.isnan(self.factors).all(axis=2),
            crop=crop,
            margin=margin,
            n_panels=len(limits),
            ax=ax,
        )
        # Comparisons with NaN are False, so that cells without a value are masked.
        loadings = self.factors[panels.shown.cells]
        active = np.ma.masked_where(~(loadings > threshold), loadings)
        images = [
            _draw_factor(panel, active[..., index], panels.shown, limits[index], colors)
            for index, panel in enumerate(panels.axes)
        ]
        for panel, name, limit in zip(
            panels.axes, self.factor_names, limits, strict=True
        ):
            where = "" if np.isnan(limit) else f"   (clipped at {limit:.3g})"
            add_title(panel, factor_title(name), where)
        if colorbar:
            caption = clip_caption(percentile=percentile, threshold=threshold)
            add_color_scale(
                panels.figure, panels.axes, colors, caption=f"loading, {caption}"
            )
        if ax is None:
            cut_to_fit(panels.figure)

        self.figure_, self.axes_ = panels.figure, panels.axes
        self.images_, self.clip_limits_ = images, limits
        return self


def _draw_factor(
    ax: Axes,
    active: np.ma.MaskedArray,
    shown: Shown,
    limit: float,
    colors: Colormap,
) -> AxesImage | None:
    if np.isnan(limit):
        say(ax, "no positive loadings")
        return None
    return ax.imshow(
        active,
        cmap=colors,
        norm=Normalize(0.0, limit),
        extent=shown.extent,
        interpolation="nearest",
        gid="factor",
    )
