"""Display of patches that show what clusters or factors look like."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_option, shown
from sklearn_microarch.clustering import Exemplars, exemplars
from sklearn_microarch.clustering._exemplars import KINDS_OF_EXEMPLARS
from sklearn_microarch.plotting._slice_maps import SliceMaps, check_names
from sklearn_microarch.plotting.colors._clip import factor_title
from sklearn_microarch.plotting.colors._colors import CLUSTER_COLORS
from sklearn_microarch.plotting.colors._key import legible
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable
from sklearn_microarch.plotting.gallery._exemplar_sources import (
    Scored,
    score_of_maps,
    score_of_pipeline,
)
from sklearn_microarch.plotting.gallery._patch_strips import (
    exemplar_axes,
    grey_limits,
    side_by_side,
    strip_width,
)
from sklearn_microarch.plotting.panels._add_scale_bar import add_scale_bar
from sklearn_microarch.plotting.panels._figure import cut_to_fit
from sklearn_microarch.plotting.panels._page import letter_scale
from sklearn_microarch.sampling import Patches

_OF = ("clusters", "factors")


class ExemplarDisplay(NumbersMixin):
    """Patches of each cluster or factor: typical, random and borderline.

    All patches have one scale of length and one of grey, so that what looks larger or
    brighter is. Typical patches fit their cluster best, or load their factor most;
    random ones show what most of it looks like; borderline ones might nearly be of
    another.

    Parameters
    ----------
    chosen : Exemplars
        What `sklearn_microarch.clustering.exemplars` returns.
    patches : Patches
        The patches whose rows were chosen.
    names : sequence of str or None, default=None
        One name per group. None: ``"group 0"`` and so on.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (n_groups, 3), dtype object
        Panels of typical, random and borderline patches, as matplotlib Axes.

    See Also
    --------
    sklearn_microarch.clustering.exemplars : Chooses the patches.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sklearn_microarch import Patches
    >>> from sklearn_microarch.clustering import exemplars
    >>> from sklearn_microarch.plotting import ExemplarDisplay
    >>> image = np.random.default_rng(0).integers(0, 255, (40, 60))
    >>> patches = Patches(image, [[8, 8], [8, 30], [30, 8], [30, 30]], 16)
    >>> chosen = exemplars([[2, 0], [1, 0], [0, 1], [0, 3]], n_each=1, patches=patches)
    >>> display = ExemplarDisplay(chosen, patches, names=["light", "dark"]).plot()
    >>> display.axes_.shape
    (2, 3)
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        chosen: Exemplars,
        patches: Patches,
        *,
        names: Sequence[str] | None = None,
    ) -> None:
        if not isinstance(chosen, Exemplars):
            raise TypeError(f"chosen={shown(chosen)} must be what exemplars returns.")
        if not isinstance(patches, Patches):
            raise TypeError(f"patches={shown(patches)} must be Patches.")
        self.chosen, self.patches = chosen, patches
        self.names = check_names(
            names, len(chosen.n_members), prefix="group ", argument="names"
        )
        self._is_clusters = False

    @classmethod
    def from_pipeline(
        cls,
        pipeline: Any,  # noqa: ANN401 - a fitted pipeline
        patches: Patches,
        *,
        of: str = "clusters",
        n_each: int = 3,
        random_state: int | RandomState | None = 0,
    ) -> Self:
        """Choose among some patches by what a fitted pipeline makes of them.

        Parameters
        ----------
        pipeline : Pipeline
            Fitted.
        patches : Patches
            The patches to choose from, such as ``pipe["patches"].transform(image)``.
        of : {"clusters", "factors"}, default="clusters"
            What to show.
        n_each : int, default=3
            Patches of each kind.
        random_state : int, RandomState instance or None, default=0
            Draws the random ones.

        Returns
        -------
        display : ExemplarDisplay

        Raises
        ------
        TypeError, ValueError
            If ``pipeline`` is none that begins with a `PatchSampler`, gives no
            clusters, or an argument is out of range.
        """
        check_option("of", of, _OF)
        if not isinstance(patches, Patches):
            raise TypeError(f"patches={shown(patches)} must be Patches.")
        scored = score_of_pipeline(pipeline, patches, of)
        return cls._of(scored, of, n_each, random_state)

    @classmethod
    def from_maps(
        cls,
        maps: SliceMaps,
        *,
        of: str = "clusters",
        n_each: int = 3,
        patch_size_um: float | None = None,
        random_state: int | RandomState | None = 0,
    ) -> Self:
        """Choose among the cells of the maps of a slice.

        Parameters
        ----------
        maps : MicroarchMaps
            What `sklearn_microarch.map_slice` returns, with the slice in memory or in
            its file.
        of : {"clusters", "factors"}, default="clusters"
            What to show. Typical cells of a cluster are near its mean loadings.
        n_each : int, default=3
            Patches of each kind.
        patch_size_um : float or None, default=None, unit: micrometres
            Edge of the patches. None: as the maps say, else 150 um.
        random_state : int, RandomState instance or None, default=0
            Draws the random ones.

        Returns
        -------
        display : ExemplarDisplay

        Raises
        ------
        TypeError, ValueError
            If ``maps`` are no maps of a slice or lack factors or clusters, or an
            argument is out of range.
        """
        check_option("of", of, _OF)
        scored = score_of_maps(maps, of, patch_size_um)
        return cls._of(scored, of, n_each, random_state)

    @classmethod
    def _of(cls, scored: Scored, of: str, n_each: int, random_state: Any) -> Self:  # noqa: ANN401
        chosen = exemplars(
            scored.scores,
            scored.labels,
            n_each=n_each,
            patches=scored.patches,
            random_state=random_state,
        )
        names = [factor_title(name) for name in scored.names]
        display = cls(chosen, scored.patches, names=names)
        display._is_clusters = of == "clusters"
        return display

    @replayable
    def plot(self, ax: Axes | Iterable[Axes] | None = None) -> Self:
        """Draw the patches.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            Three for each group: typical, random, borderline. None: a new figure.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is not three Axes for each group.
        """
        n_groups, n_each = self.chosen.typical.shape
        size = self.patches.patch_size
        axes = exemplar_axes(ax, n_groups, n_each)
        strips = self._strips()
        low, high = grey_limits(strips)
        for row, name in enumerate(self.names):
            for column, kind in enumerate(KINDS_OF_EXEMPLARS):
                panel = axes[row, column]
                picture = strips[row][column]
                if picture.ndim == 2:
                    panel.imshow(picture, cmap="gray", vmin=low, vmax=high)
                else:
                    panel.imshow(picture)
                # Panels of fewer patches have the same scale.
                panel.set_xlim(-0.5, strip_width(n_each, size) - 0.5)
                panel.set_xticks([])
                panel.set_yticks([])
                panel.spines[:].set_visible(False)
                if row == 0:
                    panel.set_title(kind, loc="left", fontsize="medium")
            self._write_name(axes[row, 0], row, name)
        self._add_bars(axes, all_panels=ax is not None)
        self.figure_, self.axes_ = axes[0, 0].figure, axes
        if ax is None:
            cut_to_fit(self.figure_)
        return self

    def _strips(self) -> list[list[NDArray]]:
        """Return for each group and kind its patches side by side."""
        return [
            [
                side_by_side(self.patches, getattr(self.chosen, kind)[group])
                for kind in KINDS_OF_EXEMPLARS
            ]
            for group in range(len(self.names))
        ]

    def _write_name(self, panel: Axes, group: int, name: str) -> None:
        """Write a group's name at the left, in a cluster's colour a bar beside it."""
        words = legible(panel, name, beside_in=0.0)
        n_members = int(self.chosen.n_members[group])
        panel.set_ylabel(
            f"{words}\n({n_members} patches)",
            rotation=0,
            ha="right",
            va="center",
            fontsize="small",
            parse_math=False,
            labelpad=10 * letter_scale(),
        )
        if self._is_clusters and group < len(CLUSTER_COLORS):
            panel.spines["left"].set(
                visible=True, color=CLUSTER_COLORS[group], linewidth=5 * letter_scale()
            )

    def _add_bars(self, axes: NDArray, *, all_panels: bool) -> None:
        """Draw the scale bar on the last panel, on each of the caller's."""
        pixel = self.patches.images[0].pixel_size_um
        if pixel is None:
            return
        n_each = self.chosen.typical.shape[1]
        for panel in axes.ravel() if all_panels else axes[-1:, 0]:
            add_scale_bar(panel, pixel, fraction=0.7 / n_each, loc="lower left")

    def _numbers(self) -> Numbers:
        rows = self.chosen.to_rows()
        at = self.patches.positions[[row["row"] for row in rows]]
        images = self.patches.images
        return {
            "group": np.array([self.names[row["group"]] for row in rows]),
            "kind": np.array([row["kind"] for row in rows]),
            "place": np.array([row["place"] for row in rows]),
            "slice": np.array([images[index].name for index in at[:, 0]]),
            "row_px": at[:, 1],
            "column_px": at[:, 2],
            "n_members": self.chosen.n_members[[row["group"] for row in rows]],
        }
