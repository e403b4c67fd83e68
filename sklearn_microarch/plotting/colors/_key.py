"""What explains the colours of a map: legends and colour scales."""

import unicodedata
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
from numpy.typing import NDArray

from sklearn_microarch.plotting.panels._figure import place_axes
from sklearn_microarch.plotting.panels._page import fold, letter_scale

# About the width of a letter in a title, and what a key's patch takes beside its words,
# in letters of the usual size.
_LETTER_IN, KEY_PATCH_IN = 0.078, 0.6
_FEWEST_LETTERS = 16
_KEY_STYLE = {"fontsize": "small", "title_fontsize": "small", "frameon": False}


def legible(ax: Axes, name: str, *, beside_in: float) -> str:
    """Return a name on one line, cut where it would be wider than its panel.

    ``beside_in`` are the inches that something beside it takes. Control characters and
    halves of surrogate pairs, which no font has, are left out.
    """
    plain = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cs") else letter
        for letter in name
    )
    text = " ".join(plain.split())
    width_in = ax.get_window_extent().width / ax.figure.dpi
    # As wide in letters of the usual size.
    room_in = width_in / letter_scale() - beside_in
    n_letters = max(_FEWEST_LETTERS, int(room_in / _LETTER_IN))
    return text if len(text) <= n_letters else f"{text[: n_letters - 1]}…"


def add_title(ax: Axes, name: str, about: str, *, above: str = "") -> None:
    """Put a name and what is said about it above a panel; a $ begins no formula.

    ``above`` is a line of its own over them, such as the slice's name.
    """
    words = legible(ax, name, beside_in=_LETTER_IN * len(about)) + about
    if above:
        first = legible(ax, above, beside_in=0.0)
        words = f"{first}\n{words}" if words else first
    ax.set_title(words, loc="left", fontsize="medium", parse_math=False)


def add_key(ax: Axes, handles: Sequence[Artist], *, title: str | None = None) -> Legend:
    """Put a legend under a panel, as wide as the panel allows.

    The labels of the handles are the words; ``title`` is a line above them.
    """
    place_axes(ax.figure)
    labels = _labels_shown(handles)
    width_in = ax.get_window_extent().width / ax.figure.dpi
    n_columns = columns_that_fit(labels, width_in)
    gap_in = 0.47 * letter_scale() if ax.get_xlabel() else 0.03
    shift = ScaledTranslation(0.0, -gap_in, ax.figure.dpi_scale_trans)
    # What a fixed aspect leaves free goes above, where no legend needs it.
    ax.set_anchor("S")
    legend = ax.legend(
        handles=list(handles),
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=ax.transAxes + shift,
        ncols=n_columns,
        title=None if title is None else fold(title, width_in),
        **_KEY_STYLE,
    )
    _draw_as_written(legend)
    return legend


def add_key_of_slices(
    axes: Sequence[Axes] | NDArray,
    handles: Sequence[Artist],
    *,
    title: str | None = None,
    is_new: bool,
) -> Legend:
    """Put one legend under all panels of a new figure, or under the last of others."""
    figure = axes[-1].figure
    if len(axes) == 1 or not is_new:
        return add_key(axes[-1], handles, title=title)
    labels = _labels_shown(handles)
    width_in = figure.figure.get_figwidth()
    legend = figure.legend(
        handles=list(handles),
        loc="outside lower center",
        ncols=columns_that_fit(labels, width_in),
        title=None if title is None else fold(title, width_in),
        **_KEY_STYLE,
    )
    _draw_as_written(legend)
    return legend


def _labels_shown(handles: Sequence[Artist]) -> list[str]:
    labels = [str(handle.get_label()) for handle in handles]
    for handle, label in zip(handles, labels, strict=True):
        # matplotlib leaves out what begins with an underscore.
        if label.startswith("_"):
            handle.set_label(f" {label}")
    return labels


def _draw_as_written(legend: Legend) -> None:
    for text in (*legend.get_texts(), legend.get_title()):
        # Names are drawn as they are: a $ begins no formula.
        text.set_parse_math(False)


def columns_that_fit(labels: Sequence[str], width_in: float) -> int:
    """Return the number of columns of a legend no wider than a panel, at least 1."""
    for n_rows in range(1, len(labels) + 1):
        columns = [labels[i : i + n_rows] for i in range(0, len(labels), n_rows)]
        # A letter is about 0.075 inch wide; a patch and gaps take 0.55 inch.
        widths = [0.55 + 0.075 * max(map(len, column)) for column in columns]
        if letter_scale() * sum(widths) <= width_in:
            return len(columns)
    return 1


def add_color_scale(
    figure: Figure | SubFigure,
    axes: Iterable[Axes],
    cmap: Colormap,
    *,
    caption: str,
    end: str = "clip limit",
) -> Colorbar:
    """Put one colour scale under all panels, from 0 to each factor's own limit."""
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
        format=FixedFormatter(["0", end]),
    )
    scale.set_label(fold(caption, figure.figure.get_figwidth()), size="small")
    scale.ax.tick_params(labelsize="small")
    # The colours are seen over tissue, so the scale stands on a grey as bright.
    scale.ax.set_facecolor("0.5")
    return scale
