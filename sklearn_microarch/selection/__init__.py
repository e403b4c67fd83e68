"""Selectors that choose factors by how well they match regions."""

from sklearn_microarch.selection._coverage_leakage import CoverageLeakageSelector
from sklearn_microarch.selection._lam_path import LamPath, lam_path
from sklearn_microarch.selection._select import FactorSelection, select_factors

__all__ = [
    "CoverageLeakageSelector",
    "FactorSelection",
    "LamPath",
    "lam_path",
    "select_factors",
]
