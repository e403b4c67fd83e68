"""Say how maps came about: which model, which versions, which settings."""

from pickle import PicklingError
from typing import Any

import joblib
import numpy as np
import sklearn
import torch
from numpy.typing import ArrayLike
from sklearn.pipeline import Pipeline

from sklearn_microarch._version import __version__
from sklearn_microarch._walk import PipelineSteps
from sklearn_microarch.images import SliceImage
from sklearn_microarch.mapping._facts import KNOWN
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.sampling import Patches


def describe(
    pipeline: Pipeline,
    parts: PipelineSteps,
    maps: MicroarchMaps,
    image: SliceImage,
    *,
    rows: Patches,
    mask: ArrayLike | None,
    sample: MappedRows,
) -> dict[str, Any]:
    """Return a record of one mapping, as plain JSON values.

    Without date, so that equal maps have equal records. Fingerprints are those of
    `joblib.hash`. ``maps`` are without values yet,
    ``image`` is as it was given, ``rows`` its patches, ``sample`` what is said of one.
    """
    sampler, network = parts.sampler, parts.later[0]
    net, fitted_size = getattr(network, "net_", None), sampler.pixel_size_um_
    return {
        "model": {
            "fingerprint": _model_fingerprint(pipeline),
            "steps": [type(step).__name__ for step in (sampler, *parts.later)],
            "patch_shape": list(sampler.patch_shape_),
            "pixel_size_um": None if fitted_size is None else float(fitted_size),
        },
        "versions": {
            "sklearn_microarch": __version__,
            "scikit-learn": sklearn.__version__,
            "torch": str(torch.__version__),
            "numpy": np.__version__,
        },
        "settings": {
            "cell_size": maps.cell_size,
            "offset": list(maps.offset),
            "mask": None if mask is None else _fingerprint(mask),
            "dense": getattr(network, "dense", None),
            "precision": getattr(network, "precision", None),
            "device": getattr(net, "device", None),
            "threads": torch.get_num_threads(),
        },
        "image": {
            "name": image.name,
            "specimen": image.specimen,
            **{key: getattr(image, key) for key in KNOWN if getattr(image, key)},
            "shape": list(image.data.shape),
            "dtype": str(image.dtype),
            "pixel_size_um": image.pixel_size_um,
            "fingerprint": _fingerprint(image.pixels),
        },
        "exposure": _exposure_of(network, rows),
        "factors": maps.factor_names,
        "regions": maps.region_names,
        "clusters": sample.clusters is not None,
        "novelty": sample.novelty is not None,
    }


def _exposure_of(
    network: Any,  # noqa: ANN401 - any step
    rows: Patches,
) -> dict[str, list[float]] | None:
    """Return what is known of a slice's exposure, per channel."""
    if not hasattr(network, "exposure"):
        return None
    exposure = network.exposure(rows.images[0])
    found = {}
    for name in ("gain", "offset", "shading", "sharpness"):
        values = np.asarray(getattr(exposure, name), dtype=float)
        if np.isfinite(values).all():
            found[name] = values.tolist()
    return found


def _model_fingerprint(pipeline: Pipeline) -> str | None:
    try:
        fingerprint: str = joblib.hash(pipeline)
    except (PicklingError, AttributeError, TypeError):
        # A step that cannot be pickled, such as a lambda, has none; maps can be made.
        return None
    return fingerprint


def _fingerprint(values: ArrayLike) -> str:
    # A memory-mapped array has another hash than the same one in memory.
    fingerprint: str = joblib.hash(np.ascontiguousarray(values))
    return fingerprint
