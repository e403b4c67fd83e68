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
from sklearn_microarch.images.lazy._fingerprint import fingerprint_of
from sklearn_microarch.mapping._facts import about_image
from sklearn_microarch.mapping._microarch_maps import MicroarchMaps
from sklearn_microarch.mapping._steps import MappedRows
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._resample import ResampledSlice


def describe_task(
    pipeline: Pipeline,
    parts: PipelineSteps,
    maps: MicroarchMaps,
    image: SliceImage,
    *,
    mask: ArrayLike | None,
) -> dict[str, Any]:
    """Return what decides the values of maps, as plain JSON values.

    Without date, so that equal maps have equal records. Fingerprints are those of
    `joblib.hash`. ``maps`` are without values yet, of the slice as it was given;
    ``image`` is the slice at the pixel size that it is mapped at.
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
            **({"scale": image.scale} if isinstance(image, ResampledSlice) else {}),
        },
        "image": {
            **about_image(maps.image),
            **_about_resampling(image),
            "fingerprint": fingerprint_of(image),
        },
    }


def describe_result(
    parts: PipelineSteps, maps: MicroarchMaps, *, rows: Patches, sample: MappedRows
) -> dict[str, Any]:
    """Return what maps will hold; of the ``rows`` of a slice, ``sample`` is the first.

    Together with `describe_task`, the record of maps.
    """
    return {
        "exposure": _exposure_of(parts.later[0], rows),
        "factors": maps.factor_names,
        "regions": maps.region_names,
        "clusters": sample.clusters is not None,
        "novelty": sample.novelty is not None,
    }


def _about_resampling(image: SliceImage) -> dict[str, Any]:
    """Return what was done to a slice: another pixel size, grey levels of others."""
    found: dict[str, Any] = {}
    if isinstance(image, ResampledSlice):
        found["resampled_to_um"] = image.pixel_size_um
    if image.grey_levels is not None:
        found["grey_levels"] = joblib.hash(image.grey_levels)
    return found


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
