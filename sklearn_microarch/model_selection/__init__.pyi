import sklearn_microarch.spatial as _spatial

from ._leakage_report import LeakageReport as LeakageReport
from ._leakage_report import RegionLeakage as RegionLeakage
from ._leakage_report import leakage_report as leakage_report
from ._leave_one_region_out import leave_one_region_out as leave_one_region_out
from ._leave_one_specimen_out import LeaveOneSpecimenOut as LeaveOneSpecimenOut
from ._search_table import search_table as search_table
from ._spatial_block_kfold import SpatialBlockKFold as SpatialBlockKFold
from ._spatial_block_shuffle_split import (
    SpatialBlockShuffleSplit as SpatialBlockShuffleSplit,
)
from ._specimen_report import specimen_report as specimen_report
from ._specimen_scores import FoldScores as FoldScores
from ._specimen_scores import SpecimenReport as SpecimenReport
from ._split_report import FoldReport as FoldReport
from ._split_report import SplitReport as SplitReport
from .settings._recommend_settings import recommend_settings as recommend_settings
from .settings._recommendation import MeasuredCurve as MeasuredCurve
from .settings._recommendation import Recommendation as Recommendation
from .settings._recommendation import SettingChoice as SettingChoice

# At home in `spatial`; also needed to leave borders out of a split.
border_distance = _spatial.border_distance
