"""Display of a region map: which region each cell is predicted to lie in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_switch
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.images import SliceImage
from sklearn_microarch.images._cell_grid import check_cells
from sklearn_microarch.plotting._layers import SliceLayer, join_displays
from sklearn_microarch.plotting._probabilities import (
    Prediction,
    certainty,
    check_probabilities,
    regions_and_confidence,
)
from sklearn_microarch.plotting._references import (
    check_references,
    codes_under,
    colors_of,
)
from sklearn_microarch.plotting._slice_maps import (
    SliceMaps,
    check_names,
    present,
    slices_of,
)
from sklearn_microarch.plotting._unknown import (
    GREYS,
    find_unknown,
    stripe_unknown,
    unknown_patch,
)
from sklearn_microarch.plotting.colors._categories import (
    color_patches,
    paint_categories,
)
from sklearn_microarch.plotting.colors._colors import region_colors
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
from sklearn_microarch.plotting.panels._outline import check_reference, draw_outline
from sklearn_microarch.plotting.panels._panels import (
    Panels,
    draw_map,
    open_slices,
    say,
)
from sklearn_microarch.plotting.panels._section import SliceGround


class RegionMapDisplay(NumbersMixin):
    """Predicted regions over their slice, with the outline of the true ones.

    A region has one colour on all slices, by its name. No usual colour of a region is
    one of a cluster in `ClusterMapDisplay`. Colours that an annotation gives win, and
    usual ones near them give way. They may be a cluster's, as that display does not
    know them; on the page of `generate_report` clusters give way too. Tissue that is
    unlike all regions is striped in grey.

    Parameters
    ----------
    probabilities : array-like of shape (rows, columns, n_regions)
        Probability of each region, NaN where no cell is.
    region_names : sequence of str or None, default=None
        One name per region. A region's colour follows from its place in this
        list, whichever regions a slice shows. None: ``"region 0"`` and so on.
    reference : RoiMap, array-like of shape (height, width) or (rows, columns), or \
            None, default=None
        The true regions, with codes of their own; only borders between different
        codes are drawn. Colours of a `RoiMap` are those of the predicted regions of
        the same names too.
    novelty : array-like of shape (rows, columns) or None, default=None
        How far each cell is from all regions, as `CNNFeatureExtractor.novelty` gives
        it: above 1 it is unknown.
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
    regions : ndarray of shape (rows, columns), dtype int, or list of them
        The most probable region of each cell, as a place in ``region_names``; -1 where
        none. Of a list of maps, one for each slice.
    confidence : ndarray of shape (rows, columns), or list of them
        Its probability, NaN where none.
    unknown : ndarray of shape (rows, columns), dtype bool, or list of them
        Cells with a novelty above 1; none where no novelty was given.
    region_names : list of str
        Of a list of maps, the regions of all slices.
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``ax_``.
    ax_ : matplotlib Axes, or ndarray of them of shape (n_slices,)
        The panel; of a list of maps, one for each slice.

    See Also
    --------
    ClusterMapDisplay : A map of integers, such as clusters or known regions.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn_microarch.plotting import RegionMapDisplay
    >>> nan = float("nan")
    >>> probabilities = [[[0.9, 0.1], [0.2, 0.8], [nan, nan]]]
    >>> display = RegionMapDisplay(probabilities, region_names=["CTX", "VP"])
    >>> display.regions.tolist()
    [[0, 1, -1]]
    >>> plt.close(display.plot().figure_)
    """

    def __init__(
        self,
        probabilities: ArrayLike,
        *,
        region_names: Sequence[str] | None = None,
        reference: RoiMap | ArrayLike | None = None,
        novelty: ArrayLike | None = None,
        background: SliceImage | ArrayLike | None = None,
        cell_size: float = 1.0,
        offset: tuple[float, float] = (0.0, 0.0),
        pixel_size_um: float | None = None,
        orientation: Mapping[str, str] | None = None,
    ) -> None:
        shares = check_probabilities(probabilities)
        section = SliceGround.under(
            shares,
            background=background,
            cell_size=cell_size,
            offset=offset,
            pixel_size_um=pixel_size_um,
            orientation=orientation,
        )
        check_cells(shares, section.grid, name="probabilities")
        regions, confidence = regions_and_confidence(shares)
        self.region_names = check_names(
            region_names, shares.shape[2], prefix="region ", argument="region_names"
        )
        self._annotated: dict[str, tuple[int, int, int]] = {}
        codes = None
        if isinstance(reference, RoiMap):
            codes = codes_under(reference, section, background)
            self._annotated = colors_of(reference)
        elif reference is not None:
            codes = check_reference(reference, section.grid)
        unknown = np.zeros(regions.shape, dtype=bool)
        if novelty is not None:
            unknown = find_unknown(novelty, section.grid)
        predicted = Prediction(regions, confidence, codes, unknown)
        self._layers = [SliceLayer(section, predicted)]
        self._is_list = False

    @property
    def regions(self) -> NDArray[np.int64] | list[NDArray[np.int64]]:
        """The most probable region of each cell."""
        found = [layer.values.regions for layer in self._layers]
        return found if self._is_list else found[0]

    @property
    def confidence(self) -> NDArray[np.float64] | list[NDArray[np.float64]]:
        """Probability of the most probable region."""
        found = [layer.values.confidence for layer in self._layers]
        return found if self._is_list else found[0]

    @property
    def unknown(self) -> NDArray[np.bool_] | list[NDArray[np.bool_]]:
        """Cells that are unlike all regions."""
        found = [layer.values.unknown for layer in self._layers]
        return found if self._is_list else found[0]

    @classmethod
    def from_maps(
        cls,
        maps: SliceMaps | Sequence[SliceMaps],
        *,
        reference: RoiMap
        | ArrayLike
        | Sequence[RoiMap | ArrayLike | None]
        | None = None,
        orientation: Mapping[str, str] | None = None,
    ) -> Self:
        """Take the region probabilities of a mapped slice, or of several.

        Parameters
        ----------
        maps : MicroarchMaps or list of MicroarchMaps
            What `sklearn_microarch.map_slice` returns. Of a list, each slice has its
            panel; regions of one name have one colour on all.
        reference : RoiMap, array-like of shape (height, width) or None, default=None
            The true regions. Of a list of maps, a list with one or None for each.
        orientation : mapping of str to str or None, default=None
            What lies at the sides of the pictures, such as ``{"top": "D"}``. None: as
            each slice's ``details`` state it, else nothing.

        Returns
        -------
        display : RegionMapDisplay

        Raises
        ------
        TypeError
            If ``maps`` are no maps of a slice.
        ValueError
            If the maps hold no region probabilities, or there is not one reference
            for each slice.
        """
        each = slices_of(maps)
        displays = [
            cls(
                present(one.region_probabilities, "region_probabilities"),
                region_names=[str(name) for name in one.region_names],
                reference=outlines,
                # Maps of other makers need not have it.
                novelty=getattr(one, "novelty", None),
                background=one.image,
                cell_size=one.cell_size,
                offset=one.offset,
                orientation=orientation,
            )
            for one, outlines in zip(
                each, check_references(reference, maps), strict=True
            )
        ]
        joint = join_displays(displays, maps)
        # Those of the first slice come first, as when it is shown alone.
        names = list(dict.fromkeys(n for one in displays for n in one.region_names))
        joint._layers = [
            replace(layer, values=layer.values.renumbered(display.region_names, names))
            for layer, display in zip(joint._layers, displays, strict=True)
        ]
        for display in reversed(displays):
            joint._annotated = joint._annotated | display._annotated
        joint.region_names = names
        return joint

    @replayable
    def plot(
        self,
        ax: Axes | Iterable[Axes] | None = None,
        *,
        by_confidence: bool = False,
        unknown: bool = True,
        palette: Sequence[str] | None = None,
        alpha: float = 0.55,
        crop: bool = False,
        margin: float = 0.05,
    ) -> Self:
        """Draw the regions.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            One per slice. None: a new figure.
        by_confidence : bool, default=False
            Let the tissue through where the prediction is unsure: opacity
            falls to a tenth at the probability of a guess.
        unknown : bool, default=True
            Stripe unknown tissue in grey. False: in the colour of the region that is
            most probable, however unlike it is.
        palette : sequence of matplotlib colours or None, default=None
            One per region. None: those of a `RoiMap` given as ``reference``, else
            colours that colour-blind readers can tell apart, and that are no usual
            ones of clusters.
        alpha : float, default=0.55
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
            If ``ax`` is not one Axes per slice, or an option is out of range.
        """
        alpha = check_fraction(alpha, name="alpha")
        by_confidence = check_switch("by_confidence", by_confidence)
        striped = check_switch("unknown", unknown)
        colors = region_colors(self.region_names, palette, annotated=self._annotated)
        mapped = [layer.values.regions >= 0 for layer in self._layers]
        slices = open_slices(
            [layer.section for layer in self._layers],
            mapped,
            crop=crop,
            margin=margin,
            ax=ax,
        )
        painted = [
            stripe_unknown(
                layer.values.regions, layer.values.unknown & striped, len(colors)
            )
            for layer in self._layers
        ]
        colors = np.concatenate([colors, GREYS])
        outlines = []
        for layer, codes, panels in zip(self._layers, painted, slices, strict=True):
            opacity: NDArray | float = alpha
            if by_confidence:
                confidence = layer.values.confidence[panels.shown.cells]
                opacity = alpha * certainty(confidence, len(self.region_names))
            _draw_regions(codes, panels, colors, opacity)
            add_title(panels.axes[0], layer.title, "")
            if layer.values.reference is not None:
                outlines.append(
                    draw_outline(
                        panels.axes[0],
                        layer.values.reference,
                        layer.section.grid,
                        panels.box,
                    )
                )
        figure, axes = slices[0].figure, np.array([each.axes[0] for each in slices])
        drawn = np.unique(
            np.concatenate(
                [codes[cells] for codes, cells in zip(painted, mapped, strict=True)]
            )
        )
        seen = drawn[drawn < len(self.region_names)]
        words = [
            legible(axes[0], self.region_names[at], beside_in=KEY_PATCH_IN)
            for at in seen
        ]
        handles = [*color_patches(words, colors[seen]), *outlines[:1]]
        if len(seen) < len(drawn):
            handles.append(unknown_patch())
        add_key_of_slices(axes, handles, is_new=ax is None)
        if ax is None:
            cut_to_fit(figure)
        self.figure_ = figure
        self.ax_ = axes if self._is_list else axes[0]
        return self

    def _numbers(self) -> Numbers:
        tables = []
        for layer in self._layers:
            found, mapped = layer.values, layer.values.regions >= 0
            tables.append(
                cell_columns(layer, mapped)
                | {"region": np.array(self.region_names)[found.regions[mapped]]}
                | {"probability": found.confidence[mapped]}
                | {"unknown": found.unknown[mapped]}
            )
        return stack_columns(tables)


def _draw_regions(
    regions: NDArray, panels: Panels, colors: NDArray, opacity: NDArray | float
) -> None:
    picture = paint_categories(regions[panels.shown.cells], colors, opacity)
    draw_map(panels.axes[0], picture, panels.shown, gid="regions")
    if (regions < 0).all():
        say(panels.axes[0], "no cell mapped")
