from ._drift_report import DriftReport as DriftReport
from ._drift_report import drift_report as drift_report
from ._fit_drift_reference import DriftReference as DriftReference
from ._fit_drift_reference import fit_drift_reference as fit_drift_reference
from ._verdict import Indicator as Indicator
