"""What windows of each kind of tissue look like under the exposure of the fit."""

from dataclasses import dataclass, replace

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


def join_templates(one: GreyTemplates, other: GreyTemplates) -> GreyTemplates:
    """Return the Gaussians of both."""
    return GreyTemplates(
        *(
            np.concatenate([getattr(one, name), getattr(other, name)])
            for name in ("means", "precisions", "log_dets", "kinds")
        )
    )


def widen(templates: GreyTemplates, factor: float) -> GreyTemplates:
    """Return the Gaussians with so many times the variance."""
    n_measures = templates.means.shape[1]
    return replace(
        templates,
        precisions=templates.precisions / factor,
        log_dets=templates.log_dets + n_measures * np.log(factor),
    )


def log_densities(
    templates: GreyTemplates, measures: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return log densities of windows (n, k), and minus their slopes (n, k, m)."""
    away = measures[:, None] - templates.means
    slopes = np.einsum("kij,nkj->nki", templates.precisions, away)
    constant = templates.log_dets + measures.shape[1] * np.log(2 * np.pi)
    return -0.5 * (np.einsum("nki,nki->nk", away, slopes) + constant), slopes


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
