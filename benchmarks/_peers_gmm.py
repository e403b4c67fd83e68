"""Libraries that fit a Gaussian mixture, from one start where they take one."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from _peers_alone import Peer, threads_allowed
from bench_gmm import (
    MAX_ITER,
    N_CLUSTERS,
    TOL,
    as_clusterer,
    fit_clusterer,
    fit_same_iterations,
    fit_scikit_learn,
)


def prepare_clusterer(path: Path, start: dict) -> Callable[[], dict]:
    """Return the fit of the estimator, which finds its own start."""
    del start
    return partial(fit_clusterer, path, 1)


def prepare_same_start(path: Path, start: dict) -> Callable[[], dict]:
    """Return the library's EM over all rows."""
    return partial(fit_same_iterations, path, start)


def prepare_scikit_learn(path: Path, start: dict) -> Callable[[], dict]:
    """Return scikit-learn's EM in float32."""
    return partial(fit_scikit_learn, path, "f4", start)


def prepare_torchgmm(path: Path, start: dict) -> Callable[[], dict]:
    """Return torchgmm's EM, in float32 and one batch; it takes only the means."""
    import torch
    from torchgmm.bayes import GaussianMixture

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    rows = torch.from_numpy(np.load(path))
    mixture = GaussianMixture(
        N_CLUSTERS,
        covariance_type="full",
        init_means=torch.from_numpy(start["means"]).float(),
        convergence_tolerance=TOL,
        covariance_regularization=float(start["reg_covar"]),
        trainer_params={
            "max_epochs": MAX_ITER,
            "accelerator": "cpu",
            "enable_progress_bar": False,
        },
    )

    def fit() -> dict:
        model = mixture.fit(rows).model_
        return {
            "n_iter": int(mixture.num_iter_),
            "weights": model.component_probs.double().numpy(),
            "means": model.means.double().numpy(),
            "covariances": model.covariances.double().numpy(),
        }

    return fit


def prepare_pomegranate(path: Path, start: dict) -> Callable[[], dict]:
    """Return pomegranate's EM; full covariances have no regularization there."""
    from pomegranate.distributions import Normal
    from pomegranate.gmm import GeneralMixtureModel

    rows = np.load(path)
    single = {name: np.float32(start[name]) for name in ("means", "covariances")}
    mixture = GeneralMixtureModel(
        [Normal(*pair) for pair in zip(*single.values(), strict=True)],
        priors=np.float32(start["weights"]),
        max_iter=MAX_ITER,
        # Of the sum over rows, where the others take the mean.
        tol=TOL * len(rows),
    )

    def fit() -> dict:
        mixture.fit(rows)
        parts = mixture.distributions
        return {
            "n_iter": None,
            "weights": mixture.priors.double().numpy(),
            "means": np.array([part.means.double().numpy() for part in parts]),
            "covariances": np.array([part.covs.double().numpy() for part in parts]),
        }

    return fit


def prepare_daal4py(path: Path, start: dict) -> Callable[[], dict]:
    """Return oneDAL's EM in float32; it regularizes only covariances it must."""
    import daal4py

    daal4py.daalinit(threads_allowed())
    rows = np.load(path)
    solver = daal4py.em_gmm(
        N_CLUSTERS,
        fptype="float",
        maxIterations=MAX_ITER,
        accuracyThreshold=TOL,
        covarianceStorage="full",
    )

    def fit() -> dict:
        found = solver.compute(
            rows,
            np.float32(start["weights"])[None],
            np.float32(start["means"]),
            [np.float32(covariance) for covariance in start["covariances"]],
        )
        return {
            "n_iter": int(found.nIterations[0, 0]),
            "weights": np.array(found.weights, dtype=np.float64).ravel(),
            "means": np.array(found.means, dtype=np.float64),
            "covariances": np.array(found.covariances, dtype=np.float64),
        }

    return fit


def prepare_judge(path: Path, fit: dict) -> Callable[[], dict]:
    """Return the likelihood of a fit over all rows, in float64 by one judge."""
    return lambda: {
        "mean_log_likelihood": float(
            as_clusterer(fit).score_samples(np.load(path)).mean()
        ),
        "smallest_eigenvalue": float(np.linalg.eigvalsh(fit["covariances"]).min()),
    }


PEERS = {
    "GMMClusterer": Peer("sklearn_microarch", prepare_clusterer),
    "its EM, same start": Peer("sklearn_microarch", prepare_same_start),
    "scikit-learn float32": Peer("sklearn", prepare_scikit_learn),
    "torchgmm": Peer("torchgmm", prepare_torchgmm),
    "pomegranate": Peer("pomegranate", prepare_pomegranate),
    "daal4py": Peer("daal4py", prepare_daal4py),
}
