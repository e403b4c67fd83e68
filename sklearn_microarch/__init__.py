"""Scikit-learn estimators that map brain microarchitecture from an annotated slice."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sklearn_microarch.clustering import GMMClusterer
    from sklearn_microarch.decomposition import NMFEmbedder, stability_of_components
    from sklearn_microarch.features import CNNFeatureExtractor
    from sklearn_microarch.images import SliceImage
    from sklearn_microarch.mapping import map_slice
    from sklearn_microarch.model_selection import (
        SpatialBlockKFold,
        factor_localization_scorer,
    )
    from sklearn_microarch.pipeline import make_microarch_pipeline
    from sklearn_microarch.sampling import Patches, PatchSampler
    from sklearn_microarch.selection import (
        CoverageLeakageSelector,
        lam_path,
        select_factors,
    )

__version__ = "0.1.0"

__all__ = [
    "CNNFeatureExtractor",
    "CoverageLeakageSelector",
    "GMMClusterer",
    "NMFEmbedder",
    "PatchSampler",
    "Patches",
    "SliceImage",
    "SpatialBlockKFold",
    "factor_localization_scorer",
    "lam_path",
    "make_microarch_pipeline",
    "map_slice",
    "select_factors",
    "stability_of_components",
]

_ROOM_OF = {
    "CNNFeatureExtractor": "features",
    "CoverageLeakageSelector": "selection",
    "GMMClusterer": "clustering",
    "NMFEmbedder": "decomposition",
    "PatchSampler": "sampling",
    "Patches": "sampling",
    "SliceImage": "images",
    "SpatialBlockKFold": "model_selection",
    "factor_localization_scorer": "model_selection",
    "lam_path": "selection",
    "make_microarch_pipeline": "pipeline",
    "map_slice": "mapping",
    "select_factors": "selection",
    "stability_of_components": "decomposition",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public object of the library
    # Loaded on first use, so that `import sklearn_microarch` does not import torch.
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
