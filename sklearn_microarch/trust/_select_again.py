"""Is each factor chosen for the same region, whatever loading counts as active."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.selection._evidence import gather_evidence
from sklearn_microarch.selection._select_factors import choose_factors
from sklearn_microarch.trust._tissue_cells import TissueCells

# Shares of a factor's 99th percentile above which it is active: the first is the rule,
# the others ask whether traces of a factor decide.
THRESHOLDS = (0.0, 1e-3, 1e-2)
_TOP = 99


@dataclass(frozen=True)
class Selected:
    """Region that a factor is chosen for, "" for none; whether thresholds change it.

    ``holds`` is None where the pipeline chooses no factors.
    """

    region: str = ""
    holds: bool | None = None


def select_again(
    selection: Any,  # noqa: ANN401 - a fitted selector, None where there is none
    factors: NDArray[np.float64],
    cells: TissueCells,
) -> list[Selected]:
    """Choose factors (n, k) by the settings of a selector on the annotated cells."""
    settings = {} if selection is None else selection.get_params(deep=False)
    own = ("n_features_to_select", "lam", "assignment", "normalize")
    kept = factors[cells.annotated]
    n_factors = factors.shape[1]
    chooses = n_factors and all(name in settings for name in own)
    if not chooses or kept.min() < 0:
        return [Selected()] * n_factors
    n_selected, lam, assignment, normalize = (settings[name] for name in own)
    # A region that the pipeline was trained with may be on none of these cells.
    if n_selected is not None:
        n_selected = min(n_selected, n_factors, len(cells.regions))
    shares, codes = _shares_of_top(kept), cells.codes[cells.annotated]
    regions = []
    for threshold in THRESHOLDS:
        evidence = gather_evidence(
            shares,
            codes,
            normalize=normalize,
            threshold=threshold,
            count_unannotated=False,
            unannotated=None,
        )
        chosen = choose_factors(
            evidence, n_features_to_select=n_selected, lam=lam, assignment=assignment
        )
        of_factor = np.full(n_factors, "", dtype=object)
        of_factor[chosen.support] = [cells.regions[at] for at in chosen.matched_rois]
        regions.append(of_factor.tolist())
    return [
        Selected(names[0], len(set(names)) == 1) for names in zip(*regions, strict=True)
    ]


def _shares_of_top(loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return loadings (n, k) as shares of each column's 99th percentile."""
    top = np.percentile(loadings, _TOP, axis=0)
    # Where that is zero, so is every threshold.
    active = (loadings > 0).astype(float)
    return np.where(top > 0, loadings / np.where(top > 0, top, 1.0), active)
