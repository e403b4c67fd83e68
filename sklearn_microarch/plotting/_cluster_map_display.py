"""Display of a cluster map: which cluster each cell belongs to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Self

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_option, check_strings
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import check_cells
from sklearn_microarch.plotting._layers import SliceLayer, join_displays
from sklearn_microarch.plotting._slice_maps import (
    SliceMaps,
    check_names,
    present,
    slices_of,
)
from sklearn_microarch.plotting.colors._categories import (
    check_categories,
    color_patches,
    paint_categories,
    percent_text,
)
from sklearn_microarch.plotting.colors._colors import CLUSTER_COLORS, category_colors
from sklearn_microarch.plotting.colors._key import (
    KEY_PATCH_IN,
    add_key_of_slices,
    add_title,
    legible,
)
from sklearn_microarch.plotting.export._cell_numbers import (
    cell_columns,
    stack_columns,
)
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._grid import check_fraction
from sklearn_microarch.plotting.panels._panels import (
    Panels,
    draw_map,
    open_slices,
    say,
)
from sklearn_microarch.plotting.panels._section import SliceGround


class ClusterMapDisplay(NumbersMixin):
    """Clusters over their slice, all in one panel or each in its own.

    A cluster has one colour on all slices. No usual colour of a cluster is one of a
    region in `RegionMapDisplay`. Colours that an annotation gives to regions are not
    known here: where one of them is near a cluster's, pass a ``palette``.

    Parameters
    ----------
    clusters : array-like of shape (rows, columns), dtype int
        Cluster of each cell, -1 where none.
    cluster_names : sequence of str or None, default=None
        One name per cluster. None: ``"cluster 0"`` and so on.
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
    shares : ndarray of shape (n_clusters,) or (n_slices, n_clusters)
        Share of the mapped cells in each cluster; sums to 1. Of a list of maps, a row
        for each slice.
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (n_panels,) or (n_slices, n_panels), dtype object
        The panels, as matplotlib Axes: one, or one per cluster; of a list of maps, a
        row for each slice.

    See Also
    --------
    RegionMapDisplay : The same for predicted regions.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473` (Figure 2A2).

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn_microarch.plotting import ClusterMapDisplay
    >>> display = ClusterMapDisplay([[-1, 0, 0, 1], [-1, 0, 1, 0]], cell_size=8)
    >>> display.shares.round(2).tolist()
    [0.67, 0.33]
    >>> plt.close(display.plot().figure_)
    """

    def __init__(
        self,
        clusters: ArrayLike,
        *,
        cluster_names: Sequence[str] | None = None,
        background: SliceImage | ArrayLike | None = None,
        cell_size: float = 1.0,
        offset: tuple[float, float] = (0.0, 0.0),
        pixel_size_um: float | None = None,
        orientation: Mapping[str, str] | None = None,
    ) -> None:
        codes = check_categories(clusters, name="clusters")
        section = SliceGround.under(
            codes,
            background=background,
            cell_size=cell_size,
            offset=offset,
            pixel_size_um=pixel_size_um,
            orientation=orientation,
        )
        check_cells(codes, section.grid, name="clusters")
        self._layers = [SliceLayer(section, codes.astype(int))]
        self._is_list = False
        n_clusters = int(codes.max()) + 1
        if cluster_names is not None:
            cluster_names = check_strings("cluster_names", cluster_names)
            n_clusters = max(n_clusters, len(cluster_names))
        self.cluster_names = check_names(
            cluster_names, n_clusters, prefix="cluster ", argument="cluster_names"
        )

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of the mapped cells in each cluster."""
        shares = np.array(
            [_shares(layer.values, len(self.cluster_names)) for layer in self._layers]
        )
        return shares if self._is_list else shares[0]

    @classmethod
    def from_maps(
        cls,
        maps: SliceMaps | Sequence[SliceMaps],
        *,
        cluster_names: Sequence[str] | None = None,
        orientation: Mapping[str, str] | None = None,
    ) -> Self:
        """Take the cluster map of a mapped slice, or of several.

        Parameters
        ----------
        maps : MicroarchMaps or list of MicroarchMaps
            What `sklearn_microarch.map_slice` returns. Of a list, mapped with one
            model, each slice has its panel; a cluster has one colour on all.
        cluster_names : sequence of str or None, default=None
            One name per cluster. None: ``"cluster 0"`` and so on.
        orientation : mapping of str to str or None, default=None
            What lies at the sides of the pictures, such as ``{"top": "D"}``. None: as
            each slice's ``details`` state it, else nothing.

        Returns
        -------
        display : ClusterMapDisplay

        Raises
        ------
        TypeError
            If ``maps`` are no maps of a slice.
        ValueError
            If the maps hold no clusters.
        """
        displays = [
            cls(
                present(one.clusters, "clusters"),
                cluster_names=cluster_names,
                background=one.image,
                cell_size=one.cell_size,
                offset=one.offset,
                orientation=orientation,
            )
            for one in slices_of(maps)
        ]
        joint = join_displays(displays, maps)
        # A slice need not hold them all.
        joint.cluster_names = max(
            (display.cluster_names for display in displays), key=len
        )
        return joint

    @replayable
    def plot(
        self,
        ax: Axes | Iterable[Axes] | None = None,
        *,
        panels: Literal["together", "each"] = "together",
        palette: Sequence[str] | None = None,
        alpha: float = 0.6,
        crop: bool = False,
        margin: float = 0.05,
    ) -> Self:
        """Draw the clusters.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            One per panel, of several slices slice by slice. None: a new figure.
        panels : {"together", "each"}, default="together"
            All clusters of a slice in one panel, with a legend that gives their
            shares; or each cluster alone, with its share in the title.
        palette : sequence of matplotlib colours or None, default=None
            One per cluster. None: colours that colour-blind readers can tell apart,
            and that no region has unless an annotation gives it; a cluster has the
            same one in both kinds of panels.
        alpha : float, default=0.6
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
            If ``ax`` is not one Axes per panel, or an option is out of range.
        """
        check_option("panels", panels, ("together", "each"))
        alpha = check_fraction(alpha, name="alpha")
        colors = category_colors(len(self.cluster_names), palette, usual=CLUSTER_COLORS)
        each = panels == "each" and len(colors) > 0
        mapped = [layer.values >= 0 for layer in self._layers]
        slices = open_slices(
            [layer.section for layer in self._layers],
            mapped,
            crop=crop,
            margin=margin,
            n_panels=len(colors) if each else 1,
            ax=ax,
        )
        for layer, cells, opened in zip(self._layers, mapped, slices, strict=True):
            shown = [cells]
            if each:
                shown = [layer.values == cluster for cluster in range(len(colors))]
            _draw_clusters(layer.values, shown, opened, colors, alpha)
        figure, axes = slices[0].figure, np.array([opened.axes for opened in slices])
        self._write_titles(axes, each=each)
        if not each:
            handles = color_patches(self._key_words(axes[0, 0]), colors)
            title = None
            if len(self._layers) > 1:
                title = "share of each slice, in the order of the panels"
            add_key_of_slices(axes.ravel(), handles, title=title, is_new=ax is None)
        if ax is None:
            cut_to_fit(figure)
        self.figure_ = figure
        self.axes_ = axes if self._is_list else axes[0]
        return self

    def _numbers(self) -> Numbers:
        tables = []
        for layer in self._layers:
            mapped = layer.values >= 0
            codes = layer.values[mapped]
            names = np.array(self.cluster_names)[codes]
            tables.append(
                cell_columns(layer, mapped) | {"cluster": codes, "name": names}
            )
        return stack_columns(tables)

    def _write_titles(self, axes: NDArray, *, each: bool) -> None:
        """Name the slices of a list, and the clusters that have a panel each."""
        for layer, panels in zip(self._layers, axes, strict=True):
            if not each:
                add_title(panels[0], layer.title, "")
                continue
            shares = _shares(layer.values, len(self.cluster_names))
            for place, (panel, name) in enumerate(
                zip(panels, self.cluster_names, strict=True)
            ):
                above = layer.title if place == 0 else ""
                share = f" ({percent_text(shares[place])})"
                add_title(panel, name, share, above=above)

    def _key_words(self, ax: Axes) -> list[str]:
        """Return each cluster's name with its share of each slice."""
        shares = np.atleast_2d(self.shares).T
        about = [f" ({', '.join(map(percent_text, row))})" for row in shares]
        return [
            legible(ax, name, beside_in=2 * KEY_PATCH_IN) + share
            for name, share in zip(self.cluster_names, about, strict=True)
        ]


def _shares(clusters: NDArray, n_clusters: int) -> NDArray[np.float64]:
    """Return the share of the mapped cells in each cluster, (n_clusters,)."""
    mapped = clusters[clusters >= 0]
    return np.bincount(mapped, minlength=n_clusters) / max(1, mapped.size)


def _draw_clusters(
    clusters: NDArray,
    shown: list[NDArray],
    panels: Panels,
    colors: NDArray,
    alpha: float,
) -> None:
    """Draw on each panel of a slice the cells (rows, columns) that it shows."""
    drawn = panels.shown.cells
    for panel, cells in zip(panels.axes, shown, strict=True):
        picture = paint_categories(clusters[drawn], colors, alpha * cells[drawn])
        draw_map(panel, picture, panels.shown, gid="clusters")
        if not cells.any():
            say(panel, "no cell mapped" if (clusters < 0).all() else "no cell")
