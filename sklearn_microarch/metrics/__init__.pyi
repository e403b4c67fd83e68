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
