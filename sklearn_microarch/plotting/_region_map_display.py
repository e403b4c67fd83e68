"""Display of a region map: which region each cell is predicted to lie in."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_switch
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import check_cells
from sklearn_microarch.plotting._probabilities import (
    certainty,
    check_probabilities,
    regions_and_confidence,
)
from sklearn_microarch.plotting._slice_maps import (
    SliceMaps,
    check_maps,
    check_names,
    present,
)
from sklearn_microarch.plotting.colors._categories import (
    color_patches,
    paint_categories,
)
from sklearn_microarch.plotting.colors._colors import category_colors
from sklearn_microarch.plotting.colors._key import KEY_PATCH_IN, add_key, legible
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._grid import check_fraction
from sklearn_microarch.plotting.panels._outline import check_reference, draw_outline
from sklearn_microarch.plotting.panels._panels import draw_map, open_panels, say
from sklearn_microarch.plotting.panels._section import Section


class RegionMapDisplay:
    """Predicted regions over their slice, with the outline of the true ones.

    Parameters
    ----------
    probabilities : array-like of shape (rows, columns, n_regions)
        Probability of each region, NaN where no cell is.
    region_names : sequence of str or None, default=None
        One name per region. A region's colour follows from its place in this
        list, whichever regions a slice shows. None: ``"region 0"`` and so on.
    reference : array-like of shape (height, width) or (rows, columns), or None, \
            default=None
        Map of the true regions, with codes of its own; only borders between
        different codes are drawn.
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
    regions : ndarray of shape (rows, columns), dtype int
        The most probable region of each cell, -1 where none.
    confidence : ndarray of shape (rows, columns)
        Its probability, NaN where none.
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``ax_``.
    ax_ : matplotlib Axes
        The panel.

    See Also
    --------
    ClusterMapDisplay : A map of integers, such as clusters or known regions.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn_microarch.plotting import RegionMapDisplay
    >>> nan = float("nan")
    >>> probabilities = [[[0.9, 0.1], [0.2, 0.8], [nan, nan]]]
    >>> display = RegionMapDisplay(probabilities, region_names=["CTX", "VP"])
    >>> display.regions.tolist()
    [[0, 1, -1]]
    >>> plt.close(display.plot().figure_)
    """

    def __init__(
        self,
        probabilities: ArrayLike,
        *,
        region_names: Sequence[str] | None = None,
        reference: ArrayLike | None = None,
        background: SliceImage | ArrayLike | None = None,
        cell_size: float = 1.0,
        offset: tuple[float, float] = (0.0, 0.0),
        pixel_size_um: float | None = None,
    ) -> None:
        shares = check_probabilities(probabilities)
        self.section = Section.under(
            shares,
            background=background,
            cell_size=cell_size,
            offset=offset,
            pixel_size_um=pixel_size_um,
        )
        grid = self.section.grid
        check_cells(shares, grid, name="probabilities")
        self.regions, self.confidence = regions_and_confidence(shares)
        self.region_names = check_names(
            region_names, shares.shape[2], prefix="region ", argument="region_names"
        )
        self.reference = None if reference is None else check_reference(reference, grid)

    @classmethod
    def from_maps(cls, maps: SliceMaps, *, reference: ArrayLike | None = None) -> Self:
        """Take the region probabilities of a mapped slice.

        Parameters
        ----------
        maps : MicroarchMaps
            What `sklearn_microarch.map_slice` returns.
        reference : array-like of shape (height, width) or None, default=None
            Map of the true regions.

        Returns
        -------
        display : RegionMapDisplay

        Raises
        ------
        TypeError
            If ``maps`` are no maps of a slice.
        ValueError
            If the maps hold no region probabilities.
        """
        check_maps(maps)
        return cls(
            present(maps.region_probabilities, "region_probabilities"),
            region_names=[str(name) for name in maps.region_names],
            reference=reference,
            background=maps.image,
            cell_size=maps.cell_size,
            offset=maps.offset,
        )

    def plot(
        self,
        ax: Axes | None = None,
        *,
        by_confidence: bool = False,
        palette: Sequence[str] | None = None,
        alpha: float = 0.55,
        crop: bool = False,
        margin: float = 0.05,
    ) -> Self:
        """Draw the regions.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            None: a new figure.
        by_confidence : bool, default=False
            Let the tissue through where the prediction is unsure: opacity
            falls to a tenth at the probability of a guess.
        palette : sequence of matplotlib colours or None, default=None
            One per region. None: colours that colour-blind readers can tell
            apart.
        alpha : float, default=0.55
            Opacity of the colours.
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
            If ``ax`` is no Axes, or an option is out of range.
        """
        alpha = check_fraction(alpha, name="alpha")
        by_confidence = check_switch("by_confidence", by_confidence)
        colors = category_colors(len(self.region_names), palette)
        mapped = self.regions >= 0
        panels = open_panels(self.section, mapped, crop=crop, margin=margin, ax=ax)
        panel, drawn = panels.axes[0], panels.shown.cells
        opacity: NDArray | float = alpha
        if by_confidence:
            opacity = alpha * certainty(self.confidence[drawn], len(colors))
        picture = paint_categories(self.regions[drawn], colors, opacity)
        draw_map(panel, picture, panels.shown, gid="regions")
        if not mapped.any():
            say(panel, "no cell mapped")

        seen = np.unique(self.regions[mapped])
        words = [
            legible(panel, self.region_names[at], beside_in=KEY_PATCH_IN) for at in seen
        ]
        handles = color_patches(words, colors[seen])
        if self.reference is not None:
            handles.append(
                draw_outline(panel, self.reference, self.section.grid, panels.box)
            )
        add_key(panel, handles)
        if ax is None:
            cut_to_fit(panels.figure)
        self.figure_, self.ax_ = panels.figure, panel
        return self
