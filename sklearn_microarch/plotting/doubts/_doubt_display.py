"""Display of a doubt: the whole slice, and the place at a size to judge it by."""

from typing import Self

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch._arguments._numbers import check_integer, shown
from sklearn_microarch.checking import Doubt, Doubts
from sklearn_microarch.images import SliceImage
from sklearn_microarch.plotting.colors._colors import REGION_COLORS
from sklearn_microarch.plotting.colors._key import add_key, add_title
from sklearn_microarch.plotting.panels._add_scale_bar import add_scale_bar
from sklearn_microarch.plotting.panels._grid import Box
from sklearn_microarch.plotting.panels._outline import region_outline
from sklearn_microarch.plotting.panels._section import Backdrop, SliceGround

_DOUBT_COLOR = "#FFFFFF"
_WIDTH_IN, _TALLEST_IN, _SPARE_IN = 9.0, 4.5, 1.2
# Around the place, in patches; and cells along a side of an outline.
_MARGIN, _FINEST = 1.5, 1500
# A region is called by its name where so much of the picture's width is free for it.
_LEAST_NAME = 0.04


class DoubtDisplay:
    """A slice with a place that is doubted: all of it, and the place enlarged.

    Parameters
    ----------
    doubts : Doubts
        What `sklearn_microarch.find_doubts` returns.
    rank : int, default=1
        Which of them; 1 is the one with the most evidence.

    Attributes
    ----------
    doubt : Doubt
        The doubt.
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (2,) of matplotlib Axes
        The slice, and the place.

    Raises
    ------
    TypeError
        If ``doubts`` are none.
    ValueError
        If there is no doubt of that rank.

    See Also
    --------
    sklearn_microarch.find_doubts : Finds doubts.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sklearn_microarch import RoiMap, SliceImage
    >>> from sklearn_microarch.checking import Doubt, Doubts
    >>> from sklearn_microarch.plotting import DoubtDisplay
    >>> image = SliceImage(np.arange(4800.0).reshape(60, 80), 10.0, name="s1")
    >>> rois = RoiMap(np.repeat([[1, 2]], 40, axis=1).repeat(60, 0), ["CTX", "STR"])
    >>> doubt = Doubt(1, "s1", "m1", "piece", "CTX", "STR", 0.8, 0.05, 3.1, 2.5, 0.06,
    ...               0.2, 0.5, (20, 10, 39, 29), (200.0, 100.0, 400.0, 300.0))
    >>> cells = np.zeros((6, 8), dtype=bool)
    >>> cells[2:4, 1:3] = True
    >>> doubts = Doubts((doubt,), (image,), (rois,), {"s1": 0.9}, "strips", 3, 8,
    ...                 cells=(cells,), cell_sizes=(10.0,))
    >>> display = DoubtDisplay(doubts, rank=1).plot()
    >>> display.axes_[0].get_title(loc="left")
    'doubt 1, s1: part of CTX looks like STR'
    >>> plt.close(display.figure_)
    """

    def __init__(self, doubts: Doubts, rank: int = 1) -> None:
        if not isinstance(doubts, Doubts):
            raise TypeError(
                f"doubts={shown(doubts)} must be what find_doubts(images, rois) "
                "returns."
            )
        if not len(doubts):
            raise ValueError("there is no doubt to draw.")
        check_integer("rank", rank, minimum=1, maximum=len(doubts))
        self.doubts = doubts
        self.doubt: Doubt = doubts[rank - 1]

    def plot(self) -> Self:
        """Draw both pictures in a new figure.

        Returns
        -------
        self : object
            The display, with its artists.
        """
        doubt, image = self.doubt, self.doubts.image_of(self.doubt)
        at = [one.name for one in self.doubts.images].index(image.name)
        rois, mask = self.doubts.rois[at], self.doubts.mask(doubt)
        height, width = image.shape
        whole = Box(0, height, 0, width)
        part = self._around(image.shape)
        figure, axes = _new_figure([whole, part])
        names = sorted({name for one in self.doubts.rois for name in one.region_names})
        codes = _numbered(rois.on(image), rois, names)
        for panel, box in zip(axes, (whole, part), strict=True):
            _draw_slice(panel, image, box)
            _draw_regions(panel, codes, names, box)
            _draw_place(panel, mask, box)
        top, left = part.top - 0.5, part.left - 0.5
        frame = Rectangle(
            (left, top), part.width, part.height, fill=False, ec="white", ls="dotted"
        )
        axes[0].add_patch(frame)
        add_title(axes[0], f"doubt {doubt.rank}, {doubt.slice}", f": {doubt.title}")
        add_title(axes[1], "", _about(doubt))
        if image.pixel_size_um is not None:
            add_scale_bar(axes[1], image.pixel_size_um)
        key = Line2D([], [], color=_DOUBT_COLOR, ls="dashed", label="what is doubted")
        key.set_path_effects([withStroke(linewidth=3.0, foreground="0.1")])
        add_key(axes[1], [key])
        self.figure_, self.axes_ = figure, axes
        return self

    def _around(self, shape: tuple[int, int]) -> Box:
        """Return the part of a slice to enlarge, of about the slice's proportions."""
        top, left, bottom, right = self.doubt.box_px
        scale = self.doubts.cell_sizes[self.doubt.rank - 1]
        edge = _MARGIN * max(scale, self.doubts.patch_size)
        middle, centre = (top + bottom) / 2, (left + right) / 2
        high = max(bottom - top, 0) + 2 * edge
        wide = max(right - left + 2 * edge, 2 * high)
        ends: list[tuple[int, int]] = []
        for centre_at, length, most in (
            (middle, high, shape[0]),
            (centre, wide, shape[1]),
        ):
            first = round(min(max(centre_at - length / 2, 0), max(most - length, 0)))
            ends.append((first, min(most, first + round(length))))
        return Box(*ends[0], *ends[1])


