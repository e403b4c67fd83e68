from ._cluster_map_display import ClusterMapDisplay as ClusterMapDisplay
from ._composite_map_display import CompositeMapDisplay as CompositeMapDisplay
from ._factor_map_display import FactorMapDisplay as FactorMapDisplay
from ._region_map_display import RegionMapDisplay as RegionMapDisplay
from ._slice_check_display import SliceCheckDisplay as SliceCheckDisplay
from .curves._lam_path_display import LamPathDisplay as LamPathDisplay
from .curves._laminar_profile_display import (
    LaminarProfileDisplay as LaminarProfileDisplay,
)
from .curves._layer_table_display import LayerTableDisplay as LayerTableDisplay
from .curves._recommendation_display import (
    RecommendationDisplay as RecommendationDisplay,
)
from .curves._stability_display import StabilityDisplay as StabilityDisplay
from .curves._summary_display import SummaryDisplay as SummaryDisplay
from .doubts._doubt_display import DoubtDisplay as DoubtDisplay
from .export._save_figure import save_figure as save_figure
from .gallery._exemplar_display import ExemplarDisplay as ExemplarDisplay
from .panels._add_scale_bar import add_scale_bar as add_scale_bar
