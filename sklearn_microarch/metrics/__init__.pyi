from ._block_bootstrap import BlockBootstrap as BlockBootstrap
from ._block_bootstrap import block_bootstrap as block_bootstrap
from ._border_recall_curve import BorderCurve as BorderCurve
from ._border_recall_curve import border_recall_curve as border_recall_curve
from ._calibration_report import Calibration as Calibration
from ._calibration_report import calibration_report as calibration_report
from ._evaluation_centres import evaluation_centres as evaluation_centres
from ._expected_calibration_error import (
    expected_calibration_error as expected_calibration_error,
)
from ._factor_localization_score import (
    factor_localization_score as factor_localization_score,
)
from ._factor_localization_score import (
    factor_localization_scorer as factor_localization_scorer,
)
from ._novelty_report import NoveltyReport as NoveltyReport
from ._novelty_report import novelty_report as novelty_report
from ._reconstruction_score import reconstruction_score as reconstruction_score
from ._reconstruction_score import reconstruction_scorer as reconstruction_scorer
from ._region_agreement_score import region_agreement_score as region_agreement_score
from ._region_agreement_score import (
    region_mutual_info_scorer as region_mutual_info_scorer,
)
from ._region_agreement_score import region_rand_scorer as region_rand_scorer
from ._region_balanced_accuracy_score import (
    region_balanced_accuracy_score as region_balanced_accuracy_score,
)
from ._region_balanced_accuracy_score import (
    region_balanced_accuracy_scorer as region_balanced_accuracy_scorer,
)
from ._region_f1_score import region_f1_score as region_f1_score
from ._region_f1_score import region_f1_scorer as region_f1_scorer
from ._region_report import RegionReport as RegionReport
from ._region_report import region_report as region_report
from ._region_scores import RegionScores as RegionScores
from ._region_scores import region_scores as region_scores
from .specimens._scores_by_specimen import SpecimenScores as SpecimenScores
from .specimens._scores_by_specimen import scores_by_specimen as scores_by_specimen
from .specimens._separation_report import SeparatedRegion as SeparatedRegion
from .specimens._separation_report import SpecimenSeparation as SpecimenSeparation
from .specimens._specimen_separation import specimen_separation as specimen_separation
