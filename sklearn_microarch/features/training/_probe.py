"""Check a trained network before it is used."""

import warnings

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.exceptions import DeadUnitsWarning, NegativeFeaturesError
from sklearn_microarch.features._evaluation import evaluate_features
from sklearn_microarch.features.networks._network_spec import NetworkSpec
from sklearn_microarch.features.training._training import RegionNet
from sklearn_microarch.sampling import Patches


def probe_network(net: RegionNet, spec: NetworkSpec, X: Patches | NDArray) -> float:
    """Check weights and features, and count dead units.

    Parameters
    ----------
    net : RegionNet
        Trained.
    spec : NetworkSpec
        Named in messages.
    X : Patches or ndarray
        Some training rows.

    Returns
    -------
    dead : float
        Share of the features that are zero for every row.

    Raises
    ------
    NegativeFeaturesError
        If a feature is negative.
    ValueError
        If a weight or a feature is not finite.

    Warns
    -----
    DeadUnitsWarning
        If more than half of the features are zero for every row.
    """
    net.module_.eval()
    found = evaluate_features(net.module_, X, spec.n_features, device=net.device)
    weights = net.module_.to_arrays()
    if not all(np.isfinite(array).all() for array in [found, *weights.values()]):
        raise ValueError("training diverged: weights are not finite; lower lr.")
    if found.min() < 0:
        raise NegativeFeaturesError(
            f"module={spec.module!r} gives negative features (down to "
            f"{found.min():.3g}), which NMF cannot take; end features(x) with a ReLU."
        )
    dead = float((found <= 0).all(axis=0).mean())
    if dead > 0.5:
        warnings.warn(
            f"{dead:.0%} of the {spec.n_features} features are zero for every training "
            "patch; lower lr, or train for more epochs.",
            DeadUnitsWarning,
            stacklevel=3,
        )
    return dead
