"""Clusters of loadings: places of like microarchitecture, found without labels."""

from sklearn_microarch.clustering._gmm_clusterer import GMMClusterer

__all__ = ["GMMClusterer"]
