"""Splits without leaks, and scores of what the factors and features show."""

from sklearn_microarch.model_selection._border_distance import border_distance
from sklearn_microarch.model_selection._factor_localization import (
    factor_localization_score,
    factor_localization_scorer,
)
from sklearn_microarch.model_selection._feature_metrics import (
    dead_unit_share,
    participation_ratio,
)
from sklearn_microarch.model_selection._spatial_block_kfold import SpatialBlockKFold

__all__ = [
    "SpatialBlockKFold",
    "border_distance",
    "dead_unit_share",
    "factor_localization_score",
    "factor_localization_scorer",
    "participation_ratio",
]
