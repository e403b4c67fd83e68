"""What explains the colours of a map: legends and colour scales."""

from collections.abc import Iterable, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.legend import Legend
from matplotlib.ticker import FixedFormatter
from matplotlib.transforms import ScaledTranslation

from sklearn_microarch.plotting.panels._figure import lay_out


def add_key(ax: Axes, handles: Sequence[Artist], *, title: str | None = None) -> Legend:
    """Put a legend under a panel, as wide as the panel allows.

    Parameters
    ----------
    ax : matplotlib Axes
        The panel.
    handles : sequence of matplotlib artists
        What to explain; their labels are the words.
    title : str or None, default=None
        A line above it.

    Returns
    -------
    legend : matplotlib Legend
    """
    lay_out(ax.figure)
    labels = [str(handle.get_label()) for handle in handles]
    n_columns = columns_that_fit(labels, ax.get_window_extent().width / ax.figure.dpi)
    gap_in = 0.47 if ax.get_xlabel() else 0.03
    shift = ScaledTranslation(0.0, -gap_in, ax.figure.dpi_scale_trans)
    # What a fixed aspect leaves free goes above, where no legend needs it.
    ax.set_anchor("S")
    return ax.legend(
        handles=list(handles),
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=ax.transAxes + shift,
        ncols=n_columns,
        fontsize="small",
        title=title,
        title_fontsize="small",
        frameon=False,
    )


def columns_that_fit(labels: Sequence[str], width_in: float) -> int:
    """Return the number of columns of a legend that is no wider than a panel.

    Parameters
    ----------
    labels : sequence of str
        What the entries say, in small type.
    width_in : float
        Width of the panel, in inches.

    Returns
    -------
    n_columns : int
        At least 1, of as few rows as possible.

    Examples
    --------
    >>> regions = ["cortex", "striatum", "VP", "ZI", "hypothalamus"]
    >>> columns_that_fit(regions, 9.0), columns_that_fit(regions, 3.4)
    (5, 3)
    """
    for n_rows in range(1, len(labels) + 1):
        columns = [labels[i : i + n_rows] for i in range(0, len(labels), n_rows)]
        # A letter is about 0.075 inch wide; a patch and gaps take 0.55 inch.
        widths = [0.55 + 0.075 * max(map(len, column)) for column in columns]
        if sum(widths) <= width_in:
            return len(columns)
    return 1


def add_color_scale(
    figure: Figure | SubFigure, axes: Iterable[Axes], cmap: Colormap, *, caption: str
) -> Colorbar:
    """Put one colour scale under all panels, from 0 to each panel's own limit.

    Parameters
    ----------
    figure : matplotlib Figure or SubFigure
        What the panels are on.
    axes : iterable of matplotlib Axes
        The panels.
    cmap : matplotlib Colormap
        The colours, with their opacity.
    caption : str
        What the scale means.

    Returns
    -------
    scale : matplotlib Colorbar
    """
    # Room and gap are given as fractions of the panels, but meant in inches.
    inch = 1.0 / figure.figure.get_figheight()
    scale = figure.colorbar(
        ScalarMappable(Normalize(0.0, 1.0), cmap),
        ax=list(axes),
        location="bottom",
        shrink=0.4,
        fraction=0.15 * inch,
        pad=0.08 * inch,
        aspect=30,
        ticks=[0.0, 1.0],
        format=FixedFormatter(["0", "clip limit"]),
    )
    scale.set_label(caption, size="small")
    scale.ax.tick_params(labelsize="small")
    # The colours are seen over tissue, so the scale stands on a grey as bright.
    scale.ax.set_facecolor("0.5")
    return scale
