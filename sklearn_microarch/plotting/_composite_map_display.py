"""Display of three factors as the channels of one colour picture."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import check_cells
from sklearn_microarch.plotting._layers import SliceLayer, factor_display
from sklearn_microarch.plotting._slice_maps import SliceMaps, check_names
from sklearn_microarch.plotting.colors._categories import color_patches
from sklearn_microarch.plotting.colors._clip import (
    check_factors,
    check_no_infinity,
    clip_caption,
    clip_limits,
    factor_title,
)
from sklearn_microarch.plotting.colors._colors import check_colors, mix_lights
from sklearn_microarch.plotting.colors._key import (
    KEY_PATCH_IN,
    add_key_of_slices,
    add_title,
    legible,
)
from sklearn_microarch.plotting.export._cell_numbers import loading_columns
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._panels import draw_map, open_slices, say
from sklearn_microarch.plotting.panels._section import SliceGround


class CompositeMapDisplay(NumbersMixin):
    r"""Three factors in one picture, each in its own colour of light.

    With :math:`u_f = \min(1, v_f / c_f)`, the loading of factor :math:`f`
    divided by its clip limit, a cell's hue is that of :math:`\sum_f u_f
    \mathbf{k}_f`, where :math:`\mathbf{k}_f` is the factor's colour, and its
    opacity grows with :math:`\max_f u_f`: weak loadings are nearly transparent,
    as in `FactorMapDisplay`, and the clip rule is the same. Several slices, as
    :meth:`from_maps` takes them, share the three limits.

    Parameters
    ----------
    factors : array-like of shape (rows, columns, 3)
        Loadings, NaN where no cell is.
    factor_names : sequence of str or None, default=None
        Three names. None: ``"factor0"`` and so on.
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
    ax_ : matplotlib Axes, or ndarray of them of shape (n_slices,)
        The panel; of a list of maps, one for each slice.
    clip_limits_ : ndarray of shape (3,), in the unit of the loadings
        Loading at which each channel is full; NaN where a factor is active
        nowhere.

    See Also
    --------
    FactorMapDisplay : Any number of factors, one panel each.

    Notes
    -----
    Mixtures of three lights cannot all be told apart by colour-blind readers;
    show the panels of `FactorMapDisplay` beside this picture.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473` (Figure 2B1).

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sklearn_microarch.plotting import CompositeMapDisplay
    >>> loadings = np.random.default_rng(0).exponential(size=(30, 40, 3))
    >>> display = CompositeMapDisplay(loadings).plot(percentile=100)
    >>> bool((display.clip_limits_ == loadings.max(axis=(0, 1))).all())
    True
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
        if maps.shape[2] != 3:
            raise ValueError(
                f"factors has {maps.shape[2]} maps, of shape {maps.shape}; a composite "
                "takes 3, for example factors[..., [0, 2, 5]]."
            )
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
            factor_names, 3, prefix="factor", argument="factor_names"
        )

    @classmethod
    def from_maps(
        cls,
        maps: SliceMaps | Sequence[SliceMaps],
        *,
        factors: Sequence[int | str],
        orientation: Mapping[str, str] | None = None,
    ) -> Self:
        """Take three factor maps of a mapped slice, or of several.

        Parameters
        ----------
        maps : MicroarchMaps or list of MicroarchMaps
            What `sklearn_microarch.map_slice` returns. Of a list, mapped with one
            model, each slice has its panel, and all share the limits.
        factors : sequence of 3 int or str
            Columns of ``maps.factors``, or entries of ``maps.factor_names``.
        orientation : mapping of str to str or None, default=None
            What lies at the sides of the pictures, such as ``{"top": "D"}``. None: as
            each slice's ``details`` state it, else nothing.

        Returns
        -------
        display : CompositeMapDisplay

        Raises
        ------
        TypeError
            If ``maps`` are no maps of a slice.
        ValueError
            If the maps hold no factors, not the three asked for, or not the same on
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
        colors: Sequence[str] = ("#ff0000", "#00ff00", "#0000ff"),
        crop: bool = False,
        margin: float = 0.05,
    ) -> Self:
        """Draw the picture, and which factor is which colour.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            One per slice. None: a new figure.
        percentile : float, default=99.0
            Where a channel is full: this percentile of a factor's active
            loadings.
        threshold : float, default=0.0
            Loadings above it are active; others add no light.
        colors : sequence of 3 matplotlib colours
            The lights. Red, green and blue by default.
        crop : bool, default=False
            Show only the mapped part of the slice.
        margin : float, default=0.05
            Width left free around it, as a fraction of its longer side.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is not one Axes per slice, there are not three colours, or an
            option is out of range.
        """
        lights = check_colors("colors", colors)
        if len(lights) != 3:
            raise ValueError(
                f"colors={shown(colors)} must hold 3 colours, one a factor."
            )
        maps = [layer.values for layer in self._layers]
        limits = clip_limits(maps, percentile=percentile, threshold=threshold)
        slices = open_slices(
            [layer.section for layer in self._layers],
            [~np.isnan(loadings).all(axis=2) for loadings in maps],
            crop=crop,
            margin=margin,
            ax=ax,
        )
        for layer, panels in zip(self._layers, slices, strict=True):
            panel, loadings = panels.axes[0], layer.values[panels.shown.cells]
            picture = mix_lights(loadings, limits, lights, threshold=threshold)
            draw_map(panel, picture, panels.shown, gid="composite")
            if not (layer.values > threshold).any():
                say(panel, "no positive loadings")
            add_title(panel, layer.title, "")

        figure, axes = slices[0].figure, np.array([each.axes[0] for each in slices])
        caption = clip_caption(
            percentile=percentile, threshold=threshold, n_slices=len(slices)
        )
        add_key_of_slices(
            axes,
            color_patches(self._key_words(axes[0], limits), lights),
            title=f"each colour{':' if len(slices) == 1 else ','} {caption}",
            is_new=ax is None,
        )
        if ax is None:
            cut_to_fit(figure)
        self.figure_, self.clip_limits_ = figure, limits
        self.ax_ = axes if self._is_list else axes[0]
        return self

    def _numbers(self) -> Numbers:
        return loading_columns(self._layers, self.factor_names)

    def _key_words(self, ax: Axes, limits: NDArray[np.float64]) -> list[str]:
        """Return each factor's name, and the limit that several slices share."""
        words = []
        for name, limit in zip(self.factor_names, limits, strict=True):
            about = f" (0 to {limit:.3g})" if len(self._layers) > 1 else ""
            about = " (nowhere active)" if np.isnan(limit) else about
            words.append(
                legible(ax, factor_title(name), beside_in=3 * KEY_PATCH_IN) + about
            )
        return words
