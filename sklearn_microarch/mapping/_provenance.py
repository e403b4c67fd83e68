"""Say how maps came about: which model, which versions, which settings."""

from typing import Any

import joblib
import numpy as np
import sklearn
import torch
from sklearn.pipeline import Pipeline

import sklearn_microarch
from sklearn_microarch.images import SliceImage


def describe(
    pipeline: Pipeline,
    steps: list[Any],
    image: SliceImage,
    *,
    stride: int,
    masked: bool,
) -> dict[str, Any]:
    """Return a record of one mapping, as plain JSON values.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    steps : list of fitted estimators
        Its steps after the first, unfolded.
    image : SliceImage
        That is mapped.
    stride : int, unit: pixels
    masked : bool
        Whether a mask was given.

    Returns
    -------
    record : dict
        Without date, so that equal maps have equal records.
    """
    network = steps[0] if steps else None
    return {
        "model": {
            "fingerprint": joblib.hash(pipeline),
            "steps": [type(step).__name__ for step in (pipeline.steps[0][1], *steps)],
        },
        "versions": {
            "sklearn_microarch": sklearn_microarch.__version__,
            "scikit-learn": sklearn.__version__,
            "torch": str(torch.__version__),
            "numpy": np.__version__,
        },
        "settings": {
            "stride": stride,
            "masked": masked,
            "dense": getattr(network, "dense", None),
            "precision": getattr(network, "precision", None),
        },
        "image": {
            "name": image.name,
            "specimen": image.specimen,
            "shape": list(image.shape),
            "dtype": str(image.dtype),
            "pixel_size_um": image.pixel_size_um,
        },
    }
