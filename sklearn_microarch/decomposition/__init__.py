"""Non-negative factors of activations, and exact loadings of rows on them."""

from sklearn_microarch._assignment import Matching
from sklearn_microarch.decomposition._matching import match_factors
from sklearn_microarch.decomposition._nmf_embedder import NMFEmbedder
from sklearn_microarch.decomposition._stability import (
    ComponentStability,
    StabilityCurves,
    stability_of_components,
)

__all__ = [
    "ComponentStability",
    "Matching",
    "NMFEmbedder",
    "StabilityCurves",
    "match_factors",
    "stability_of_components",
]
