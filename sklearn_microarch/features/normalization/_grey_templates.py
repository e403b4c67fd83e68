"""What windows of each kind of tissue look like under the exposure of the fit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture

# Windows of a kind from which a second Gaussian is worth its parameters.
ENOUGH_FOR_TWO = 60
# Added to the variances, in those of windows of one kind.
SHRINKAGE = 0.05


@dataclass(frozen=True, eq=False)
class GreyTemplates:
    """Gaussians over the measures of windows, each of one kind of tissue."""

    means: NDArray[np.float64]  # (k, n_measures)
    precisions: NDArray[np.float64]  # (k, n_measures, n_measures)
    log_dets: NDArray[np.float64]  # (k,), of the covariances
    kinds: NDArray[np.intp]  # (k,)


def fit_templates(
    measures: NDArray[np.float64], kinds: NDArray[np.intp]
) -> GreyTemplates:
    """Fit one or two Gaussians to the measures (n, n_measures) of each kind (n,)."""
    unit = _unit(measures, kinds)
    means, covariances, of = [], [], []
    for kind in np.unique(kinds):
        here = measures[kinds == kind] / unit
        mixture = GaussianMixture(
            2 if len(here) >= ENOUGH_FOR_TWO else 1,
            reg_covar=SHRINKAGE,
            random_state=0,
        )
        if len(here) == 1:
            here = np.repeat(here, 2, axis=0)
        mixture.fit(here)
        # Of few windows, the variances of all kinds say more than their own.
        own = len(here) / (len(here) + 10)
        shrunk = own * mixture.covariances_ + (1 - own) * np.eye(here.shape[1])
        means.append(mixture.means_ * unit)
        covariances.append(shrunk * np.outer(unit, unit))
        of += [kind] * len(shrunk)
    covariance = np.concatenate(covariances)
    return GreyTemplates(
        np.concatenate(means),
        np.linalg.inv(covariance),
        np.linalg.slogdet(covariance)[1],
        np.array(of, dtype=np.intp),
    )


def _unit(
    measures: NDArray[np.float64], kinds: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the deviation of each measure (4,) within kinds, robustly."""
    centred = measures.copy()
    for kind in np.unique(kinds):
        centred[kinds == kind] -= np.median(measures[kinds == kind], axis=0)
    unit = 1.5 * np.median(np.abs(centred), axis=0)
    spread = measures.std(axis=0)
    return np.maximum(unit, np.maximum(1e-3 * spread, 1e-6))
