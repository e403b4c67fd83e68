"""Walk rows through a fitted pipeline's steps, nested pipelines unfolded."""

from collections.abc import Sequence
from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline


def flat_steps(estimator: Any) -> list[Any]:  # noqa: ANN401 - any estimator
    """Return the estimators that rows pass one after the other.

    Parameters
    ----------
    estimator : estimator
        A pipeline, whose steps may be pipelines and frozen; or a single step.

    Returns
    -------
    steps : list of estimators
        Frozen ones unwrapped, "passthrough" left out: the rows that come out of
        each are the same.
    """
    if estimator is None or isinstance(estimator, str):
        return []
    if isinstance(estimator, FrozenEstimator):
        return flat_steps(estimator.estimator)
    if isinstance(estimator, Pipeline):
        return [leaf for _, step in estimator.steps for leaf in flat_steps(step)]
    return [estimator]


def transform_rows(steps: Sequence[Any], X: Any) -> Any:  # noqa: ANN401 - what steps take
    """Return rows as they leave the last of some fitted steps.

    Parameters
    ----------
    steps : sequence of fitted transformers
    X : Patches or array-like

    Returns
    -------
    X_out : Patches or ndarray
    """
    for step in steps:
        X = step.transform(X)
    return X
