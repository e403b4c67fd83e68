"""Clusters of loadings: places of like microarchitecture, found without labels."""

from sklearn_microarch._assignment import Matching
from sklearn_microarch.clustering._gmm_clusterer import GMMClusterer
from sklearn_microarch.clustering._matching import match_clusters

__all__ = ["GMMClusterer", "Matching", "match_clusters"]
