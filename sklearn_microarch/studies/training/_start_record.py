"""What a training was asked to do and with what, as plain JSON values."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sklearn
import torch
from sklearn.pipeline import Pipeline

from sklearn_microarch._version import __version__
from sklearn_microarch.annotation import RoiMap
from sklearn_microarch.studies.training._annotated_sections import AnnotatedSection


def start_record(
    sections: Sequence[AnnotatedSection], settings: dict[str, Any]
) -> dict[str, Any]:
    """Return the record of a training that has yet to be judged."""
    return {
        "sections": [one.to_record() for one in sections],
        "settings": settings,
        "validation": None,
        "animals": None,
        "factors": [],
        "animals_apart": [],
        "curve": [],
        "moved": None,
        "warnings": [],
        "versions": {
            "sklearn_microarch": __version__,
            "scikit-learn": sklearn.__version__,
            "torch": str(torch.__version__),
            "numpy": np.__version__,
        },
        "minutes": 0.0,
    }


def region_color_codes(several: Sequence[RoiMap]) -> dict[str, str]:
    """Return colours such as "#0072b2" by region, of the first map that has one."""
    found: dict[str, str] = {}
    for rois in several:
        for code, rgb in rois.colors.items():
            name = rois.names.get(code)
            if name is not None:
                found.setdefault(name, "#" + "".join(f"{part:02x}" for part in rgb))
    return found


def training_curve(pipeline: Pipeline) -> list[dict[str, float]]:
    """Return the share told right on the part set apart, epoch by epoch."""
    return [
        {
            "epoch": int(row["epoch"]),
            "share_right": float(row["valid_balanced_accuracy"]),
        }
        for row in getattr(pipeline[1], "history_", [])
        if "valid_balanced_accuracy" in row
    ]


def as_plain(value: Any) -> Any:  # noqa: ANN401 - any part of a record
    """Return a record in which numbers are Python's own and NaN is None."""
    if isinstance(value, dict):
        return {str(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
