"""Whether a trained network's layers may be shared between overlapping patches."""

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import DenseEvaluationError, DenseEvaluationWarning
from sklearn_microarch.features._evaluation import evaluate_features
from sklearn_microarch.features._largest_deviation import largest_deviation
from sklearn_microarch.features._rows import image_shape
from sklearn_microarch.features.dense import DenseNetwork
from sklearn_microarch.features.networks._network_spec import NetworkSpec
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.training._region_net import RegionNet
from sklearn_microarch.sampling import Patches

# Largest difference from features of single patches, relative to the largest
# feature: rounding of sums in another order.
TOLERANCE = 1e-5


def find_obstacle(
    module: RegionModule, spec: NetworkSpec, dense: str | bool
) -> str | None:
    """Return why overlapping patches cannot be evaluated together, if so.

    With ``dense=True`` it is an error.
    """
    if len(spec.row_shape) == 1:
        # Rows of numbers are no patches of a slice.
        return None
    n_channels, height, width = image_shape(spec.row_shape)
    was_training = module.training
    try:
        DenseNetwork(module.eval(), n_channels, (height, width))
    except DenseEvaluationError as error:
        if dense is True:
            raise _not_shared(str(error)) from error
        return str(error)
    finally:
        module.train(was_training)
    return None


def _not_shared(obstacle: str) -> DenseEvaluationError:
    return DenseEvaluationError(
        f"dense=True, but {obstacle}. Set dense='auto', or use layers without padding: "
        "convolutions, poolings, activations, batch normalisation, a mean over the "
        "patch, linear layers."
    )


def dense_network(
    net: RegionNet,
    spec: NetworkSpec,
    obstacle: str | None,
    dense: str | bool,
    precision: str,
) -> tuple[DenseNetwork | None, str | None]:
    """Return the network to evaluate patches together with, or what forbids it.

    ``obstacle`` is what was found while fitting; with ``dense=True`` it is an error.
    Where sharing is not wanted, both are None.
    """
    if dense is False or len(spec.row_shape) == 1:
        return None, None
    if obstacle is not None:
        if dense is True:
            raise _not_shared(obstacle)
        return None, obstacle
    n_channels, height, width = image_shape(spec.row_shape)
    dtype = getattr(torch, precision)
    return DenseNetwork(net.module_, n_channels, (height, width), dtype), None


def check_sharing(
    net: RegionNet,
    spec: NetworkSpec,
    X: Patches | NDArray,
    *,
    obstacle: str | None,
    seed: int,
) -> tuple[float, str | None]:
    """Compare features of some training rows evaluated together with those one by one.

    Return the largest difference relative to the largest feature, NaN where nothing can
    be compared, and the obstacle, which a difference of more than rounding is.
    """
    height, width = image_shape(spec.row_shape)[1:]
    if obstacle is not None or len(spec.row_shape) == 1 or height != width:
        return float("nan"), obstacle
    network, _ = dense_network(net, spec, None, "auto", "float32")
    if network is None:
        return float("nan"), None
    # Rows come region by region: some of each end.
    some = np.linspace(0, len(X) - 1, 4).astype(np.intp)
    deviation = largest_deviation(
        network,
        np.asarray(X[some]),
        lambda patches: evaluate_features(
            net.module_, patches, spec.n_features, device=net.device
        ),
        seed,
    )
    if not deviation <= TOLERANCE:
        obstacle = (
            f"features of patches evaluated together differed by {deviation:.1e} of "
            f"the largest one after training, more than {TOLERANCE:.0e}"
        )
        warn_user(
            f"{obstacle}; patches will be evaluated one by one.",
            DenseEvaluationWarning,
        )
    return deviation, obstacle
