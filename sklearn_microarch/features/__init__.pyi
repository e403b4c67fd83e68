from ._cnn_feature_extractor import CNNFeatureExtractor as CNNFeatureExtractor
from .networks._gap_net import GapNet as GapNet
from .networks._paper_net import PaperNet as PaperNet
from .normalization._exposure import Exposure as Exposure
from .report._feature_report import FeatureReport as FeatureReport
from .report._feature_report import feature_report as feature_report
