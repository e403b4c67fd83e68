"""Check a trained network before it is used."""

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import DeadUnitsWarning, NegativeFeaturesError
from sklearn_microarch.features._evaluation import evaluate_features
from sklearn_microarch.features.networks._network_spec import NetworkSpec
from sklearn_microarch.features.training._region_net import RegionNet
from sklearn_microarch.sampling import Patches


def probe_network(net: RegionNet, spec: NetworkSpec, X: Patches | NDArray) -> float:
    """Check weights and features of some training rows.

    Return the share of the features that are zero for every row; more than half of them
    are a warning. Values that are not finite, or negative, are errors.
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
        warn_user(
            f"{dead:.0%} of the {spec.n_features} features are zero for every training "
            "patch; lower lr, or train for more epochs.",
            DeadUnitsWarning,
        )
    return dead
