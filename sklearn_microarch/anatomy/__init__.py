"""What maps mean, and whether a new slice is like the one a pipeline knows."""

from sklearn_microarch.anatomy._drift_reference import (
    DriftReference,
    fit_drift_reference,
)
from sklearn_microarch.anatomy._drift_report import DriftReport, drift_report
from sklearn_microarch.anatomy._verdict import Indicator

__all__ = [
    "DriftReference",
    "DriftReport",
    "Indicator",
    "drift_report",
    "fit_drift_reference",
]
