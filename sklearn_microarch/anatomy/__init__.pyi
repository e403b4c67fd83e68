from ._compare_groups import compare_groups as compare_groups
from ._group_comparison import GroupComparison as GroupComparison
from ._regional_summary import regional_summary as regional_summary
from ._regional_table import RegionalTable as RegionalTable
from .laminar._depth_map import LaminarDepth as LaminarDepth
from .laminar._laminar_depth import laminar_depth as laminar_depth
from .laminar._laminar_profile import (
    LaminarProfile as LaminarProfile,
)
from .laminar._laminar_profile import (
    laminar_profile as laminar_profile,
)
from .laminar._layer_table import LayerTable as LayerTable
from .laminar._layer_table import layer_table as layer_table
from .readouts._factor_readout import FactorReadout as FactorReadout
from .readouts._factor_readout import factor_readout as factor_readout
from .readouts._patch_readouts import patch_readouts as patch_readouts
