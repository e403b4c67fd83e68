"""Libraries that factorize features, each as its documentation would have it."""

from collections.abc import Callable
from functools import partial

import numpy as np
from _peers_alone import Peer, threads_allowed
from bench_nmf import CONTENDERS, judge

SEED = 0


def prepare_estimator(name: str, path: str, k: int) -> Callable[[], dict]:
    """Return the fit of one of the contenders of bench_nmf.py."""
    X = np.load(path)
    model = CONTENDERS[name](k, SEED)
    return lambda: _found(model.fit(X).components_, int(model.n_iter_))


def prepare_torchnmf(path: str, k: int) -> Callable[[], dict]:
    """Return the fit of torchnmf, by multiplicative updates; X = H W^T there."""
    import torch
    from torchnmf.nmf import NMF

    torch.manual_seed(SEED)
    X = torch.from_numpy(np.load(path))
    model = NMF(X.shape, rank=k)

    def fit() -> dict:
        n_iter = model.fit(X, beta=2, tol=1e-4, max_iter=200)
        return _found(model.W.detach().numpy().T, int(n_iter))

    return fit


def prepare_nmf_torch(mode: str, path: str, k: int) -> Callable[[], dict]:
    """Return the fit of nmf-torch, by its default solver; X = H W there."""
    from nmf import run_nmf

    X = np.load(path)

    def fit() -> dict:
        _, components, _ = run_nmf(
            X,
            k,
            algo="halsvar",
            mode=mode,
            n_jobs=threads_allowed(),
            random_state=SEED,
        )
        return _found(components)

    return fit


def prepare_nn_fac(rule: str, path: str, k: int) -> Callable[[], dict]:
    """Return the fit of nn-fac; X = U V there.

    Its start by singular vectors computes all left ones, n x n. This is its
    random start, in float32: drawn by itself it would be float64, and every
    product a conversion of X.
    """
    from nn_fac.nmf import nmf

    X = np.load(path)
    rng = np.random.default_rng(SEED)

    def fit() -> dict:
        _, components, costs, _ = nmf(
            X,
            k,
            init="custom",
            U_0=rng.random((len(X), k), dtype=np.float32),
            V_0=rng.random((k, X.shape[1]), dtype=np.float32),
            update_rule=rule,
            return_costs=True,
        )
        return _found(np.asarray(components), len(costs))

    return fit


def prepare_judge(path: str, components: list) -> Callable[[], dict]:
    """Return the judgement of bench_nmf.py: all rows, exact loadings, float64."""
    return partial(judge, path, components)


def _found(components: np.ndarray, n_iter: int | None = None) -> dict:
    if not (np.isfinite(components).all() and (components >= 0).all()):
        raise ValueError("its components are not all finite and non-negative")
    return {"iterations": n_iter, "components": components.tolist()}


PEERS = {
    "NMFEmbedder": Peer("sklearn_microarch", partial(prepare_estimator, "ours")),
    "scikit-learn CD": Peer("sklearn", partial(prepare_estimator, "sklearn CD")),
    "scikit-learn MiniBatchNMF": Peer(
        "sklearn", partial(prepare_estimator, "sklearn MiniBatch")
    ),
    "torchnmf": Peer("torchnmf", prepare_torchnmf),
    "nmf-torch halsvar": Peer("nmf", partial(prepare_nmf_torch, "batch")),
    "nmf-torch online": Peer("nmf", partial(prepare_nmf_torch, "online")),
    "nn-fac hals": Peer("nn_fac", partial(prepare_nn_fac, "hals")),
    "nn-fac hals_acc": Peer("nn_fac", partial(prepare_nn_fac, "hals_acc")),
}
