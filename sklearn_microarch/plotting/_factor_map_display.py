"""Display of factor maps: where each factor is active, over the slice."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_switch
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import check_cells
from sklearn_microarch.plotting._layers import SliceLayer, factor_display
from sklearn_microarch.plotting._slice_maps import SliceMaps, check_names
from sklearn_microarch.plotting.colors._clip import (
    check_factors,
    check_no_infinity,
    clip_caption,
    clip_limits,
    factor_title,
)
from sklearn_microarch.plotting.colors._colors import fading_colormap
from sklearn_microarch.plotting.colors._key import add_color_scale, add_title
from sklearn_microarch.plotting.export._cell_numbers import loading_columns
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._grid import Shown
from sklearn_microarch.plotting.panels._panels import Panels, open_slices, say
from sklearn_microarch.plotting.panels._section import SliceGround


class FactorMapDisplay(NumbersMixin):
    """Heat maps of factors over their slice, one panel each.

    One rule holds for all panels and stands under the figure: colours run from
    0 to a percentile of the factor's own positive loadings, whose value is in
    the panel's title; weak loadings are nearly transparent and inactive cells
    are not drawn, so that the tissue shows. Several slices, as :meth:`from_maps`
    takes them, share one limit a factor: what is drawn alike is as strong.

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
    orientation : mapping of str to str or None, default=None
        What lies at the sides of the picture, such as ``{"top": "D", "left": "L"}``;
        written there. None: as the slice's ``details`` state it, else nothing.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as are the others.
    axes_ : ndarray of shape (n_factors,) or (n_slices, n_factors), dtype object
        One matplotlib Axes per factor; of a list of maps, a row for each slice.
    images_ : list of (matplotlib AxesImage or None), or list of such lists
        The heat maps; None for a factor that is active nowhere on a slice. Of a list
        of maps, a list for each slice.
    clip_limits_ : ndarray of shape (n_factors,), in the unit of the loadings
        Loading at which each factor's colours end, on all slices; NaN where there is
        none.

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
        orientation: Mapping[str, str] | None = None,
    ) -> None:
        maps = check_factors(factors)
        section = SliceGround.under(
            maps,
            background=background,
            cell_size=cell_size,
            offset=offset,
            pixel_size_um=pixel_size_um,
            orientation=orientation,
        )
        check_cells(maps, section.grid, name="factors")
        self._layers = [SliceLayer(section, check_no_infinity(maps))]
        self._is_list = False
        self.factor_names = check_names(
            factor_names, maps.shape[2], prefix="factor", argument="factor_names"
        )

    @classmethod
    def from_maps(
        cls,
        maps: SliceMaps | Sequence[SliceMaps],
        *,
        factors: Sequence[int | str] | None = None,
        orientation: Mapping[str, str] | None = None,
    ) -> Self:
        """Take the factor maps of a mapped slice, or of several.

        Parameters
        ----------
        maps : MicroarchMaps or list of MicroarchMaps
            What `sklearn_microarch.map_slice` returns. Of a list, mapped with one
            model, each slice has its panels, and all share the limits of the colours.
        factors : sequence of int or str, or None, default=None
            Which to show, and in which order: columns of ``maps.factors``, or
            entries of ``maps.factor_names``. None: all.
        orientation : mapping of str to str or None, default=None
            What lies at the sides of the pictures, such as ``{"top": "D"}``. None: as
            each slice's ``details`` state it, else nothing.

        Returns
        -------
        display : FactorMapDisplay

        Raises
        ------
        TypeError
            If ``maps`` are no maps of a slice.
        ValueError
            If the maps hold no factors, not the ones asked for, or not the same on
            all slices.
        """
        return factor_display(cls, maps, factors, orientation)

    @replayable
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
            One per factor, of several slices slice by slice. None: a new figure, wide
            slices stacked, several slices at one scale of length.
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
        maps = [layer.values for layer in self._layers]
        limits = clip_limits(maps, percentile=percentile, threshold=threshold)
        colors = fading_colormap(cmap)
        slices = open_slices(
            [layer.section for layer in self._layers],
            [~np.isnan(loadings).all(axis=2) for loadings in maps],
            crop=crop,
            margin=margin,
            n_panels=len(limits),
            ax=ax,
        )
        images = []
        for layer, panels in zip(self._layers, slices, strict=True):
            # Comparisons with NaN are False, so that cells without a value are masked.
            is_active = layer.values > threshold
            drawn = panels.shown.cells
            active = np.ma.masked_where(~is_active[drawn], layer.values[drawn])
            here = np.where(is_active.any(axis=(0, 1)), limits, np.nan)
            images.append(
                [
                    _draw_factor(panel, active[..., at], panels.shown, here[at], colors)
                    for at, panel in enumerate(panels.axes)
                ]
            )
            self._write_titles(panels, limits, layer.title)
        figure, axes = slices[0].figure, np.array([panels.axes for panels in slices])
        if colorbar:
            caption = clip_caption(
                percentile=percentile, threshold=threshold, n_slices=len(slices)
            )
            add_color_scale(
                figure,
                axes.ravel(),
                colors,
                caption=f"loading, {caption}",
                end="clip limit" if len(slices) == 1 else "x, in the titles",
            )
        if ax is None:
            cut_to_fit(figure)

        self.figure_, self.clip_limits_ = figure, limits
        self.axes_ = axes if self._is_list else axes[0]
        self.images_ = images if self._is_list else images[0]
        return self

    def _numbers(self) -> Numbers:
        return loading_columns(self._layers, self.factor_names)

    def _write_titles(self, panels: Panels, limits: NDArray, above: str) -> None:
        """Name the factors of a slice, and the slice itself over the first of them."""
        words = "clipped at {:.3g}" if len(self._layers) == 1 else "0 to {:.3g}"
        for place, (panel, name, limit) in enumerate(
            zip(panels.axes, self.factor_names, limits, strict=True)
        ):
            where = "" if np.isnan(limit) else f"   ({words.format(limit)})"
            first = above if place == 0 else ""
            add_title(panel, factor_title(name), where, above=first)


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
