"""Display of a cluster map: which cluster each cell belongs to."""

from collections.abc import Iterable, Sequence
from typing import Literal, Self

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_option, check_strings
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import check_cells
from sklearn_microarch.plotting._slice_maps import (
    SliceMaps,
    check_maps,
    check_names,
    present,
)
from sklearn_microarch.plotting.colors._categories import (
    check_categories,
    color_patches,
    paint_categories,
    percent_text,
)
from sklearn_microarch.plotting.colors._colors import category_colors
from sklearn_microarch.plotting.colors._key import (
    KEY_PATCH_IN,
    add_key,
    add_title,
    legible,
)
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._grid import check_fraction
from sklearn_microarch.plotting.panels._panels import draw_map, open_panels, say
from sklearn_microarch.plotting.panels._section import Section


class ClusterMapDisplay:
    """Clusters over their slice, all in one panel or each in its own.

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

    Attributes
    ----------
    shares : ndarray of shape (n_clusters,)
        Share of the mapped cells in each cluster; sums to 1.
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (1,) or (n_clusters,), dtype object
        The panels, as matplotlib Axes.

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
    ) -> None:
        codes = check_categories(clusters, name="clusters")
        self.section = Section.under(
            codes,
            background=background,
            cell_size=cell_size,
            offset=offset,
            pixel_size_um=pixel_size_um,
        )
        check_cells(codes, self.section.grid, name="clusters")
        self.clusters = codes.astype(int)
        n_clusters = int(self.clusters.max()) + 1
        if cluster_names is not None:
            cluster_names = check_strings("cluster_names", cluster_names)
            n_clusters = max(n_clusters, len(cluster_names))
        self.cluster_names = check_names(
            cluster_names, n_clusters, prefix="cluster ", argument="cluster_names"
        )
        mapped = self.clusters[self.clusters >= 0]
        counts = np.bincount(mapped, minlength=n_clusters)
        self.shares = counts / max(1, mapped.size)

    @classmethod
    def from_maps(
        cls, maps: SliceMaps, *, cluster_names: Sequence[str] | None = None
    ) -> Self:
        """Take the cluster map of a mapped slice.

        Parameters
        ----------
        maps : MicroarchMaps
            What `sklearn_microarch.map_slice` returns.
        cluster_names : sequence of str or None, default=None
            One name per cluster. None: ``"cluster 0"`` and so on.

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
        check_maps(maps)
        return cls(
            present(maps.clusters, "clusters"),
            cluster_names=cluster_names,
            background=maps.image,
            cell_size=maps.cell_size,
            offset=maps.offset,
        )

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
            One per panel. None: a new figure.
        panels : {"together", "each"}, default="together"
            All clusters in one panel, with a legend that gives their shares;
            or each cluster alone, with its share in the title.
        palette : sequence of matplotlib colours or None, default=None
            One per cluster. None: colours that colour-blind readers can tell
            apart; a cluster has the same one in both kinds of panels.
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
        colors = category_colors(len(self.cluster_names), palette)
        mapped = self.clusters >= 0
        shown = [mapped]
        if panels == "each" and len(colors):
            shown = [self.clusters == cluster for cluster in range(len(colors))]
        opened = open_panels(
            self.section,
            mapped,
            crop=crop,
            margin=margin,
            n_panels=len(shown),
            ax=ax,
        )
        drawn = opened.shown.cells
        for panel, cells in zip(opened.axes, shown, strict=True):
            picture = paint_categories(
                self.clusters[drawn], colors, alpha * cells[drawn]
            )
            draw_map(panel, picture, opened.shown, gid="clusters")
            if not cells.any():
                say(panel, "no cell mapped" if not mapped.any() else "no cell")
        self._explain(opened.axes, colors, panels)
        if ax is None:
            cut_to_fit(opened.figure)
        self.figure_, self.axes_ = opened.figure, opened.axes
        return self

    def _explain(self, axes: NDArray, colors: NDArray, panels: str) -> None:
        shares = [f" ({percent_text(share)})" for share in self.shares]
        if panels == "each":
            for panel, name, share in zip(
                axes, self.cluster_names, shares, strict=False
            ):
                add_title(panel, name, share)
            return
        words = [
            legible(axes[0], name, beside_in=2 * KEY_PATCH_IN) + share
            for name, share in zip(self.cluster_names, shares, strict=True)
        ]
        add_key(axes[0], color_patches(words, colors))
