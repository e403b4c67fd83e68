__version__: str

from ._assignment import Matching as Matching
from .clustering import GMMClusterer as GMMClusterer
from .clustering import match_clusters as match_clusters
from .decomposition import NMFEmbedder as NMFEmbedder
from .decomposition import match_factors as match_factors
from .decomposition import stability_of_components as stability_of_components
from .drift import DriftReference as DriftReference
from .drift import DriftReport as DriftReport
from .drift import drift_report as drift_report
from .drift import fit_drift_reference as fit_drift_reference
from .features import CNNFeatureExtractor as CNNFeatureExtractor
from .features import feature_report as feature_report
from .images import SliceImage as SliceImage
from .mapping import map_slice as map_slice
from .metrics import factor_localization_scorer as factor_localization_scorer
from .model_selection import SpatialBlockKFold as SpatialBlockKFold
from .model_selection import SpatialBlockShuffleSplit as SpatialBlockShuffleSplit
from .model_selection import leakage_report as leakage_report
from .pipeline import make_microarch_pipeline as make_microarch_pipeline
from .sampling import Patches as Patches
from .sampling import PatchSampler as PatchSampler
from .selection import CoverageLeakageSelector as CoverageLeakageSelector
from .selection import lam_path as lam_path
from .selection import select_factors as select_factors
