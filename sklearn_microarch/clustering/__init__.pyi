from ._gmm_clusterer import GMMClusterer as GMMClusterer
from ._match_clusters import match_clusters as match_clusters
