"""Whether a trained network's layers may be shared between overlapping patches."""

import warnings

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.exceptions import DenseEvaluationError, DenseEvaluationWarning
from sklearn_microarch.features._evaluation import evaluate_features
from sklearn_microarch.features._rows import image_shape
from sklearn_microarch.features.dense import DenseNetwork, largest_deviation
from sklearn_microarch.features.networks._network_spec import NetworkSpec
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.training._training import RegionNet
from sklearn_microarch.sampling import Patches

# Largest difference from features of single patches, relative to the largest
# feature: rounding of sums in another order.
TOLERANCE = 1e-5


def find_obstacle(
    module: RegionModule, spec: NetworkSpec, dense: str | bool
) -> str | None:
    """Return why overlapping patches cannot be evaluated together, if so.

    Parameters
    ----------
    module : RegionModule
    spec : NetworkSpec
    dense : {"auto"} or bool
        As in `CNNFeatureExtractor`.

    Raises
    ------
    DenseEvaluationError
        If ``dense`` is True and there is an obstacle.
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

    Parameters
    ----------
    net : RegionNet
        Fitted, on the device in use.
    spec : NetworkSpec
    obstacle : str or None
        Found while fitting.
    dense : {"auto"} or bool
    precision : {"float32", "bfloat16"}

    Returns
    -------
    network : DenseNetwork or None
    obstacle : str or None
        None also where sharing was not wanted.

    Raises
    ------
    DenseEvaluationError
        If ``dense`` is True and there is an obstacle.
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
    """Compare features of patches evaluated together with those one by one.

    Parameters
    ----------
    net : RegionNet
        Trained.
    spec : NetworkSpec
    X : Patches or ndarray
        Some training rows.
    obstacle : str or None
        Known already.
    seed : int

    Returns
    -------
    deviation : float
        Relative to the largest feature; NaN where nothing can be compared.
    obstacle : str or None

    Warns
    -----
    DenseEvaluationWarning
        If they differ by more than rounding.
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
        warnings.warn(
            f"{obstacle}; patches will be evaluated one by one.",
            DenseEvaluationWarning,
            stacklevel=3,
        )
    return deviation, obstacle
