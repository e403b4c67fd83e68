from ._exemplars import Exemplars as Exemplars
from ._exemplars import exemplars as exemplars
from ._gmm_clusterer import GMMClusterer as GMMClusterer
from ._match_clusters import match_clusters as match_clusters