def _about(doubt: Doubt) -> str:
    """Return what the lower picture shows."""
    area = f"{doubt.area_patches:.1f} patches"
    if doubt.kind not in ("piece", "region"):
        return f"{area} disagree"
    return (
        f"{area}; {doubt.predicted} {100 * doubt.probability:.0f} %, "
        f"{doubt.annotated} {100 * doubt.annotated_probability:.0f} %"
    )


def _new_figure(boxes: list[Box]) -> tuple[plt.Figure, NDArray]:
    """Return two axes, one over the other, each as wide as the figure."""
    heights = [min(_WIDTH_IN * box.height / box.width, _TALLEST_IN) for box in boxes]
    return plt.subplots(
        2,
        1,
        figsize=(_WIDTH_IN, sum(heights) + _SPARE_IN),
        height_ratios=heights,
        layout="constrained",
    )


def _numbered(codes: NDArray, rois: object, names: list[str]) -> NDArray[np.int64]:
    """Return codes as 1, 2, ... in the order of names; 0 where there is none."""
    found = np.zeros(codes.shape, dtype=np.int64)
    for name in rois.region_names:  # type: ignore[attr-defined]
        found[codes == rois.code_of(name)] = names.index(name) + 1  # type: ignore[attr-defined]
    return found


def _draw_slice(panel: Axes, image: SliceImage, box: Box) -> None:
    section = SliceGround.under(
        image.data[0] if image.n_channels else image.data,
        background=image,
        cell_size=1.0,
        offset=(0.0, 0.0),
        pixel_size_um=None,
    )
    assert section.picture is not None
    backdrop = Backdrop.of(section.picture, box)
    low, high = backdrop.limits
    panel.imshow(
        backdrop.image, cmap="gray", vmin=low, vmax=high, extent=backdrop.extent
    )
    panel.set(
        xlim=(box.left - 0.5, box.right - 0.5),
        ylim=(box.bottom - 0.5, box.top - 0.5),
        xticks=[],
        yticks=[],
    )


def _draw_regions(panel: Axes, codes: NDArray, names: list[str], box: Box) -> None:
    """Draw the outline and the name of each annotated region."""
    step = -(-max(box.height, box.width) // _FINEST)
    part = codes[box.top : box.bottom : step, box.left : box.right : step]
    for at, name in enumerate(names, start=1):
        inside = np.pad(part == at, 1)
        if not inside.any():
            continue
        color = REGION_COLORS[(at - 1) % len(REGION_COLORS)]
        offset = (box.top - step, box.left - step)
        segments = region_outline(inside, cell_size=step, offset=offset)
        _add_lines(panel, segments, color, 1.2, "solid")
        depth = ndimage.distance_transform_edt(inside)
        row, col = np.unravel_index(int(depth.argmax()), depth.shape)
        if 2 * depth.max() < _LEAST_NAME * part.shape[1]:
            continue
        panel.text(
            float(col) * step + offset[1],
            float(row) * step + offset[0],
            name,
            color="white",
            fontsize="small",
            ha="center",
            va="center",
            parse_math=False,
            path_effects=[withStroke(linewidth=2.0, foreground="0.1")],
        )


def _draw_place(panel: Axes, mask: NDArray[np.bool_], box: Box) -> None:
    step = -(-max(box.height, box.width) // _FINEST)
    part = np.pad(mask[box.top : box.bottom : step, box.left : box.right : step], 1)
    offset = (box.top - step, box.left - step)
    segments = region_outline(part, cell_size=step, offset=offset)
    _add_lines(panel, segments, _DOUBT_COLOR, 1.8, "dashed")


def _add_lines(
    panel: Axes, segments: NDArray, color: str, width: float, style: str
) -> None:
    moves = np.tile([Path.MOVETO, Path.LINETO], len(segments))
    panel.add_patch(
        PathPatch(
            Path(segments.reshape(-1, 2), moves),
            fill=False,
            edgecolor=color,
            linewidth=width,
            linestyle=style,
            path_effects=[withStroke(linewidth=width + 1.0, foreground="0.1")],
        )
    )
