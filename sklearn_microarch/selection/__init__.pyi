from ._coverage_leakage_selector import (
    CoverageLeakageSelector as CoverageLeakageSelector,
)
from ._lam_path import LamPath as LamPath
from ._lam_path import lam_path as lam_path
from ._select_factors import FactorSelection as FactorSelection
from ._select_factors import select_factors as select_factors
