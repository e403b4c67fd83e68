"""Say in plain values what a fitted pipeline is."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import joblib
import numpy as np
import scipy
import sklearn
import torch

from sklearn_microarch._version import __version__
from sklearn_microarch._walk import PipelineSteps
from sklearn_microarch.drift import DriftReference
from sklearn_microarch.drift._kept_reference import kept_reference


def library_versions() -> dict[str, str]:
    """Return the versions of all that a model depends on."""
    return {
        "sklearn_microarch": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "torch": str(torch.__version__),
        "skops": version("skops"),
    }


def describe_model(
    pipeline: Any,  # noqa: ANN401 - a fitted pipeline, plain or frozen
    steps: PipelineSteps,
    *,
    needs_trust: Sequence[str],
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what a reader of the file wants to know, as plain JSON values."""
    sampler, network = steps.sampler, steps.network
    colors = facts.get("colors")
    colors = colors if isinstance(colors, Mapping) else {}
    regions = _plain_labels(getattr(network, "classes_", None))
    components = getattr(steps.factorization, "components_", None)
    size, novelty = (
        sampler.pixel_size_um_,
        getattr(network, "novelty_calibration_", None),
    )
    return {
        "fingerprint": joblib.hash(pipeline),
        "steps": [type(step).__name__ for step in (sampler, *steps.later)],
        "regions": [{"name": name, "color": colors.get(str(name))} for name in regions],
        "patch_shape": [int(length) for length in sampler.patch_shape_],
        "pixel_size_um": None if size is None else float(size),
        "grey_levels": {
            "dtype": str(getattr(sampler, "pixel_dtype_", None)),
            "normalization": getattr(network, "normalization", None),
        },
        "n_factors": None if components is None else len(components),
        "matched_regions": _plain_labels(
            getattr(steps.selection, "matched_rois_", None)
        ),
        "n_clusters": getattr(steps.later[-1], "n_clusters", None)
        if steps.later
        else None,
        "novelty": novelty,
        "drift_reference": isinstance(kept_reference(steps), DriftReference),
        "needs_trust": list(needs_trust),
    }


def _plain_labels(labels: Any) -> list[int | str]:  # noqa: ANN401 - array or None
    return [] if labels is None else np.asarray(labels).tolist()
