from ._drift_check import DriftCheck as DriftCheck
from ._drift_reference import DriftReference as DriftReference
from ._drift_report import DriftReport as DriftReport
from ._drift_report import drift_report as drift_report
from ._fit_drift_reference import fit_drift_reference as fit_drift_reference
from ._indicator import Indicator as Indicator
