"""Display of what a choice among numbers of components rests on."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray

from sklearn_microarch._arguments._numbers import check_strings, shown
from sklearn_microarch.decomposition import ComponentStability, stability_of_components
from sklearn_microarch.plotting.curves._curve_axes import (
    FIRST_COLOR,
    NULL_COLOR,
    curve_axes,
    draw_curve,
    dress,
    integer_ticks,
)
from sklearn_microarch.plotting.curves._search_curves import curves_of_search
from sklearn_microarch.plotting.export._numbers_mixin import Numbers, NumbersMixin
from sklearn_microarch.plotting.export._replayable import replayable

_TITLES = {
    "held_out_error": "error on hidden entries",
    "reproducibility": "found again by other starts",
    "reconstruction_error": "error on entries seen",
}


class StabilityDisplay(NumbersMixin):
    """Curves over the number of components k, one panel for each measure.

    Points are means over repetitions, bars run from the least to the most. Grey is what
    the same data give with every column shuffled on its own: what data and shuffled
    data share is no evidence of structure.

    Parameters
    ----------
    k : array-like of shape (n_ks,)
        Numbers of components, ascending.
    curves : mapping of str to array-like of shape (n_ks, n_repetitions)
        What was measured, by its name; the order is that of the panels.
    null : mapping of str to array-like of shape (n_ks, n_repetitions), default=None
        The same of shuffled data, for any of the names.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Set by :meth:`plot`, as is ``axes_``.
    axes_ : ndarray of shape (n_measures,), dtype object
        One matplotlib Axes for each measure.

    See Also
    --------
    sklearn_microarch.stability_of_components : Measures the curves.
    RecommendationDisplay : Curves that end in a recommendation.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sklearn_microarch.plotting import StabilityDisplay
    >>> X = np.random.default_rng(0).gamma(0.5, size=(60, 12))
    >>> display = StabilityDisplay.from_rows(X, [1, 2, 3], random_state=0)
    >>> len(display.plot().axes_)
    3
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        k: ArrayLike,
        curves: dict[str, ArrayLike],
        *,
        null: dict[str, ArrayLike] | None = None,
    ) -> None:
        self.k = np.asarray(k)
        self.curves = _check_curves("curves", curves, self.k)
        self.null = _check_curves("null", null or {}, self.k)

    @classmethod
    def from_stability(cls, stability: ComponentStability) -> Self:
        """Take the curves that `stability_of_components` measured.

        Parameters
        ----------
        stability : ComponentStability
            Its result.

        Returns
        -------
        display : StabilityDisplay

        Raises
        ------
        TypeError
            If ``stability`` is another thing.
        """
        if not isinstance(stability, ComponentStability):
            raise TypeError(
                f"stability={shown(stability)} must be what stability_of_components "
                "returns."
            )
        curves, null = (
            {name: getattr(found, name) for name in _TITLES}
            for found in (stability.observed, stability.null)
        )
        return cls(stability.n_components, curves, null=null)

    @classmethod
    def from_rows(
        cls,
        X: ArrayLike,
        ks: Iterable[int],
        *,
        n_init: int = 5,
        max_samples: int | None = 5000,
        random_state: int | RandomState | None = None,
    ) -> Self:
        """Measure the curves and take them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Non-negative rows that lie apart, such as the features of sampled patches.
        ks : iterable of int
            Numbers of components.
        n_init : int, default=5
            Runs from random starts for each.
        max_samples : int or None, default=5000
            Rows drawn when there are more.
        random_state : int, RandomState instance or None, default=None
            As in `stability_of_components`.

        Returns
        -------
        display : StabilityDisplay

        Raises
        ------
        TypeError, ValueError
            As `stability_of_components` does.
        """
        return cls.from_stability(
            stability_of_components(
                X,
                ks,
                n_init=n_init,
                max_samples=max_samples,
                random_state=random_state,
            )
        )

    @classmethod
    def from_search(
        cls,
        search: Any,  # noqa: ANN401 - any fitted search
        parameter: str = "nmf__n_components",
    ) -> Self:
        """Take the scores of a search over the number of components, fold by fold.

        Parameters
        ----------
        search : GridSearchCV, or another search
            Fitted. Candidates that differ in other parameters have a panel each.
        parameter : str, default="nmf__n_components"
            The parameter that is the number of components.

        Returns
        -------
        display : StabilityDisplay

        Raises
        ------
        ValueError
            If the search is not fitted, or is over other parameters.
        """
        return cls(*curves_of_search(search, parameter))

    @replayable
    def plot(self, ax: Axes | Iterable[Axes] | None = None) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, iterable of Axes, or None, default=None
            One per measure. None: a new figure.

        Returns
        -------
        self : object
            The display, with its artists.

        Raises
        ------
        TypeError, ValueError
            If ``ax`` is not one Axes per measure.
        """
        axes = curve_axes(ax, len(self.curves))
        for panel, (name, values) in zip(axes, self.curves.items(), strict=True):
            kinds = [(values, FIRST_COLOR, "data")]
            if name in self.null:
                kinds.append((self.null[name], NULL_COLOR, "shuffled"))
            for found, color, label in kinds:
                draw_curve(
                    panel,
                    self.k,
                    found.mean(axis=1),
                    found.min(axis=1),
                    found.max(axis=1),
                    color=color,
                    label=label,
                )
            dress(panel, _TITLES.get(name, name), x="components k")
            integer_ticks(panel, self.k)
        if self.null:
            axes[0].legend(fontsize="small", frameon=False)
        self.figure_, self.axes_ = axes[0].figure, np.array(axes)
        return self

    def _numbers(self) -> Numbers:
        rows = [
            (name, kind, k, repetition, value)
            for kind, curves in (("data", self.curves), ("shuffled", self.null))
            for name, values in curves.items()
            for k, found in zip(self.k.tolist(), values.tolist(), strict=True)
            for repetition, value in enumerate(found)
        ]
        names = ("measure", "kind", "k", "repetition", "value")
        return {
            name: np.array(column)
            for name, column in zip(names, zip(*rows, strict=True), strict=True)
        }


def _check_curves(
    argument: str, curves: dict[str, ArrayLike], k: NDArray
) -> dict[str, NDArray[np.float64]]:
    """Return curves, each (n_ks, n_repetitions)."""
    if not isinstance(curves, dict) or (argument == "curves" and not curves):
        raise TypeError(
            f"{argument}={shown(curves)} must be a dict of measures by their name."
        )
    check_strings(argument, list(curves))
    found = {}
    for name, values in curves.items():
        table = np.asarray(values, dtype=np.float64)
        if k.ndim != 1 or table.ndim != 2 or len(table) != len(k) or not table.size:
            raise ValueError(
                f"{argument}: {name} has shape {table.shape}, for k of shape "
                f"{k.shape}; it is (n_ks, n_repetitions)."
            )
        found[name] = table
    return found
