"""Splits without leaks, and scores of what the factors and features show."""

from sklearn_microarch.model_selection._block_bootstrap import block_bootstrap
from sklearn_microarch.model_selection._bootstrap_result import BlockBootstrap
from sklearn_microarch.model_selection._border_curve import (
    BorderCurve,
    border_recall_curve,
)
from sklearn_microarch.model_selection._border_distance import (
    border_distance,
    border_distance_at,
)
from sklearn_microarch.model_selection._calibration import (
    calibration_report,
    expected_calibration_error,
)
from sklearn_microarch.model_selection._evaluation_centres import evaluation_centres
from sklearn_microarch.model_selection._factor_localization import (
    factor_localization_score,
    factor_localization_scorer,
)
from sklearn_microarch.model_selection._format_table import format_table
from sklearn_microarch.model_selection._judging import region_report
from sklearn_microarch.model_selection._leakage import leakage_report
from sklearn_microarch.model_selection._leakage_report import (
    LeakageReport,
    RegionLeakage,
)
from sklearn_microarch.model_selection._reconstruction import (
    reconstruction_score,
    reconstruction_scorer,
)
from sklearn_microarch.model_selection._region_metrics import (
    region_balanced_accuracy_score,
    region_balanced_accuracy_scorer,
    region_f1_score,
    region_f1_scorer,
)
from sklearn_microarch.model_selection._region_report import RegionReport
from sklearn_microarch.model_selection._region_scores import RegionScores, region_scores
from sklearn_microarch.model_selection._reliability import Calibration
from sklearn_microarch.model_selection._roi_agreement import (
    roi_agreement_score,
    roi_mutual_info_scorer,
    roi_rand_scorer,
)
from sklearn_microarch.model_selection._search_table import search_table
from sklearn_microarch.model_selection._slice_blocks import SliceBlocks, spatial_blocks
from sklearn_microarch.model_selection._spatial_block_kfold import SpatialBlockKFold
from sklearn_microarch.model_selection._spatial_block_shuffle_split import (
    SpatialBlockShuffleSplit,
)
from sklearn_microarch.model_selection._split_report import FoldReport, SplitReport

__all__ = [
    "BlockBootstrap",
    "BorderCurve",
    "Calibration",
    "FoldReport",
    "LeakageReport",
    "RegionLeakage",
    "RegionReport",
    "RegionScores",
    "SliceBlocks",
    "SpatialBlockKFold",
    "SpatialBlockShuffleSplit",
    "SplitReport",
    "block_bootstrap",
    "border_distance",
    "border_distance_at",
    "border_recall_curve",
    "calibration_report",
    "evaluation_centres",
    "expected_calibration_error",
    "factor_localization_score",
    "factor_localization_scorer",
    "format_table",
    "leakage_report",
    "reconstruction_score",
    "reconstruction_scorer",
    "region_balanced_accuracy_score",
    "region_balanced_accuracy_scorer",
    "region_f1_score",
    "region_f1_scorer",
    "region_report",
    "region_scores",
    "roi_agreement_score",
    "roi_mutual_info_scorer",
    "roi_rand_scorer",
    "search_table",
    "spatial_blocks",
]
