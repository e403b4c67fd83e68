"""Non-negative factors of activations, and exact loadings of rows on them."""

from sklearn_microarch.decomposition._nmf_embedder import NMFEmbedder

__all__ = ["NMFEmbedder"]
