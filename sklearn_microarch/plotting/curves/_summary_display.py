"""Display of a comparison of groups: every animal is a point."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sklearn_microarch._arguments._numbers import check_number, shown
from sklearn_microarch.anatomy import GroupComparison
from sklearn_microarch.plotting.colors._clip import factor_title
from sklearn_microarch.plotting.colors._key import legible
from sklearn_microarch.plotting.curves._animal_points import (
    AnimalPoints,
    mean_with_interval,
    read_points,
)
from sklearn_microarch.plotting.curves._curve_axes import (
    FIRST_COLOR,
    SECOND_COLOR,
    curve_axes,
    dress,
)
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable
from sklearn_microarch.plotting.panels._page import letter_scale

_COLORS = (FIRST_COLOR, SECOND_COLOR, "#009E73", "#CC79A7", "#E69F00", "#332288")
_WIDTH_IN = 2.6


class SummaryDisplay(NumbersMixin):
    r"""Animals as points by group, for one or several pairs of region and factor.

    A point is an animal, never a section or a patch. The bar beside the points is the
    mean of the group's animals with its interval; where groups are the two sides of
    each animal, lines join both.

    Parameters
    ----------
    points : list of AnimalPoints
        As :meth:`from_table` reads them.
    measure : str, default="loading"
        What was measured.
    paired : bool, default=False
        Whether the groups are two sides of the same animals.
    comparison : GroupComparison or None, default=None
        Whose difference, interval and p value stand over each panel.
    confidence : float, default=0.95
        Of the intervals of the groups.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (n_pairs,), dtype object
        One matplotlib Axes for each pair of region and factor.

    See Also
    --------
    sklearn_microarch.compare_groups : Compares the groups.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn_microarch.plotting import SummaryDisplay
    >>> table = {
    ...     "specimen": ["m1", "m2", "m3", "m4", "m5", "m6"],
    ...     "group": ["control"] * 3 + ["treated"] * 3,
    ...     "slice": ["s1"] * 6,
    ...     "region": ["CTX"] * 6,
    ...     "n_independent": [10] * 6,
    ...     "cell_density": [5.1, 4.8, 5.3, 4.1, 3.9, 4.4],
    ... }
    >>> display = SummaryDisplay.from_table(table, measure="cell_density").plot()
    >>> [label.get_text() for label in display.axes_[0].get_xticklabels()]
    ['control\nn = 3', 'treated\nn = 3']
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        points: Sequence[AnimalPoints],
        *,
        measure: str = "loading",
        paired: bool = False,
        comparison: GroupComparison | None = None,
        confidence: float = 0.95,
    ) -> None:
        if not isinstance(points, list | tuple) or not all(
            isinstance(one, AnimalPoints) for one in points
        ):
            raise TypeError(
                f"points={shown(points)} must be what SummaryDisplay.from_table reads."
            )
        if not (comparison is None or isinstance(comparison, GroupComparison)):
            raise TypeError(
                f"comparison={shown(comparison)} must be what compare_groups returns."
            )
        self.points, self.measure, self.paired = list(points), measure, paired
        self.comparison = comparison
        self.confidence = check_number("confidence", confidence, low=0.5, high=0.9999)

    @classmethod
    def from_table(
        cls,
        table: Any,  # noqa: ANN401 - a data frame, a mapping, a table or a path
        comparison: GroupComparison | None = None,
        *,
        pairs: Sequence[tuple[str, str]] | None = None,
        group: str = "group",
        measure: str | None = None,
        groups: Sequence[str] | None = None,
    ) -> Self:
        """Combine the sections of each animal, as `compare_groups` does.

        Parameters
        ----------
        table : DataFrame, RegionalTable, mapping of str to array-like, or path-like
            As `regional_summary` gives it.
        comparison : GroupComparison or None, default=None
            What `compare_groups` made of the same table; its measure, its groups and
            whether they are paired are taken over.
        pairs : list of (str, str), default=None
            Regions and factors (or clusters) to show. None: the six for which the
            comparison has most evidence; without one, the first six.
        group : str, default="group"
            Column that tells the groups.
        measure : str or None, default=None
            Column to show. None: that of the comparison, else "loading".
        groups : sequence of str, default=None
            Which groups, and their order. None: those of the comparison, else all.

        Returns
        -------
        display : SummaryDisplay

        Raises
        ------
        TypeError
            If an argument is of the wrong kind.
        ValueError
            If the table lacks a column, a group or a pair.
        """
        if not (comparison is None or isinstance(comparison, GroupComparison)):
            raise TypeError(
                f"comparison={shown(comparison)} must be what compare_groups returns."
            )
        if comparison is not None:
            measure = comparison.measure if measure is None else measure
            groups = comparison.groups if groups is None else groups
        measure = "loading" if measure is None else measure
        points = read_points(
            table,
            group=group,
            measure=measure,
            groups=groups,
            pairs=pairs,
            comparison=comparison,
        )
        return cls(
            points,
            measure=measure,
            paired=comparison is not None and comparison.pair is not None,
            comparison=comparison,
            confidence=0.95 if comparison is None else comparison.confidence,
        )

    @replayable
    def plot(self, ax: Axes | Iterable[Axes] | None = None) -> Self:
        """Draw the points.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            One per pair of region and factor. None: a new figure.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is not one Axes per pair.
        """
        axes = curve_axes(ax, len(self.points), width_in=_WIDTH_IN)
        for panel, one in zip(axes, self.points, strict=True):
            if self.paired:
                _join_sides(panel, one)
            for at, values in enumerate(one.values.values()):
                _draw_group(panel, at, values, self.confidence, paired=self.paired)
            labels = [
                f"{legible(panel, name, beside_in=0.0)}\nn = {len(values)}"
                for name, values in one.values.items()
            ]
            panel.set_xticks(range(len(labels)), labels, parse_math=False)
            panel.set_xlim(-0.5, len(labels) - 0.4)
            dress(panel, self._title(panel, one), x="", y=self.measure)
        self.figure_, self.axes_ = axes[0].figure, np.array(axes)
        return self

    def _title(self, panel: Axes, one: AnimalPoints) -> str:
        """Name region and factor, and say what the comparison found."""
        name = "" if one.name == self.measure else f", {factor_title(one.name)}"
        words = [legible(panel, one.region + name, beside_in=0.0)]
        at = self._test(one)
        if at is not None:
            found = self.comparison
            assert found is not None
            words.append(f"difference {found.difference[at]:+.3g}")
            if np.isfinite(found.low[at]):
                words.append(f"({found.low[at]:+.3g} to {found.high[at]:+.3g})")
            corrected = found.p_corrected[at]
            said = f"p = {corrected:.3f}, corrected" if np.isfinite(corrected) else ""
            words.append(said or "an estimate, no test")
        return "\n".join(words)

    def _test(self, one: AnimalPoints) -> int | None:
        """Return the place of a pair in the comparison."""
        if self.comparison is None:
            return None
        same = (self.comparison.regions == one.region) & (
            self.comparison.names == one.name
        )
        return int(np.flatnonzero(same)[0]) if same.any() else None

    def _numbers(self) -> Numbers:
        rows = [
            (one.region, one.name, self.measure, group, animal, value)
            for one in self.points
            for group, values in one.values.items()
            for animal, value in zip(one.animals[group], values.tolist(), strict=True)
        ]
        names = ("region", "name", "measure", "group", "specimen", "value")
        columns = zip(*rows, strict=True)
        return {name: np.array(c) for name, c in zip(names, columns, strict=True)}


