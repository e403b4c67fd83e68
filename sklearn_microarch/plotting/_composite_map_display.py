"""Display of three factors as the channels of one colour picture."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import check_cells
from sklearn_microarch.plotting._slice_maps import (
    SliceMaps,
    check_names,
    chosen_factors,
)
from sklearn_microarch.plotting.colors._categories import color_patches
from sklearn_microarch.plotting.colors._clip import (
    check_factors,
    check_no_infinity,
    clip_caption,
    clip_limits,
    factor_title,
)
from sklearn_microarch.plotting.colors._colors import check_colors, mix_lights
from sklearn_microarch.plotting.colors._key import KEY_PATCH_IN, add_key, legible
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._panels import draw_map, open_panels, say
from sklearn_microarch.plotting.panels._section import Section


class CompositeMapDisplay:
    r"""Three factors in one picture, each in its own colour of light.

    With :math:`u_f = \min(1, v_f / c_f)`, the loading of factor :math:`f`
    divided by its clip limit, a cell's hue is that of :math:`\sum_f u_f
    \mathbf{k}_f`, where :math:`\mathbf{k}_f` is the factor's colour, and its
    opacity grows with :math:`\max_f u_f`: weak loadings are nearly transparent,
    as in `FactorMapDisplay`, and the clip rule is the same.

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

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as are the others.
    ax_ : matplotlib Axes
        The panel.
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
    ) -> None:
        maps = check_factors(factors)
        if maps.shape[2] != 3:
            raise ValueError(
                f"factors has {maps.shape[2]} maps, of shape {maps.shape}; a composite "
                "takes 3, for example factors[..., [0, 2, 5]]."
            )
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
            factor_names, 3, prefix="factor", argument="factor_names"
        )

    @classmethod
    def from_maps(cls, maps: SliceMaps, *, factors: Sequence[int | str]) -> Self:
        """Take three factor maps of a mapped slice.

        Parameters
        ----------
        maps : MicroarchMaps
            What `sklearn_microarch.map_slice` returns.
        factors : sequence of 3 int or str
            Columns of ``maps.factors``, or entries of ``maps.factor_names``.

        Returns
        -------
        display : CompositeMapDisplay

        Raises
        ------
        TypeError
            If ``maps`` are no maps of a slice.
        ValueError
            If the maps hold no factors, or not the three asked for.
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
        ax: Axes | None = None,
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
        ax : matplotlib Axes or None, default=None
            None: a new figure.
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
            If ``ax`` is no Axes, there are not three colours, or an option is
            out of range.
        """
        lights = check_colors("colors", colors)
        if len(lights) != 3:
            raise ValueError(
                f"colors={shown(colors)} must hold 3 colours, one a factor."
            )
        limits = clip_limits(self.factors, percentile=percentile, threshold=threshold)
        mapped = ~np.isnan(self.factors).all(axis=2)
        panels = open_panels(self.section, mapped, crop=crop, margin=margin, ax=ax)
        panel = panels.axes[0]
        loadings = self.factors[panels.shown.cells]
        picture = mix_lights(loadings, limits, lights, threshold=threshold)
        draw_map(panel, picture, panels.shown, gid="composite")
        if np.isnan(limits).all():
            say(panel, "no positive loadings")

        words = [
            legible(panel, factor_title(name), beside_in=3 * KEY_PATCH_IN)
            + (" (nowhere active)" if np.isnan(limit) else "")
            for name, limit in zip(self.factor_names, limits, strict=True)
        ]
        caption = clip_caption(percentile=percentile, threshold=threshold)
        add_key(panel, color_patches(words, lights), title=f"each colour: {caption}")
        if ax is None:
            cut_to_fit(panels.figure)
        self.figure_, self.ax_ = panels.figure, panel
        self.clip_limits_ = limits
        return self
