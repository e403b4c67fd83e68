"""Evaluate patches the cheapest way: together where they overlap, else alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import DenseEvaluationWarning
from sklearn_microarch.features._evaluation import batch_size, evaluate_features
from sklearn_microarch.features._out_of_memory import in_pieces
from sklearn_microarch.features._sharing import dense_network
from sklearn_microarch.features.dense import (
    DenseNetwork,
    common_step,
    count_in_cells,
    evaluate_rows,
    rows_memory,
    sharing_pays,
    working_memory,
    worth_sharing,
)
from sklearn_microarch.features.networks._network_spec import NetworkSpec
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.training._region_net import RegionNet
from sklearn_microarch.sampling import Patches

# Rows of patches evaluated one by one that are handed on together: a multiple of
# every batch size.
CHUNK = 8192
# Patches in a cell from which evaluating them one by one is worth a warning.
MANY = 1000

Rows = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Evaluator:
    """A trained network, on its device in evaluation mode, with both ways to use it."""

    module: RegionModule
    network: DenseNetwork | None  # where patches may be evaluated together
    obstacle: str | None  # why there is no network, if a user would want one
    n_features: int
    device: str
    dtype: torch.dtype

    def iterate(
        self,
        X: Patches | NDArray,
        *,
        always: bool = False,
        step: tuple[int, int] | None = None,
        max_memory: int | None = None,
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Yield rows (b,) with their features (b, n_features), in an order that suits.

        ``always`` evaluates `Patches` together even where that costs more. ``step`` in
        pixels, which all patches are multiples of apart, alone decides how they are
        evaluated, and not which there are. Above ``max_memory`` bytes, fewer parts of a
        slice are evaluated at the same time.
        """
        alone: Rows = np.arange(0 if isinstance(X, Patches) else len(X))
        if isinstance(X, Patches):
            for image in np.unique(X.positions[:, 0]).tolist():
                rows = rows_of_image(X, image)
                together, apart, shared_step = self._parted(X, rows, always, step)
                if len(apart):
                    alone = np.concatenate([alone, apart])
                if self.network is not None and len(together):
                    yield from evaluate_rows(
                        self.network,
                        X,
                        image,
                        together,
                        shared_step,
                        max_memory=max_memory,
                    )
        for start in range(0, len(alone), CHUNK):
            chunk = alone[start : start + CHUNK].astype(np.intp, copy=False)
            yield chunk, self._one_by_one(X, chunk)

    def _one_by_one(self, X: Patches | NDArray, rows: Rows) -> NDArray[np.float32]:
        """Return the features of some rows, each evaluated by itself."""
        found = in_pieces(
            lambda part: evaluate_features(
                self.module,
                X.take(rows[part]) if isinstance(X, Patches) else X[rows[part]],
                self.n_features,
                device=self.device,
                dtype=self.dtype,
            ),
            len(rows),
            # Whole batches, so that no bit depends on it.
            least=batch_size(self.device),
        )
        return found[0] if len(found) == 1 else np.concatenate(found)

    def memory(
        self, shape: tuple[int, int], step: tuple[int, int], *, always: bool
    ) -> int:
        """Return the least bytes that evaluating a whole slice takes.

        All but what each row takes; see `dense.rows_memory`.
        """
        network = self.network
        if network is not None and (always or sharing_pays(network, step)):
            places = rows_memory(0, shape, network.schedule(step).step)
            return working_memory(network, shape, step) + places
        return 4 * CHUNK * self.n_features

    def _parted(
        self, X: Patches, rows: Rows, always: bool, step: tuple[int, int] | None
    ) -> tuple[Rows, Rows, tuple[int, int]]:
        """Part one slice's rows into those evaluated together and those alone."""
        none = rows[:0]
        if self.network is None:
            return none, rows, (1, 1)
        if step is not None:
            together = always or sharing_pays(self.network, step)
            return (rows, none, step) if together else (none, rows, step)
        places = X.positions[rows, 1:]
        if always:
            return rows, none, common_step(places)
        shared = worth_sharing(self.network, places, common_step(places))
        if not shared.any():
            return none, rows, (1, 1)
        return rows[shared], rows[~shared], common_step(places[shared])

    def warn_if_slow(self, X: Patches | NDArray) -> None:
        """Warn where patches that could share their layers do not."""
        if self.obstacle is None or not isinstance(X, Patches):
            return
        if count_in_cells(X.positions).max() < MANY:
            return
        warn_user(
            f"{len(X)} overlapping patches are evaluated one by one, hundreds of times "
            f"slower than together: {self.obstacle}. Set dense=False to accept this.",
            DenseEvaluationWarning,
        )


def rows_of_image(X: Patches, image: int) -> Rows:
    """Return which rows (m,) are patches of an image, in as few bytes as will do."""
    numbers = X.positions[:, 0]
    if len(X.images) == 1 and len(X) <= np.iinfo(np.int32).max:
        return np.arange(len(X), dtype=np.int32)
    return np.flatnonzero(numbers == image)


def make_evaluator(
    net: RegionNet,
    spec: NetworkSpec,
    obstacle: str | None,
    dense: str | bool,
    precision: str,
) -> Evaluator:
    """Return what evaluates a fitted network; see `dense_network`."""
    network, obstacle = dense_network(net, spec, obstacle, dense, precision)
    return Evaluator(
        net.module_,
        network,
        obstacle,
        spec.n_features,
        net.device,
        getattr(torch, precision),
    )