def _draw_group(
    ax: Axes, at: int, values: NDArray, confidence: float, *, paired: bool
) -> None:
    """Draw the animals of a group and, beside them, their mean with its interval."""
    color = _COLORS[at % len(_COLORS)]
    # Animals with like values stand side by side; of pairs, lines say which is which.
    beside = np.zeros(len(values))
    if not paired:
        beside[np.argsort(values)] = 0.06 * (np.arange(len(values)) % 3 - 1)
    size = 5.5 * letter_scale()
    ax.plot(at + beside, values, "o", color=color, markersize=size, alpha=0.75)
    mean, low, high = mean_with_interval(values, confidence)
    ax.errorbar(
        [at + 0.27],
        [mean],
        yerr=np.nan_to_num([[mean - low], [high - mean]]),
        color=color,
        marker="_",
        markersize=3 * size,
        markeredgewidth=1.8 * letter_scale(),
        elinewidth=1.2 * letter_scale(),
        capsize=3 * letter_scale(),
    )


def _join_sides(ax: Axes, one: AnimalPoints) -> None:
    """Join the values of each animal that is in the first two groups."""
    first, second = list(one.values)[:2]
    for animal, value in zip(one.animals[first], one.values[first], strict=True):
        if animal in one.animals[second]:
            other = one.values[second][one.animals[second].index(animal)]
            ax.plot([0, 1], [value, other], color="0.7", linewidth=letter_scale())
