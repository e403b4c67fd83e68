"""How long other networks will take, from a few of their patches."""

import time
from typing import Any

import numpy as np

from sklearn_microarch.sampling import Patches

_N_TIMED = 128
# A step of training passes a patch forwards and backwards, which takes twice as long.
_PASSES = 3


def minutes_of_training(
    network: Any,  # noqa: ANN401 - a fitted classifier of patches
    rows: Patches,
    n_networks: int,
    seconds_of_mapping: float,
) -> float:
    """Return about how many minutes ``n_networks`` take to be trained and to map."""
    timed = rows.take(np.arange(min(len(rows), _N_TIMED)))
    network.predict_proba(timed.take(slice(1)))
    begin = time.perf_counter()
    network.predict_proba(timed)
    of_a_row = (time.perf_counter() - begin) / len(timed)
    settings = network.get_params(deep=False)
    most = settings.get("max_patches_per_class")
    n_rows = len(rows)
    if most is not None:
        n_rows = min(n_rows, most * len(network.classes_))
    training = _PASSES * of_a_row * n_rows * settings.get("max_epochs", 1)
    return n_networks * (training + seconds_of_mapping) / 60
