"""From labelled rows to a trained network that has been checked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch._freed_memory import freed_memory_kept
from sklearn_microarch.features._rows import grey_scale, image_shape
from sklearn_microarch.features._sharing import check_sharing, find_obstacle
from sklearn_microarch.features.networks._network_spec import NetworkSpec
from sklearn_microarch.features.networks._seeding import forked_seed
from sklearn_microarch.features.training._erase_imaging import erase_imaging
from sklearn_microarch.features.training._objectives import TrainedModule
from sklearn_microarch.features.training._probe import probe_network
from sklearn_microarch.features.training._region_net import RegionNet, evaluating_net
from sklearn_microarch.features.training._row_dataset import RowDataset
from sklearn_microarch.features.training._settle_statistics import settle_statistics
from sklearn_microarch.features.training._train_net import TrainingPlan, train_net

# Rows on which the fitted network is checked and its dead units are counted.
N_PROBED = 512


@dataclass(frozen=True, eq=False)
class FittedNetwork:
    """A trained network, and what its checks have found."""

    net: RegionNet
    weights: dict[str, NDArray]
    history: list[dict[str, float]]
    dead_units: float  # share of the features
    deviation: float  # of patches evaluated together, NaN where they never are
    obstacle: str | None  # why they never are


def fit_network(
    spec: NetworkSpec,
    train: RowDataset,
    valid: RowDataset | None,
    *,
    free: NDArray[np.intp],
    plan: TrainingPlan,
    scale: str | None,
    dense: str | bool,
    device: str,
    seed: int,
) -> FittedNetwork:
    """Train a network on some rows, judged by others, and check it.

    ``free`` rows of ``train.X`` have no region.

    torch's random state stays as it is, and so does what is not trained.
    """
    mean, std = grey_scale(train.X, train.rows, scale)
    with freed_memory_kept(), forked_seed(seed):
        module = spec.build(mean, std, augment=plan.augment)
        obstacle = find_obstacle(module, spec, dense)
        trained = TrainedModule(
            module,
            image_shape(spec.row_shape),
            spec.n_features,
            description_weight=plan.description_weight,
            decorrelation_weight=plan.decorrelation_weight,
        )
        history = train_net(trained, device, plan, train, valid, free=free)
    # Anew, as a validation draws random numbers too.
    with forked_seed(seed):
        settle_statistics(module, train, device, seed=seed)
    if plan.augment:
        erase_imaging(module, train, device, seed=seed)
    weights = module.to_arrays()
    # Evaluated through the arrays from the start, as after loading.
    net = evaluating_net(spec.rebuild(weights), device)
    # Rows of all regions, also where they come region by region.
    by_region = train.rows[np.argsort(train.codes, kind="stable")]
    probed = train.X[by_region[:: -(-len(by_region) // N_PROBED)]]
    dead_units = probe_network(net, spec, probed)
    deviation, obstacle = check_sharing(net, spec, probed, obstacle=obstacle, seed=seed)
    return FittedNetwork(net, weights, history, dead_units, deviation, obstacle)
