"""Which label a fitted estimator takes as unannotated."""

from typing import Any

from sklearn_microarch._walk import flat_steps


def unannotated_of(estimator: Any) -> int | str | None:  # noqa: ANN401 - any estimator
    """Return the label of unannotated rows, as the last step that has one says.

    Parameters
    ----------
    estimator : estimator
        Or a pipeline, whose steps may be pipelines and frozen.

    Returns
    -------
    unannotated : int, str or None
        None where no step has a parameter of this name: no label is special.
    """
    for step in reversed(flat_steps(estimator)):
        if hasattr(step, "unannotated"):
            return step.unannotated
    return None
