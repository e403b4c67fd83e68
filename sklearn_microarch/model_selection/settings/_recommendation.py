"""A recommended setting, with what it rests on, in words and as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._format_table import decimals, format_table

_WORDS = {"n_components": "k", "lam": "lambda", "n_clusters": "clusters"}
_STEPS = {
    "n_components": "nmf__n_components",
    "lam": "select__lam",
    "n_clusters": "cluster__n_clusters",
}


@dataclass(frozen=True, eq=False)
class MeasuredCurve:
    """A measure at each value of a setting, with its interval.

    Parameters
    ----------
    estimate, low, high : ndarray of shape (n_values,)
        The measure and both ends of its interval, NaN where there is none.
    behind_low, behind_high : ndarray of shape (n_values,)
        By how much each value is worse than the best one: the interval of the
        difference, both resampled together. A value is as good as the best where the
        lower end is not above 0. NaN of measures that are not compared.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.model_selection import MeasuredCurve
    >>> one = np.ones(2)
    >>> MeasuredCurve(one, one, one, np.array([0.2, 0.0]), one).as_good.tolist()
    [False, True]
    """

    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    behind_low: NDArray[np.float64]
    behind_high: NDArray[np.float64]

    @property
    def as_good(self) -> NDArray[np.bool_]:
        """Which values (n_values,) are not worse than the best by their interval."""
        found: NDArray[np.bool_] = ~(self.behind_low > 0)
        return found


@dataclass(frozen=True, eq=False)
class SettingChoice:
    """What was measured for one setting, and what follows.

    Parameters
    ----------
    setting : {"n_components", "lam", "n_clusters"}
        Which setting.
    values : ndarray of shape (n_values,)
        The values that were tried, ascending.
    curves : mapping of str to MeasuredCurve
        "held-out error", "found again" and "localization", as far as they tell.
    value : int, float or None
        The recommended one; None where the data do not decide.
    reason : str
        Why, in a sentence or two.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.model_selection import SettingChoice
    >>> print(SettingChoice("lam", np.array([0.5, 1.0]), {}, None, "both do as well."))
    lambda: the data do not decide. Both do as well.
    """

    setting: str
    values: NDArray
    curves: Mapping[str, MeasuredCurve]
    value: float | None
    reason: str

    def __str__(self) -> str:
        words = _WORDS[self.setting]
        reason = self.reason[:1].upper() + self.reason[1:]
        if self.value is None:
            return f"{words}: the data do not decide. {reason}"
        return f"{words} = {self.value:g}: {self.reason}"


@dataclass(frozen=True, eq=False)
class Recommendation:
    """Settings that the data recommend, each with its reason.

    Made by `recommend_settings`; ``print(result)`` shows the words and the numbers.

    Parameters
    ----------
    choices : tuple of SettingChoice
        One for each setting that was tried.
    confidence : float
        Of the intervals.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_microarch.model_selection import Recommendation, SettingChoice
    >>> choice = SettingChoice("n_components", np.array([3, 4]), {}, 4, "best.")
    >>> Recommendation((choice,), 0.95).params
    {'nmf__n_components': 4}
    """

    choices: tuple[SettingChoice, ...]
    confidence: float

    @property
    def n_components(self) -> int | None:
        """Recommended number of factors; None where undecided."""
        found = self._value("n_components")
        return None if found is None else int(found)

    @property
    def lam(self) -> float | None:
        """Recommended price of leakage; None where undecided or not asked for."""
        return self._value("lam")

    @property
    def n_clusters(self) -> int | None:
        """Recommended number of clusters; None where undecided or not asked for."""
        found = self._value("n_clusters")
        return None if found is None else int(found)

    @property
    def params(self) -> dict[str, Any]:
        """What is decided, for ``pipe.set_params(**result.params)``."""
        found = {
            "n_components": self.n_components,
            "lam": self.lam,
            "n_clusters": self.n_clusters,
        }
        return {_STEPS[key]: value for key, value in found.items() if value is not None}

    def _value(self, setting: str) -> float | None:
        return next((c.value for c in self.choices if c.setting == setting), None)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a tidy table; ``pandas.DataFrame(rows)`` makes a data frame of it.

        Returns
        -------
        rows : list of dict
            One for each setting, value and measure.
        """
        return [
            {
                "setting": choice.setting,
                "value": choice.values[at].item(),
                "measure": measure,
                "estimate": float(curve.estimate[at]),
                "low": float(curve.low[at]),
                "high": float(curve.high[at]),
                "behind_low": float(curve.behind_low[at]),
                "behind_high": float(curve.behind_high[at]),
                "recommended": choice.value == choice.values[at],
            }
            for choice in self.choices
            for measure, curve in choice.curves.items()
            for at in range(len(choice.values))
        ]

    def __str__(self) -> str:
        parts = []
        for choice in self.choices:
            table = [
                {_WORDS[choice.setting]: f"{value:g}"}
                | {
                    measure: f"{decimals(curve.estimate[at])} "
                    f"({decimals(curve.low[at])} to {decimals(curve.high[at])})"
                    for measure, curve in choice.curves.items()
                }
                for at, value in enumerate(choice.values.tolist())
            ]
            parts += [fill(str(choice), 88), "", format_table(table), ""]
        parts.append(f"({self.confidence:.0%} intervals)")
        return "\n".join(parts)

    def __repr__(self) -> str:
        return f"Recommendation({self.params})"
