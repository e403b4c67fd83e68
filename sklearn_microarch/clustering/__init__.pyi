from ._exemplars import Exemplars as Exemplars
from ._exemplars import exemplars as exemplars
from ._gmm_clusterer import GMMClusterer as GMMClusterer
from ._match_clusters import match_clusters as match_clusters
from .stability._stability_of_clusters import ClusterStability as ClusterStability
from .stability._stability_of_clusters import (
    stability_of_clusters as stability_of_clusters,
)
