from ._cluster_map_display import ClusterMapDisplay as ClusterMapDisplay
from ._composite_map_display import CompositeMapDisplay as CompositeMapDisplay
from ._factor_map_display import FactorMapDisplay as FactorMapDisplay
from ._region_map_display import RegionMapDisplay as RegionMapDisplay
from .panels._add_scale_bar import add_scale_bar as add_scale_bar
