"""What is in a fitted pipeline: its sampler, network, factors and selection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from sklearn_microarch.sampling import PatchSampler


@dataclass(frozen=True, eq=False)
class PipelineSteps:
    """A fitted pipeline, unfolded, and what its steps are for."""

    sampler: PatchSampler
    # Those that rows pass after the sampler.
    later: list[Any]

    @property
    def network(self) -> Any:  # noqa: ANN401 - a classifier, None where there is none
        """The first step that tells regions apart."""
        return next(filter(tells_regions, self.later), None)

    @property
    def factorization(self) -> Any:  # noqa: ANN401 - a transformer, None where none
        """The step after the network, where features are made of its components."""
        after = self.later[self.later.index(self.network) + 1 :] if self.network else []
        return after[0] if after and _factorizes(after[0]) else None

    @property
    def selection(self) -> Any:  # noqa: ANN401 - a transformer, None where none
        """The last step whose factors are matched to regions."""
        return next(filter(_selects, reversed(self.later)), None)


def find_steps(
    pipeline: Any,  # noqa: ANN401 - checked here
    task: str,
    *,
    needs_features: bool = False,
) -> PipelineSteps:
    """Return what a fitted pipeline consists of; ``task`` names who needs it.

    Nested and frozen pipelines are unfolded, also where the whole is frozen. Raises
    TypeError where it does not start with a `PatchSampler`, or where the next step is
    no network although one is needed; NotFittedError where it is not fitted.
    """
    if not isinstance(pipeline, Pipeline | FrozenEstimator):
        raise TypeError(
            f"pipeline is a {type(pipeline).__name__}; {task} needs a fitted Pipeline "
            "(of a search: search.best_estimator_)."
        )
    sampler, *later = flat_steps(pipeline) or [None]
    if not isinstance(sampler, PatchSampler):
        raise TypeError(
            f"pipeline starts with {type(sampler).__name__}; its first step must be a "
            "PatchSampler, which knows how to cut a slice."
        )
    first = later[0] if later else None
    wanted = ("transform", "predict_proba")
    if needs_features and not all(hasattr(first, method) for method in wanted):
        raise TypeError(
            f"the step after the PatchSampler is {type(first).__name__}; {task} needs "
            "one that gives features (transform) and tells regions apart "
            "(predict_proba), such as CNNFeatureExtractor."
        )
    check_is_fitted(pipeline)
    return PipelineSteps(sampler, later)


def flat_steps(estimator: Any) -> list[Any]:  # noqa: ANN401 - any estimator
    """Return the estimators that rows pass one after the other.

    Nested pipelines are unfolded, frozen steps unwrapped, "passthrough" left out: the
    rows that come out of each are the same.
    """
    if estimator is None or isinstance(estimator, str):
        return []
    if isinstance(estimator, FrozenEstimator):
        return flat_steps(estimator.estimator)
    if isinstance(estimator, Pipeline):
        return [leaf for _, step in estimator.steps for leaf in flat_steps(step)]
    return [estimator]


def transform_rows(steps: Sequence[Any], X: Any) -> Any:  # noqa: ANN401 - what steps take
    """Return rows as they leave the last of some fitted steps."""
    for step in steps:
        X = step.transform(X)
    return X


def rows_into_factorization(
    estimator: Any,  # noqa: ANN401 - a fitted pipeline
    X: Any,  # noqa: ANN401 - Patches or rows
) -> tuple[Any, Any] | None:
    """Return the step with components and the features it is given; None for none."""
    steps = flat_steps(estimator)
    for at, step in enumerate(steps):
        if _factorizes(step):
            return step, transform_rows(steps[:at], X)
    return None


def rows_out_of_selection(
    estimator: Any,  # noqa: ANN401 - a fitted pipeline
    X: Any,  # noqa: ANN401 - Patches or rows
) -> tuple[Any, Any] | None:
    """Return the step that matches factors to regions, and the rows it gives."""
    steps = flat_steps(estimator)
    for at, step in enumerate(steps):
        if _selects(step):
            return step, transform_rows(steps[: at + 1], X)
    return None


def unannotated_of(estimator: Any) -> int | str | None:  # noqa: ANN401 - any estimator
    """Return the label of unannotated rows, as the last step that has one says."""
    for step in reversed(flat_steps(estimator)):
        if hasattr(step, "unannotated"):
            return step.unannotated
    return None


def tells_regions(step: Any) -> bool:  # noqa: ANN401 - any estimator
    """Tell whether a fitted step predicts the probability of each region."""
    return hasattr(step, "classes_") and hasattr(step, "predict_proba")


def _factorizes(step: Any) -> bool:  # noqa: ANN401 - any estimator
    return hasattr(step, "components_") and hasattr(step, "inverse_transform")


def _selects(step: Any) -> bool:  # noqa: ANN401 - any estimator
    return hasattr(step, "matched_rois_")
