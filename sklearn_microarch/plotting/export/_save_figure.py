"""Write a figure as a journal wants it: its width, its letters, its resolution."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text

from sklearn_microarch._arguments._numbers import (
    check_integer,
    check_number,
    check_path,
    check_switch,
    shown,
)
from sklearn_microarch._whole import replace_file
from sklearn_microarch.plotting.export._replayable import draw_for_page
from sklearn_microarch.plotting.panels._figure import cut_to_fit

_FORMATS = ("pdf", "svg", "png")
_SMALLEST_PT, _LARGEST_PT = 6.0, 8.0
_MM_PER_INCH = 25.4
# Words as words, so that they can be searched and set anew; no date, so that the same
# figure gives the same file.
_AS_TEXT: dict[Any, Any] = {
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "microarch",
}
_NO_DATE = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": None}


def save_figure(
    figure_or_display: Any,  # noqa: ANN401 - a matplotlib Figure, or any display
    path: str | Path,
    *,
    width_mm: float = 85,
    dpi: int = 400,
    overwrite: bool = False,
) -> Path:
    """Write a figure for print: as PDF or SVG with words as words, or as PNG.

    Maps are pictures in it, at the resolution asked for; all else is drawn in lines and
    letters. Letters are 6 to 8 points high at the final size.

    Parameters
    ----------
    figure_or_display : matplotlib Figure, or a display
        A display is drawn anew for that width, as it was drawn last: fewer panels side
        by side where they would be too narrow. What was added to its figure by hand is
        not drawn again; pass ``display.figure_`` to keep it. A figure keeps its
        layout, and is scaled.
    path : path-like
        The file; its ending says the format: ".pdf", ".svg" or ".png".
    width_mm : float, default=85, unit: millimetres
        Width of the figure: 85 is one column of most journals, 180 a page.
    dpi : int, default=400
        Pixels an inch of maps, at least 300; of the whole of a PNG.
    overwrite : bool, default=False
        Replace what is there.

    Returns
    -------
    path : Path
        Where it was written, whole or not at all.

    Raises
    ------
    FileExistsError
        If something is there and is not to be replaced.
    TypeError
        If there is no figure to write, or an argument is of the wrong kind.
    ValueError
        If the file's ending is none of the three, or a number is out of range.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_microarch.plotting import ClusterMapDisplay, save_figure
    >>> display = ClusterMapDisplay([[-1, 0, 0, 1], [-1, 0, 1, 0]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save_figure(display, Path(folder) / "clusters.pdf", width_mm=85)
    ...     file.read_bytes()[:5]
    b'%PDF-'
    """
    path = check_path("path", path)
    width_mm = check_number("width_mm", width_mm, low=10, high=2000)
    dpi = check_integer("dpi", dpi, minimum=300, maximum=2400)
    overwrite = check_switch("overwrite", overwrite)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in _FORMATS:
        raise ValueError(
            f"path={shown(str(path))} ends in {path.suffix or 'nothing'}; figures are "
            "written as .pdf, .svg or .png."
        )
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"{path} exists; choose another path, or pass overwrite=True."
        )
    content = io.BytesIO()
    with rc_context(_AS_TEXT), _at_width(figure_or_display, width_mm) as figure:
        figure.savefig(content, format=kind, dpi=dpi, metadata=_NO_DATE[kind])
    with replace_file(path) as file:
        file.write(content.getvalue())
    return path


@contextmanager
def _at_width(source: Any, width_mm: float) -> Iterator[Figure]:  # noqa: ANN401
    """Give a figure of that width: of a display a new one, which is closed again."""
    width_in = width_mm / _MM_PER_INCH
    drawn = None if isinstance(source, Figure) else draw_for_page(source, width_in)
    if drawn is not None:
        try:
            # Of a display that knows no pages, the figure is scaled.
            with _scaled(drawn, width_in):
                yield drawn
        finally:
            plt.close(drawn)
        return
    figure = getattr(source, "figure_", source)
    # Of a part of a figure, the whole.
    figure = getattr(figure, "figure", figure)
    if not isinstance(figure, Figure):
        raise TypeError(
            f"figure_or_display is a {type(source).__name__}; it must be a matplotlib "
            "Figure, or a display of sklearn_microarch.plotting."
        )
    with _scaled(figure, width_in):
        yield figure


@contextmanager
def _scaled(figure: Figure, width_in: float) -> Iterator[None]:
    """Make a figure that wide and its letters as large as allowed, for a while."""
    width, height = figure.get_size_inches().tolist()
    sizes = [(text, text.get_fontsize()) for text in figure.findobj(Text)]
    factor = width_in / width
    try:
        figure.set_size_inches(width_in, height * factor)
        for text, size in sizes:
            text.set_fontsize(size * factor)
        _bound_letters(figure)
        if figure.get_layout_engine() is not None and abs(factor - 1) > 1e-6:
            # Larger letters take room from panels, which a taller figure gives back.
            figure.set_figheight(2 * figure.get_figheight())
            cut_to_fit(figure)
        yield
    finally:
        for text, size in sizes:
            text.set_fontsize(size)
        figure.set_size_inches(width, height)


def _bound_letters(figure: Figure) -> None:
    for text in figure.findobj(Text):
        size = text.get_fontsize()
        text.set_fontsize(min(max(size, _SMALLEST_PT), _LARGEST_PT))
