"""Display of how clusters are spread over layers."""

from collections.abc import Iterable
from typing import Self

import numpy as np
from matplotlib.axes import Axes

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.anatomy import LayerTable
from sklearn_microarch.plotting.colors._colors import CLUSTER_COLORS, category_colors
from sklearn_microarch.plotting.curves._curve_axes import curve_axes, dress
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable

_WIDTH_IN = 2.1


class LayerTableDisplay(NumbersMixin):
    """Bars of the share of each cluster in each layer, one panel for each cluster.

    Whiskers are intervals over blocks. A cluster has the colour that it has in
    `ClusterMapDisplay`.

    Parameters
    ----------
    table : LayerTable
        What `layer_table` returns.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (n_clusters,), dtype object
        One matplotlib Axes for each cluster.

    Raises
    ------
    TypeError
        If ``table`` is another thing.

    See Also
    --------
    sklearn_microarch.anatomy.layer_table : Counts the cells.
    LaminarProfileDisplay : The same along the depth.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473` (bars of Figure 2).

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn_microarch.anatomy import LayerTable
    >>> from sklearn_microarch.plotting import LayerTableDisplay
    >>> half = [[0.25, 0.75]]
    >>> table = LayerTable(
    ...     ["cluster 0"], ["L1", "L2/3"], half, half, half, [[1, 3]], [2], 0.95
    ... )
    >>> display = LayerTableDisplay(table).plot()
    >>> len(display.axes_)
    1
    >>> plt.close(display.figure_)
    """

    def __init__(self, table: LayerTable) -> None:
        if not isinstance(table, LayerTable):
            raise TypeError(f"table={shown(table)} must be what layer_table returns.")
        self.table = table

    @replayable
    def plot(self, ax: Axes | Iterable[Axes] | None = None) -> Self:
        """Draw the bars.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            One for each cluster. None: a new figure.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is not one Axes per cluster.
        """
        table = self.table
        axes = curve_axes(ax, len(table.clusters), width_in=_WIDTH_IN, most_columns=6)
        colors = category_colors(len(table.clusters), None, usual=CLUSTER_COLORS)
        share, low, high = map(np.asarray, (table.share, table.low, table.high))
        places = np.arange(len(table.layers))
        for number, (panel, name) in enumerate(zip(axes, table.clusters, strict=True)):
            middle = share[number]
            whiskers = np.abs(np.stack([middle - low[number], high[number] - middle]))
            panel.barh(places, np.nan_to_num(middle), color=tuple(colors[number]))
            panel.errorbar(
                np.nan_to_num(middle),
                places,
                xerr=np.nan_to_num(whiskers),
                fmt="none",
                ecolor="0.2",
                elinewidth=1.0,
            )
            panel.set_xlim(0, 1)
            panel.set_ylim(len(places) - 0.5, -0.5)
            panel.set_yticks(
                places, table.layers if number == 0 else [""] * len(places)
            )
            dress(panel, name, x="share of the cluster")
        self.figure_, self.axes_ = axes[0].figure, np.array(axes)
        return self

    def _numbers(self) -> Numbers:
        rows = self.table.to_rows()
        return {column: np.array([row[column] for row in rows]) for column in rows[0]}
