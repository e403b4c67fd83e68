"""Display of what maps hold along the depth of the cortex."""

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from sklearn_microarch._arguments._numbers import check_strings, shown
from sklearn_microarch.anatomy import LaminarDepth, LaminarProfile
from sklearn_microarch.plotting.colors._categories import color_patches
from sklearn_microarch.plotting.colors._colors import check_colors
from sklearn_microarch.plotting.curves._curve_axes import (
    FIRST_COLOR,
    curve_axes,
    dress,
)
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable
from sklearn_microarch.plotting.panels._grid import box_around, cells_over
from sklearn_microarch.plotting.panels._panels import say
from sklearn_microarch.plotting.panels._section import SliceGround

# Why a pixel has no depth, by code of its status.
_NO_DEPTH = {
    2: ("near an edge", "#D55E00"),
    3: ("curved", "#CC79A7"),
    4: ("no way through", "#000000"),
}
_SIZE_IN = 1.9


class LaminarProfileDisplay(NumbersMixin):
    """Curves along the depth, one panel for each factor or cluster; pia on top.

    The line is the mean of a bin of depth, the band its interval over blocks. With a
    depth, the first panel shows where on the slice there is one, where there is none,
    and why.

    Parameters
    ----------
    profile : LaminarProfile
        What `laminar_profile` returns.
    depth : LaminarDepth or None, default=None
        The depth that it was made with.
    names : sequence of str or None, default=None
        Factors and clusters to show, in this order. None: all of the profile.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (n_panels,), dtype object
        Matplotlib Axes, that of the depth first, where there is one.

    Raises
    ------
    TypeError
        If ``profile`` or ``depth`` are of the wrong kind.
    ValueError
        If a name is none of the profile's.

    See Also
    --------
    sklearn_microarch.anatomy.laminar_profile : Makes profiles.
    FactorMapDisplay : The factors over their slice.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn_microarch.anatomy import LaminarProfile
    >>> from sklearn_microarch.plotting import LaminarProfileDisplay
    >>> mean, edges = [[0.5], [0.1]], [0, 0.5, 1]
    >>> profile = LaminarProfile(
    ...     ["factor00"], ["factor"], edges, mean, mean, mean, [9, 8], [3, 3], 0.95
    ... )
    >>> display = LaminarProfileDisplay(profile).plot()
    >>> display.axes_[0].get_title(loc="left")
    'factor00'
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        profile: LaminarProfile,
        depth: LaminarDepth | None = None,
        *,
        names: Sequence[str] | None = None,
    ) -> None:
        if not isinstance(profile, LaminarProfile):
            raise TypeError(
                f"profile={shown(profile)} must be what laminar_profile returns."
            )
        if not (depth is None or isinstance(depth, LaminarDepth)):
            raise TypeError(
                f"depth={shown(depth)} must be what laminar_depth returns, or None."
            )
        chosen = profile.names if names is None else check_strings("names", names)
        for name in chosen:
            if name not in profile.names:
                raise ValueError(
                    f"names holds {name!r}, which is none of "
                    f"{', '.join(profile.names)}."
                )
        self.profile, self.depth, self.names = profile, depth, list(chosen)

    @replayable
    def plot(self, ax: Axes | Iterable[Axes] | None = None) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            One for the depth, where there is one, and one for each name. None: a new
            figure.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is not one Axes per panel.
        """
        n_panels = len(self.names) + (self.depth is not None)
        axes = curve_axes(ax, n_panels, width_in=_SIZE_IN, most_columns=6)
        curves = axes
        if self.depth is not None:
            _draw_depth(axes[0], self.depth)
            curves = axes[1:]
        for panel, name in zip(curves, self.names, strict=True):
            self._draw_curve(panel, name)
        for panel in curves[:1]:
            panel.set_ylabel("depth (0 pia, 1 white matter)", fontsize="small")
        self.figure_, self.axes_ = axes[0].figure, np.array(axes)
        return self

    def _draw_curve(self, panel: Axes, name: str) -> None:
        """Draw the mean and its interval, against a depth that runs down."""
        profile = self.profile
        at = profile.names.index(name)
        edges = np.asarray(profile.edges)
        middle = (edges[:-1] + edges[1:]) / 2
        mean, low, high = (
            np.asarray(values)[:, at]
            for values in (profile.mean, profile.low, profile.high)
        )
        panel.fill_betweenx(middle, low, high, color=FIRST_COLOR, alpha=0.25, lw=0)
        panel.plot(mean, middle, color=FIRST_COLOR, lw=1.4)
        if not np.isfinite(mean).any():
            say(panel, "no cell")
        panel.set_ylim(edges[-1], edges[0])
        panel.set_xlim(left=0.0)
        unit = "loading" if profile.kinds[at] == "factor" else "share of cells"
        dress(panel, name, x=unit)

    def _numbers(self) -> Numbers:
        rows = [row for row in self.profile.to_rows() if row["name"] in self.names]
        return {column: np.array([row[column] for row in rows]) for column in rows[0]}


def _draw_depth(panel: Axes, depth: LaminarDepth) -> None:
    """Draw depth, and the reasons why there is none, over the region's part."""
    ground = SliceGround.under(
        depth.depth,
        background=None,
        cell_size=1.0,
        offset=(0.0, 0.0),
        pixel_size_um=depth.pixel_size_um,
    )
    drawn = cells_over(ground.grid, box_around(ground.grid, depth.status > 0, margin=0))
    status = depth.status[drawn.cells]
    panel.imshow(depth.depth[drawn.cells], extent=drawn.extent, cmap="viridis_r")
    found = [code for code in _NO_DEPTH if (status == code).any()]
    if found:
        words, colors = zip(*(_NO_DEPTH[code] for code in found), strict=True)
        reasons = np.searchsorted(found, status).astype(float)
        reasons[~np.isin(status, found)] = np.nan
        panel.imshow(
            reasons,
            extent=drawn.extent,
            cmap=ListedColormap(colors),
            vmin=-0.5,
            vmax=len(found) - 0.5,
            interpolation="nearest",
        )
        panel.legend(
            handles=[*color_patches(words, check_colors("colors", colors))],
            fontsize="x-small",
            frameon=False,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.02),
        )
    dress(panel, f"depth in {depth.region}", x="")
    panel.set_xticks([])
    panel.set_yticks([])
    panel.spines[:].set_visible(False)
