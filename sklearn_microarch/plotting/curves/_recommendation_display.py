"""Display of a recommendation: the curves it rests on, and its words above them."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sklearn_microarch._arguments._numbers import shown
from sklearn_microarch.model_selection import (
    MeasuredCurve,
    Recommendation,
    SettingChoice,
    recommend_settings,
)
from sklearn_microarch.model_selection.settings._decide import (
    ENOUGH_AGREEMENT,
    ENOUGH_FACTORS,
)
from sklearn_microarch.plotting.curves._curve_axes import (
    FIRST_COLOR,
    NULL_COLOR,
    SECOND_COLOR,
    curve_axes,
    draw_curve,
    dress,
)
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable
from sklearn_microarch.plotting.panels._page import fold, letter_scale

_X_AXIS = {
    "n_components": "factors k",
    "lam": "lambda (price of leakage)",
    "n_clusters": "clusters",
}
_MOST_TICKS = 10


class RecommendationDisplay(NumbersMixin):
    """Curves over k, lambda and the number of clusters, and what follows from them.

    The words stand above. A vertical line is the recommended value; grey columns are
    the values that are as good as the best of their panel; a dotted line is how much
    must be found again. Bars are intervals over
    blocks of tissue; of what is found again, the least and the most of all halvings.

    Parameters
    ----------
    recommendation : Recommendation
        What `sklearn_microarch.model_selection.recommend_settings` returns.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (n_panels,), dtype object
        One matplotlib Axes for each setting and measure.

    See Also
    --------
    sklearn_microarch.model_selection.recommend_settings : Makes the recommendation.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sklearn_microarch.plotting import RecommendationDisplay
    >>> rng = np.random.default_rng(0)
    >>> strength = rng.gamma(1.0, size=(200, 2))
    >>> X = strength @ rng.gamma(0.5, size=(2, 9))
    >>> display = RecommendationDisplay.from_rows(
    ...     X, strength.argmax(axis=1), np.arange(200) // 20, ks=[1, 2, 3],
    ...     n_halvings=1, n_resamples=50, random_state=0
    ... )
    >>> len(display.plot().axes_)
    3
    >>> plt.close(display.figure_)
    """

    def __init__(self, recommendation: Recommendation) -> None:
        if not isinstance(recommendation, Recommendation):
            raise TypeError(
                f"recommendation={shown(recommendation)} must be what "
                "recommend_settings returns."
            )
        self.recommendation = recommendation

    @classmethod
    def from_recommendation(cls, recommendation: Recommendation) -> Self:
        """Take a recommendation.

        Parameters
        ----------
        recommendation : Recommendation
            What `sklearn_microarch.model_selection.recommend_settings` returns.

        Returns
        -------
        display : RecommendationDisplay

        Raises
        ------
        TypeError
            If it is another thing.
        """
        return cls(recommendation)

    @classmethod
    def from_rows(cls, X: Any, y: Any, blocks: Any, **options: Any) -> Self:  # noqa: ANN401
        """Measure, and take the recommendation.

        Parameters
        ----------
        X, y, blocks : array-like
            Features, regions and places of rows.
        **options : object
            As `recommend_settings` takes them; ``ks`` is needed.

        Returns
        -------
        display : RecommendationDisplay

        Raises
        ------
        TypeError, ValueError
            As `recommend_settings` does.
        """
        return cls(recommend_settings(X, y, blocks, **options))

    @replayable
    def plot(self, ax: Axes | Iterable[Axes] | None = None) -> Self:
        """Draw the curves and write the words.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            One per setting and measure; words are left out then, as the figure is not
            the display's own. None: a new figure.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is not one Axes per setting and measure.
        """
        panels = [
            (choice, name, curve)
            for choice in self.recommendation.choices
            for name, curve in choice.curves.items()
        ]
        axes = curve_axes(ax, len(panels), most_columns=3)
        for panel, (choice, name, curve) in zip(axes, panels, strict=True):
            _draw_measure(panel, choice, name, curve)
        self.figure_, self.axes_ = axes[0].figure, np.array(axes)
        if isinstance(self.figure_, Figure) and ax is None:
            _write_words(self.figure_, self.recommendation)
        return self

    def _numbers(self) -> Numbers:
        rows = self.recommendation.to_rows()
        return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _draw_measure(
    ax: Axes, choice: SettingChoice, name: str, curve: MeasuredCurve
) -> None:
    """Draw one measure over the values of one setting, equally spaced."""
    at = np.arange(len(choice.values))
    if np.isfinite(curve.behind_low).any():
        for place in np.flatnonzero(curve.as_good).tolist():
            ax.axvspan(place - 0.5, place + 0.5, color="0.92", linewidth=0)
    if choice.value is not None:
        chosen = int(np.flatnonzero(choice.values == choice.value)[0])
        ax.axvline(chosen, color=SECOND_COLOR, linewidth=1.4 * letter_scale())
    draw_curve(
        ax, at, curve.estimate, curve.low, curve.high, color=FIRST_COLOR, label=name
    )
    if name == "found again":
        enough = (
            ENOUGH_FACTORS if choice.setting == "n_components" else ENOUGH_AGREEMENT
        )
        ax.axhline(enough, color=NULL_COLOR, linestyle=":", linewidth=letter_scale())
    step = -(-len(at) // _MOST_TICKS)
    ax.set_xticks(at[::step], [f"{value:g}" for value in choice.values[::step]])
    ax.set_xlim(-0.5, len(at) - 0.5)
    if name == "held-out error" and choice.setting == "n_components":
        ax.set_ylim(bottom=0.0)
    dress(ax, _title(choice, name), x=_X_AXIS[choice.setting])


def _title(choice: SettingChoice, name: str) -> str:
    if choice.setting == "n_clusters":
        return {
            "held-out error": "held-out error, -log density",
            "found again": "found again (Rand index)",
        }[name]
    if name == "found again":
        return "factors found again"
    return name


def _write_words(figure: Figure, recommendation: Recommendation) -> None:
    """Write the recommendation above the panels, a line or two for each setting."""
    lines = [
        fold(str(choice), figure.get_figwidth() - 0.2)
        for choice in recommendation.choices
    ]
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize="small")
