"""Write what a model found on slices as one page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_microarch._arguments._numbers import check_strings, shown
from sklearn_microarch._walk import find_steps
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.mapping import MicroarchMaps
from sklearn_microarch.report._page_parts import page_parts
from sklearn_microarch.report._report_page import ReportPage
from sklearn_microarch.report._templates import check_jinja2, render_page
from sklearn_microarch.report.contents._evidence import evidence


def generate_report(
    maps: MicroarchMaps | Sequence[MicroarchMaps] | None,
    *,
    pipeline: Pipeline | None = None,
    rois: RoiMap | Sequence[RoiMap | None] | None = None,
    training: Mapping[str, Any] | None = None,
    stats: Any = None,  # noqa: ANN401 - text, rows or both
    verdicts: Any = None,  # noqa: ANN401 - text, rows or both
    notes: Sequence[str] = (),
    colors: Mapping[str, str] | None = None,
    title: str | None = None,
) -> ReportPage:
    """Make one HTML page of maps, that opens in any browser and needs no network.

    The page begins with what a reader has to know first: warnings, drift and novelty.
    Over each slice maps can be switched on and off, and read under the pointer. What
    there is nothing to say of is left out, and the page says so.

    Parameters
    ----------
    maps : MicroarchMaps, list of them, or None
        What `map_slice` or `open_maps` returns. ``MicroarchMaps(image)`` shows a slice
        that was not mapped, for example with its annotation. None: a page on the
        training alone.
    pipeline : Pipeline or None, default=None
        The fitted model, for its steps, its settings and what its factors cover.
    rois : RoiMap, list with a RoiMap or None for each slice, or None, default=None
        True regions, drawn over the slices.
    training : dict or None, default=None
        The record of a training: ``sections``, ``settings``, ``validation``,
        ``animals``, ``factors``, ``curve``, ``warnings``, ``versions`` and
        ``minutes``, as far as there are.
    stats : str, list of dict, dict, table or None, default=None
        Statistics: a sentence; rows; ``{"sentence": ..., "rows": ...}``; or anything
        with ``to_rows()``, such as a `RegionalTable` or a `GroupComparison`.
    verdicts : str, list of dict, dict, table or None, default=None
        Whether factors and clusters are real: what `trust_report` returns, or the same
        forms. It stands before any picture.
    notes : sequence of str, default=()
        Warnings of your own, shown first.
    colors : dict of str to str or None, default=None
        Colours of regions by name, such as ``{"VP": "#0072b2"}``. None: those that
        ``rois`` give, else colours that colour-blind readers can tell apart.
    title : str or None, default=None
        Title of the page. None: the names of the slices.

    Returns
    -------
    page : ReportPage
        ``page.save("z309.html")`` writes it; a notebook shows it.

    Raises
    ------
    ImportError
        If jinja2 or matplotlib, whose colours are used, is not installed.
    TypeError
        If an argument is of the wrong kind; the message names it.
    ValueError
        If there is neither a slice nor a training, there is not one entry of ``rois``
        for each slice, or an annotation does not lie on its slice.

    See Also
    --------
    sklearn_microarch.map_slice : Makes maps.
    sklearn_microarch.plotting : Figures of maps for a paper.

    Notes
    -----
    The page shows a slice in 8 bits, at least 2000 pixels across where the slice has
    them. Maps are in 8 bits too: a value that the page tells is right to half a step,
    the 508th part of the map's range. Of large maps one cell of several is shown, so
    that a slice stays under 15 MB; the page says which.

    Names from files are shown as text, whatever they hold. The page allows no script
    but its own, and asks for nothing from a network.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch import SliceImage
    >>> from sklearn_microarch.mapping import MicroarchMaps
    >>> from sklearn_microarch.report import generate_report
    >>> grey = np.random.default_rng(0).normal(size=(60, 90))
    >>> image = SliceImage(grey, pixel_size_um=1.17, name="z309")
    >>> maps = MicroarchMaps(image, cell_size=8, clusters=np.zeros((8, 12), dtype=int))
    >>> page = generate_report(maps)
    >>> page.title, list(page.slice_sizes)
    ('Report on z309', ['z309'])
    """
    check_jinja2()
    several = _check_maps(maps)
    annotations = _check_rois(rois, several)
    if training is not None and not isinstance(training, Mapping):
        raise TypeError(f"training={shown(training)} must be a dict, or None.")
    if not several and training is None:
        raise ValueError("there is nothing to report: give maps, training, or both.")
    if title is not None and not isinstance(title, str):
        raise TypeError(f"title={shown(title)} must be a text, or None.")
    steps = None if pipeline is None else find_steps(pipeline, "generate_report")
    parts = page_parts(
        several,
        annotations,
        pipeline=pipeline,
        steps=steps,
        training=training,
        stats=evidence(stats, "stats"),
        verdicts=evidence(verdicts, "verdicts"),
        notes=check_strings("notes", notes),
        title=title,
        colors=_check_colors(colors),
    )
    sizes = {drawn.view.title: drawn.n_bytes for drawn in parts["slices"]}
    return ReportPage(render_page(**parts), parts["title"], sizes)


def _check_maps(maps: object) -> list[MicroarchMaps]:
    """Return the maps of all slices as a list."""
    if maps is None:
        return []
    several: list[Any] = list(maps) if isinstance(maps, list | tuple) else [maps]
    for one in several:
        if not isinstance(one, MicroarchMaps):
            raise TypeError(
                f"maps holds a {type(one).__name__}; it must be what map_slice or "
                "open_maps returns, a list of them, or None."
            )
    return several


def _check_colors(colors: object) -> dict[str, tuple[int, int, int]]:
    """Return colours as red, green and blue from 0 to 255."""
    if colors is None:
        return {}
    if not isinstance(colors, Mapping):
        raise TypeError(
            f"colors={shown(colors)} must be a dict of regions' names to colours."
        )
    # matplotlib, which knows colours by name, is loaded when it is needed.
    from sklearn_microarch.plotting.colors._colors import check_colors

    levels = np.rint(255 * check_colors("colors", list(colors.values()))).astype(int)
    return dict(zip(map(str, colors), map(tuple, levels.tolist()), strict=True))


def _check_rois(rois: object, maps: Sequence[MicroarchMaps]) -> list[RoiMap | None]:
    """Return one annotation, or None, for each slice."""
    if rois is None:
        return [None] * len(maps)
    is_list = isinstance(rois, Iterable) and not isinstance(rois, str | bytes | RoiMap)
    several: list[Any] = list(rois) if is_list else [rois]  # type: ignore[call-overload]
    for one in several:
        if not (one is None or isinstance(one, RoiMap)):
            raise TypeError(
                f"rois holds a {type(one).__name__}; it must be a RoiMap, as read_rois "
                "returns, or a list of them, with None where a slice has none."
            )
    if len(several) != len(maps):
        raise ValueError(
            f"rois holds {len(several)} annotations for {len(maps)} slices; give one, "
            "or None, for each. MicroarchMaps(image) is a slice without maps."
        )
    return several
