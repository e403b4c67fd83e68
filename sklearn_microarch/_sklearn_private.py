"""The only room that touches scikit-learn's private names."""

from collections.abc import Callable, Iterable
from numbers import Integral
from typing import Any, TypeVar

from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import (
    HasMethods,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils._param_validation import Interval as _Interval

from sklearn_microarch._arguments._numbers import LARGEST_COUNT

__all__ = ["HasMethods", "Interval", "StrOptions", "check_parameters", "fit_context"]

_Method = TypeVar("_Method", bound=Callable[..., Any])


def fit_context(*, prefer_skip_nested_validation: bool) -> Callable[[_Method], _Method]:
    """Return scikit-learn's decorator of ``fit``, through which its types are seen."""
    decorator: Callable[[_Method], _Method] = _fit_context(
        prefer_skip_nested_validation=prefer_skip_nested_validation
    )
    return decorator


class Interval(_Interval):
    """scikit-learn's interval, without booleans and numbers too large to work with.

    Counts without an upper bound end at `LARGEST_COUNT`.
    """

    def __init__(
        self, type: object, left: float | None, right: float | None, *, closed: str
    ) -> None:
        if type is Integral and right is None:
            right = LARGEST_COUNT
            closed = {"left": "both", "neither": "right"}[closed]
        super().__init__(type, left, right, closed=closed)

    def is_satisfied_by(self, val: object) -> bool:
        """Return whether a parameter's value is such a number."""
        if isinstance(val, bool) or not isinstance(val, self.type):
            return False
        try:
            float(val)  # type: ignore[arg-type]
        except OverflowError:
            return False
        return val in self


def check_parameters(estimator: BaseEstimator, names: Iterable[str]) -> None:
    """Raise where a parameter that is read after ``fit`` was set to a wrong value."""
    validate_parameter_constraints(
        {name: estimator._parameter_constraints[name] for name in names},
        {name: getattr(estimator, name) for name in names},
        caller_name=type(estimator).__name__,
    )
