"""Scikit-learn estimators that map brain microarchitecture from an annotated slice."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sklearn_microarch.anatomy import (
        DriftReference,
        DriftReport,
        drift_report,
        fit_drift_reference,
    )
    from sklearn_microarch.clustering import GMMClusterer, match_clusters
    from sklearn_microarch.decomposition import (
        NMFEmbedder,
        match_factors,
        stability_of_components,
    )
    from sklearn_microarch.features import CNNFeatureExtractor, feature_report
    from sklearn_microarch.images import SliceImage
    from sklearn_microarch.mapping import map_slice
    from sklearn_microarch.model_selection import (
        SpatialBlockKFold,
        SpatialBlockShuffleSplit,
        factor_localization_scorer,
        leakage_report,
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
    "DriftReference",
    "DriftReport",
    "GMMClusterer",
    "NMFEmbedder",
    "PatchSampler",
    "Patches",
    "SliceImage",
    "SpatialBlockKFold",
    "SpatialBlockShuffleSplit",
    "drift_report",
    "factor_localization_scorer",
    "feature_report",
    "fit_drift_reference",
    "lam_path",
    "leakage_report",
    "make_microarch_pipeline",
    "map_slice",
    "match_clusters",
    "match_factors",
    "select_factors",
    "stability_of_components",
]

_ROOM_OF = {
    "CNNFeatureExtractor": "features",
    "CoverageLeakageSelector": "selection",
    "DriftReference": "anatomy",
    "DriftReport": "anatomy",
    "GMMClusterer": "clustering",
    "NMFEmbedder": "decomposition",
    "PatchSampler": "sampling",
    "Patches": "sampling",
    "SliceImage": "images",
    "SpatialBlockKFold": "model_selection",
    "SpatialBlockShuffleSplit": "model_selection",
    "drift_report": "anatomy",
    "factor_localization_scorer": "model_selection",
    "feature_report": "features",
    "fit_drift_reference": "anatomy",
    "lam_path": "selection",
    "leakage_report": "model_selection",
    "make_microarch_pipeline": "pipeline",
    "map_slice": "mapping",
    "match_clusters": "clustering",
    "match_factors": "decomposition",
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
