"""Networks that learn to tell regions apart, and the features they find."""

from sklearn_microarch.features._cnn_feature_extractor import CNNFeatureExtractor
from sklearn_microarch.features._feature_report import FeatureReport, feature_report
from sklearn_microarch.features._modules import GapNet, PaperNet

__all__ = [
    "CNNFeatureExtractor",
    "FeatureReport",
    "GapNet",
    "PaperNet",
    "feature_report",
]
