"""Rows that estimators are given: scikit-learn's checks, with the argument's name."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from sklearn_microarch._arguments._arrays import as_array


def check_matrix(name: str, value: ArrayLike, **options: Any) -> NDArray:  # noqa: ANN401 - those of `check_array`
    """Return an argument (n_samples, n_features) as `check_array` does."""
    # As an array also where rows of integers too large for one are objects.
    value = as_array(name, value) if isinstance(value, list | tuple) else value
    refuse_other_than_numbers(name, value)
    with naming(name):
        return check_array(value, input_name=name, **options)


def check_rows_as_fitted(
    estimator: BaseEstimator,
    X: ArrayLike,
    **options: Any,  # noqa: ANN401 - those of `validate_data`
) -> NDArray:
    """Return rows `X` with the features a fitted estimator was fitted with."""
    X = as_array("X", X) if isinstance(X, list | tuple) else X
    refuse_other_than_numbers("X", X)
    with naming("X"):
        return validate_data(estimator, X, reset=False, **options)


def refuse_other_than_numbers(name: str, value: ArrayLike) -> None:
    """Raise for what scikit-learn would convert in silence: dates, text, masks."""
    if issparse(value):
        return
    dtype = as_array(name, value).dtype
    if dtype.kind == "c":
        raise ValueError(
            f"Complex data not supported: {name} has dtype {dtype}; pass real numbers, "
            "for example their absolute values."
        )
    if dtype.kind not in "biufO":
        raise TypeError(f"{name} has dtype {dtype}; it must hold real numbers.")


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Put the argument's name before an error that leaves it out."""
    try:
        yield
    except OverflowError as error:
        raise ValueError(f"{name} holds a number too large to convert.") from error
    except (TypeError, ValueError) as error:
        plain = type(error) in (TypeError, ValueError)
        if not plain or re.search(rf"\b{name}\b", str(error)):
            raise
        raise type(error)(f"{name}: {error}") from error
