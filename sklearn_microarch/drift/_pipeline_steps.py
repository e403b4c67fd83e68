"""Find in a fitted pipeline what gives features, regions and factors."""

from dataclasses import dataclass
from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from sklearn_microarch._walk import flat_steps
from sklearn_microarch.sampling import PatchSampler


@dataclass(frozen=True, eq=False)
class PipelineSteps:
    """The steps a drift report looks at.

    Parameters
    ----------
    sampler : PatchSampler
    network : estimator
        Gives features and tells regions apart.
    factorization : estimator or None
        Has ``components_`` and reconstructs features; None when there is none.
    """

    sampler: PatchSampler
    network: Any
    factorization: Any


def find_steps(pipeline: Any) -> PipelineSteps:  # noqa: ANN401 - checked here
    """Return the steps of a fitted pipeline that a drift report looks at.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.

    Returns
    -------
    steps : PipelineSteps

    Raises
    ------
    TypeError
        If ``pipeline`` is no Pipeline, does not start with a `PatchSampler`, or
        its next step does not give features and tell regions apart.
    """
    if not isinstance(pipeline, Pipeline):
        raise TypeError(
            f"pipeline is a {type(pipeline).__name__}; a drift report needs a fitted "
            "Pipeline (of a search: search.best_estimator_)."
        )
    sampler, *later = flat_steps(pipeline)
    if not isinstance(sampler, PatchSampler):
        raise TypeError(
            f"pipeline starts with {type(sampler).__name__}; its first step must be a "
            "PatchSampler, which knows how to cut a slice."
        )
    network = later[0] if later else None
    wanted = ("transform", "predict_proba")
    if not all(hasattr(network, method) for method in wanted):
        raise TypeError(
            f"the step after the PatchSampler is {type(network).__name__}; a drift "
            "report needs one that gives features (transform) and tells regions apart "
            "(predict_proba), such as CNNFeatureExtractor."
        )
    check_is_fitted(pipeline)
    following = later[1] if len(later) > 1 else None
    factorizes = hasattr(following, "components_") and hasattr(
        following, "inverse_transform"
    )
    return PipelineSteps(sampler, network, following if factorizes else None)
