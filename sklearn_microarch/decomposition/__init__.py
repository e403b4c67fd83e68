"""Non-negative factors of activations, and exact loadings of rows on them."""

from sklearn_microarch.decomposition._nmf_embedder import NMFEmbedder
from sklearn_microarch.decomposition._stability import (
    ComponentStability,
    StabilityCurves,
    stability_of_components,
)

__all__ = [
    "ComponentStability",
    "NMFEmbedder",
    "StabilityCurves",
    "stability_of_components",
]
