"""Display of a checked slice: its tissue, and its regions with their names."""

from typing import Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch._arguments._numbers import check_switch, shown
from sklearn_microarch.checking import SliceCheck
from sklearn_microarch.plotting.colors._colors import REGION_COLORS
from sklearn_microarch.plotting.colors._key import add_key, add_title, legible
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._outline import region_outline
from sklearn_microarch.plotting.panels._panels import Panels, open_panels
from sklearn_microarch.plotting.panels._section import Section

# Cells along the longer side, finer than which no print shows an outline.
_FINEST = 1500
_TISSUE_COLOR, _BETTER_COLOR = "#7CFF4F", "#FFFFFF"
# A name fits into a circle of so many points across.
_LEAST_NAME_PT = 12.0


class SliceCheckDisplay:
    """A slice with the outlines of its tissue and of its regions.

    Parameters
    ----------
    check : SliceCheck
        What `sklearn_microarch.check_slice` returns.

    Attributes
    ----------
    check : SliceCheck
        As given.
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``ax_``.
    ax_ : matplotlib Axes
        The panel.

    See Also
    --------
    sklearn_microarch.check_slice : Makes the report.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn_microarch import check_slice
    >>> from sklearn_microarch.datasets import make_thalamocortical_phantom
    >>> from sklearn_microarch.plotting import SliceCheckDisplay
    >>> phantom = make_thalamocortical_phantom(shape=(200, 800), random_state=0)
    >>> check = check_slice(phantom.images[0], phantom.rois[0], phantom.roi_names)
    >>> display = SliceCheckDisplay(check).plot()
    >>> [text.get_text() for text in display.ax_.texts][:2]
    ['cortex', 'striatum']
    >>> plt.close(display.figure_)
    """

    def __init__(self, check: SliceCheck) -> None:
        if not isinstance(check, SliceCheck):
            raise TypeError(
                f"check={shown(check)} must be what check_slice(image, rois) returns."
            )
        self.check = check

    def plot(self, ax: Axes | None = None, *, show_better: bool = True) -> Self:
        """Draw the slice and the outlines.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            None: a new figure.
        show_better : bool, default=True
            Whether to draw, dashed, where the regions would fit better, if there is
            such a place.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is no Axes, or ``show_better`` is no switch.
        """
        show_better = check_switch("show_better", show_better)
        check = self.check
        section = Section.under(
            check.codes,
            background=check.image,
            cell_size=1.0,
            offset=(0.0, 0.0),
            pixel_size_um=None,
        )
        panels = open_panels(section, check.tissue, crop=False, margin=0.0, ax=ax)
        panel = panels.axes[0]
        words = f"annotation {check.verdict}"
        if check.verdict == "cannot tell":
            words = "cannot tell whether the annotation fits"
        if check.better_placement:
            words = f"annotation would fit better {check.better_placement}"
        add_title(panel, check.image.name or "slice", f": {words}")
        step = -(-max(check.codes.shape) // _FINEST)
        tissue = _thinned(check.tissue, step)
        _draw(panel, region_outline(tissue, cell_size=step), _TISSUE_COLOR, "tissue")
        codes = _thinned(check.codes, step)
        # As a region map does, which has its regions in the order of their names.
        names = sorted(region.name for region in check.regions)
        for at, region in enumerate(check.regions, start=1):
            outline = region_outline(
                np.pad(codes == at, 1), cell_size=step, offset=(-step, -step)
            )
            color = REGION_COLORS[names.index(region.name) % len(REGION_COLORS)]
            _draw(panel, outline, color, region.name)
        keys = [Line2D([], [], color=_TISSUE_COLOR, label="tissue")]
        if show_better and check.better_codes is not None:
            self._draw_better(panel, check.better_codes)
            keys.append(
                Line2D(
                    [],
                    [],
                    color=_BETTER_COLOR,
                    linestyle="dashed",
                    label="where regions would fit better",
                )
            )
        for key in keys:
            key.set_path_effects([withStroke(linewidth=2.5, foreground="0.1")])
        self._write_names(panels, codes, step)
        add_key(panel, keys)
        if ax is None:
            cut_to_fit(panels.figure)
        self.figure_, self.ax_ = panels.figure, panel
        return self

    def _write_names(self, panels: Panels, codes: NDArray[np.int64], step: int) -> None:
        """Write each name where its region is widest, small ones beside it."""
        panel = panels.axes[0]
        window = panel.get_window_extent()
        points = 72 * window.width / panel.figure.dpi / panels.box.width * step
        for at, region in enumerate(self.check.regions, start=1):
            inside = np.pad(codes == at, 1)
            if not inside.any():
                continue
            depth = ndimage.distance_transform_edt(inside)
            row, col = np.unravel_index(int(depth.argmax()), depth.shape)
            narrow = 2 * float(depth.max()) * points < _LEAST_NAME_PT
            panel.text(
                (float(col) - 1) * step,
                (float(row) - 1) * step,
                legible(panel, region.name, beside_in=0.0),
                color="white",
                fontsize="x-small" if narrow else "small",
                ha="center",
                va="center",
                rotation=90 if narrow and _is_upright(inside) else 0,
                parse_math=False,
                path_effects=[withStroke(linewidth=2.0, foreground="0.1")],
                gid=f"name {region.name}",
            )

    def _draw_better(self, panel: Axes, codes: NDArray[np.int64]) -> None:
        """Draw smooth, dashed outlines of regions on the grid of cells."""
        size = self.check.cell_size
        rows, cols = (np.arange(n) * size + (size - 1) / 2 for n in codes.shape)
        for code in np.unique(codes[codes > 0]):
            inside = ndimage.gaussian_filter((codes == code).astype(float), 1.0)
            lines = panel.contour(
                cols,
                rows,
                inside,
                levels=[0.5],
                colors=_BETTER_COLOR,
                linewidths=1.2,
                linestyles="dashed",
            )
            lines.set(path_effects=[withStroke(linewidth=2.0, foreground="0.1")])


def _thinned(values: NDArray, step: int) -> NDArray:
    return values[step // 2 :: step, step // 2 :: step]


def _is_upright(inside: NDArray[np.bool_]) -> bool:
    """Return whether a region is higher than wide."""
    rows, cols = np.nonzero(inside)
    return bool(np.ptp(rows) > np.ptp(cols))


def _draw(ax: Axes, segments: NDArray[np.float64], color: str, label: str) -> None:
    moves = np.tile([Path.MOVETO, Path.LINETO], len(segments))
    ax.add_patch(
        PathPatch(
            Path(segments.reshape(-1, 2), moves),
            fill=False,
            edgecolor=color,
            linewidth=1.2,
            path_effects=[withStroke(linewidth=2.0, foreground="0.1")],
            label=label,
            gid=label,
        )
    )
