"""Display of a checked slice: its tissue, and its regions with their names."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from sklearn_microarch._arguments._numbers import check_switch, shown
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.checking import SliceCheck, check_slice
from sklearn_microarch.images import SliceImage
from sklearn_microarch.plotting.colors._colors import REGION_COLORS
from sklearn_microarch.plotting.colors._key import add_key, add_title, legible
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._orientation_letters import (
    check_orientation_letters,
)
from sklearn_microarch.plotting.panels._outline import region_outline
from sklearn_microarch.plotting.panels._page import line_scale
from sklearn_microarch.plotting.panels._panels import Panels, open_panels
from sklearn_microarch.plotting.panels._section import SliceGround
from sklearn_microarch.sampling import PatchSampler

# Cells along the longer side, finer than which no print shows an outline.
_FINEST = 1500
_TISSUE_COLOR, _BETTER_COLOR = "#7CFF4F", "#FFFFFF"
# A name fits into a circle of so many points across.
_LEAST_NAME_PT = 12.0


class SliceCheckDisplay(NumbersMixin):
    """A slice with the outlines of its tissue and of its regions.

    Parameters
    ----------
    check : SliceCheck
        What `sklearn_microarch.check_slice` returns.
    orientation : mapping of str to str or None, default=None
        What lies at the sides of the picture, such as ``{"top": "D", "left": "L"}``;
        written there. None: as the slice's ``details`` state it, else nothing.

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
    >>> sorted(text.get_text() for text in display.ax_.texts)[:2]
    ['CC', 'IC']
    >>> plt.close(display.figure_)
    """

    def __init__(
        self, check: SliceCheck, *, orientation: Mapping[str, str] | None = None
    ) -> None:
        if not isinstance(check, SliceCheck):
            raise TypeError(
                f"check={shown(check)} must be what check_slice(image, rois) returns."
            )
        self.check = check
        self._letters = check_orientation_letters(orientation)

    @classmethod
    def from_check(
        cls, check: SliceCheck, *, orientation: Mapping[str, str] | None = None
    ) -> Self:
        """Take a report.

        Parameters
        ----------
        check : SliceCheck
            What `sklearn_microarch.check_slice` returns.
        orientation : mapping of str to str or None, default=None
            What lies at the sides of the picture.

        Returns
        -------
        display : SliceCheckDisplay

        Raises
        ------
        TypeError
            If ``check`` is another thing.
        """
        return cls(check, orientation=orientation)

    @classmethod
    def from_slice(
        cls,
        image: SliceImage | ArrayLike,
        rois: RoiMap | ArrayLike,
        names: Mapping[int, str] | Sequence[str] | None = None,
        *,
        sampler: PatchSampler | None = None,
        orientation: Mapping[str, str] | None = None,
    ) -> Self:
        """Check a slice and its annotation, and take the report.

        Parameters
        ----------
        image : SliceImage or array-like of shape (height, width)
            The slice.
        rois : RoiMap or array-like of shape (height, width), dtype int
            Its regions: a `RoiMap`, or codes.
        names : mapping or sequence, default=None
            Name of each code; a `RoiMap` has its own.
        sampler : PatchSampler or None, default=None
            Whose patches and tissue are meant; None: the default one.
        orientation : mapping of str to str or None, default=None
            What lies at the sides of the picture.

        Returns
        -------
        display : SliceCheckDisplay

        Raises
        ------
        TypeError, ValueError
            As `sklearn_microarch.check_slice` does.
        """
        check = check_slice(image, rois, names, sampler=sampler)
        return cls(check, orientation=orientation)

    @replayable
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
        section = SliceGround.under(
            check.codes,
            background=check.image,
            cell_size=1.0,
            offset=(0.0, 0.0),
            pixel_size_um=None,
            orientation=self._letters,
        )
        panels = open_panels(section, check.tissue, crop=False, margin=0.0, ax=ax)
        panel = panels.axes[0]
        words = f"annotation {check.verdict}"
        if check.verdict == "cannot tell":
            words = "cannot tell whether the annotation fits"
        if check.better_placement:
            words = f"annotation would fit better {check.better_placement}"
        add_title(panel, section.title or "slice", f": {words}")
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

    def _numbers(self) -> Numbers:
        rows = self.check.to_rows()
        return {name: np.array([row[name] for row in rows]) for name in rows[0]}

    def _write_names(self, panels: Panels, codes: NDArray[np.int64], step: int) -> None:
        """Write each name where its region is widest and no other name stands."""
        panel = panels.axes[0]
        window = panel.get_window_extent()
        points = 72 * window.width / panel.figure.dpi / panels.box.width * step
        free = np.pad(np.ones(codes.shape, dtype=bool), 1)
        sizes = np.bincount(codes.ravel(), minlength=len(self.check.regions) + 1)[1:]
        # Large regions have other places for their names.
        for at in (np.argsort(sizes, kind="stable") + 1).tolist():
            region = self.check.regions[at - 1]
            inside = np.pad(codes == at, 1)
            if not inside.any():
                continue
            depth = ndimage.distance_transform_edt(inside)
            # Where it is widest, away from other names if it can be.
            best = np.where(free, depth, depth / len(depth))
            row, col = np.unravel_index(int(best.argmax()), depth.shape)
            narrow = 2 * float(depth.max()) * points < _LEAST_NAME_PT
            text = panel.text(
                (float(col) - 1) * step,
                (float(row) - 1) * step,
                legible(panel, region.name, beside_in=0.0),
                color="white",
                fontsize="x-small" if narrow else "small",
                ha="center",
                va="center",
                rotation=90 if narrow and _is_upright(inside) else 0,
                parse_math=False,
                # A plate, as an outline would make lines of letters in a file.
                bbox={
                    "facecolor": "black",
                    "alpha": 0.35,
                    "edgecolor": "none",
                    "pad": 0.8,
                },
                gid=f"name {region.name}",
            )
            high, wide = (
                round(extent / panel.figure.dpi * 72 / points)
                for extent in (
                    text.get_window_extent().height,
                    text.get_window_extent().width,
                )
            )
            free[
                max(0, int(row) - high) : int(row) + high + 1,
                max(0, int(col) - wide) : int(col) + wide + 1,
            ] = False

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
            linewidth=1.2 * line_scale(),
            path_effects=[withStroke(linewidth=2.0 * line_scale(), foreground="0.1")],
            label=label,
            gid=label,
        )
    )
