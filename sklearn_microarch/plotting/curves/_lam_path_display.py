"""Display of the factors that are chosen at each price of leakage."""

from collections.abc import Iterable
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.plotting.colors._categories import color_patches
from sklearn_microarch.plotting.colors._colors import category_colors, region_colors
from sklearn_microarch.plotting.curves._curve_axes import (
    FIRST_COLOR,
    SECOND_COLOR,
    curve_axes,
    dress,
)
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable
from sklearn_microarch.plotting.panels._page import letter_scale
from sklearn_microarch.selection import LamPath, lam_path


class LamPathDisplay(NumbersMixin):
    """Which factor stands for which region, over lambda, the price of leakage.

    The first panel has a line for each factor that is ever chosen, in the colour of the
    region that the factor stands for; a line that runs through is a choice that does
    not hang on lambda. The second has the share of annotated samples where a chosen
    factor is active, and how much chosen factors overlap.

    Parameters
    ----------
    path : LamPath
        What `sklearn_microarch.lam_path` returns.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (2,), dtype object
        The panels, as matplotlib Axes.

    See Also
    --------
    sklearn_microarch.lam_path : Makes the path.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn_microarch.plotting import LamPathDisplay
    >>> loadings = [[1, 1], [1, 1], [1, 1], [1, 0], [1, 0], [1, 0]]
    >>> display = LamPathDisplay.from_loadings(
    ...     loadings, ["VP"] * 4 + [""] * 2, [0.0, 0.5, 1.0], unannotated=""
    ... )
    >>> [text.get_text() for text in display.plot().axes_[0].get_yticklabels()]
    ['factor 0', 'factor 1']
    >>> plt.close(display.figure_)
    """

    def __init__(self, path: LamPath) -> None:
        if not isinstance(path, LamPath):
            raise TypeError(f"path={shown(path)} must be what lam_path returns.")
        self.path = path

    @classmethod
    def from_path(cls, path: LamPath) -> Self:
        """Take a path.

        Parameters
        ----------
        path : LamPath
            What `sklearn_microarch.lam_path` returns.

        Returns
        -------
        display : LamPathDisplay

        Raises
        ------
        TypeError
            If it is another thing.
        """
        return cls(path)

    @classmethod
    def from_loadings(
        cls,
        loadings: ArrayLike,
        labels: ArrayLike,
        lams: ArrayLike,
        *,
        normalize: bool = True,
        unannotated: int | str | None = None,
    ) -> Self:
        """Choose factors at many prices of leakage, and take the path.

        Parameters
        ----------
        loadings : array-like of shape (n_samples, n_factors)
            Finite, non-negative.
        labels : array-like of shape (n_samples,)
            Region of each sample.
        lams : array-like of shape (n_lams,)
            Prices of leakage.
        normalize : bool, default=True
            Whether to count in shares of the regions, as `make_microarch_pipeline`
            does by default.
        unannotated : int, str or None, default=None
            Label of unannotated samples.

        Returns
        -------
        display : LamPathDisplay

        Raises
        ------
        TypeError, ValueError
            As `sklearn_microarch.lam_path` does.
        """
        return cls(
            lam_path(
                loadings, labels, lams, normalize=normalize, unannotated=unannotated
            )
        )

    @replayable
    def plot(self, ax: Axes | Iterable[Axes] | None = None) -> Self:
        """Draw the path.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of 2 Axes, or None, default=None
            The two panels. None: a new figure.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is not two Axes.
        """
        axes = curve_axes(ax, 2, width_in=4.0, narrowest_in=2.6)
        path = self.path
        order = np.argsort(path.lams, kind="stable")
        edges = _edges(path.lams[order])
        names = [str(region) for region in path.rois]
        colors = _colors_of(names)
        ever = np.flatnonzero(path.support.any(axis=0))
        for row, factor in enumerate(ever.tolist()):
            for at, place in enumerate(order.tolist()):
                region = self._region(place, factor)
                if region is not None:
                    axes[0].plot(
                        edges[at : at + 2],
                        [row, row],
                        color=colors[names.index(region)],
                        linewidth=6 * letter_scale(),
                        solid_capstyle="butt",
                    )
        axes[0].set_yticks(range(len(ever)), [f"factor {at}" for at in ever])
        axes[0].set_ylim(len(ever) - 0.4, -0.6)
        dress(axes[0], "factor chosen for a region", x="lambda (price of leakage)")
        legend = axes[0].legend(
            handles=color_patches(names, colors),
            fontsize="small",
            frameon=False,
            loc="upper left",
            bbox_to_anchor=(1.0, 1.0),
        )
        for text in legend.get_texts():
            text.set_parse_math(False)
        for values, color, label in (
            (path.joint_coverage, FIRST_COLOR, "annotated samples covered"),
            (path.redundancy, SECOND_COLOR, "overlap of chosen factors"),
        ):
            axes[1].plot(path.lams[order], values[order], color=color, label=label)
        axes[1].set_ylim(0, 1.02)
        axes[1].legend(fontsize="small", frameon=False)
        dress(axes[1], "chosen factors together", x="lambda (price of leakage)")
        self.figure_, self.axes_ = axes[0].figure, np.array(axes)
        return self

    def _region(self, at: int, factor: int) -> str | None:
        """Return the region that a factor stands for at one price, if it is chosen."""
        if not self.path.support[at, factor]:
            return None
        place = int(self.path.support[at, :factor].sum())
        return str(self.path.matched_rois[at, place])

    def _numbers(self) -> Numbers:
        rows = [
            (lam, factor, self._region(at, factor) or "", covered, overlap)
            for at, (lam, covered, overlap) in enumerate(
                zip(
                    self.path.lams.tolist(),
                    self.path.joint_coverage.tolist(),
                    self.path.redundancy.tolist(),
                    strict=True,
                )
            )
            for factor in np.flatnonzero(self.path.support[at]).tolist()
        ]
        names = ("lambda", "factor", "region", "joint_coverage", "redundancy")
        columns = zip(*rows, strict=True)
        return {name: np.array(c) for name, c in zip(names, columns, strict=True)}


def _colors_of(names: list[str]) -> NDArray[np.float64]:
    """Return a colour for each region, again from the first where there are many."""
    few = region_colors(names[:12])
    repeats = -(-len(names) // max(1, len(few)))
    return category_colors(len(names), [*map(tuple, few)] * repeats, usual=())  # type: ignore[list-item]


def _edges(lams: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the stretch of each price begins and ends, halfway to the next."""
    if len(lams) == 1:
        return lams[0] + np.array([-0.5, 0.5])
    middle = (lams[1:] + lams[:-1]) / 2
    first, last = lams[0] - (middle[0] - lams[0]), 2 * lams[-1] - middle[-1]
    return np.concatenate([[first], middle, [last]])
