"""Where a reference lives in a pipeline, and when it still holds."""

from typing import Any

import joblib
import numpy as np

from sklearn_microarch._walk import PipelineSteps
from sklearn_microarch.drift._drift_reference import DriftReference

# On the step that tells regions apart, as what is learned in a fit: saved with it, and
# not copied by clone.
ATTRIBUTE = "drift_reference_"
NO_REFERENCE = (
    "the pipeline keeps no reference to compare a slice with; make one from slices it "
    "works on, fit_drift_reference(pipeline, images), before it is saved"
)
STALE = (
    "the reference in the pipeline was made with another pipeline, or before a step of "
    "this one was fitted anew; make it again, fit_drift_reference(pipeline, images)"
)


def keep_reference(steps: PipelineSteps, reference: DriftReference) -> None:
    """Keep a reference in a pipeline, in place of an earlier one."""
    setattr(steps.network, ATTRIBUTE, reference)


def kept_reference(steps: PipelineSteps) -> DriftReference | str:
    """Return the reference that a pipeline keeps, or why there is none."""
    found = getattr(steps.network, ATTRIBUTE, None)
    if not isinstance(found, DriftReference):
        return NO_REFERENCE
    return found if found.fingerprint == fingerprint(steps) else STALE


def fingerprint(steps: PipelineSteps) -> str:
    """Return a hash of what a reference depends on, the same after saving.

    Features and how slices are normalized, factors, and what patches the sampler cuts.
    """
    factors = getattr(steps.factorization, "components_", None)
    learned: Any = getattr(steps.network, "weights_", None)
    if isinstance(learned, dict):
        # Memory-mapped arrays have another hash than arrays in memory.
        learned = {name: np.asarray(weight) for name, weight in learned.items()}
    else:
        learned = {k: v for k, v in vars(steps.network).items() if k != ATTRIBUTE}
    if factors is not None:
        factors = np.asarray(factors)
    patch = tuple(steps.sampler.patch_shape_), steps.sampler.pixel_size_um_
    exposure = getattr(getattr(steps.network, "_normalizer", None), "fingerprint", None)
    return str(joblib.hash([learned, factors, patch, exposure]))
