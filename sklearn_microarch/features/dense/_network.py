"""A trained network, ready to be evaluated at every pixel of a slice."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.features._arithmetic import exact_arithmetic, n_torch_threads
from sklearn_microarch.features.dense._executor import Block, evaluate_blocks
from sklearn_microarch.features.dense._layers import Conv, Pair
from sklearn_microarch.features.dense._schedule import Schedule, make_schedule
from sklearn_microarch.features.dense._simplify import simplify
from sklearn_microarch.features.dense._source import ReadPixels, Source
from sklearn_microarch.features.dense._trace import trace_layers
from sklearn_microarch.features.networks._region_module import RegionModule

# After A. Giusti, D. C. Ciresan, J. Masci, L. M. Gambardella and J. Schmidhuber, "Fast
# Image Scanning with Deep Max-Pooling Convolutional Neural Networks", ICIP, 2013
# (doi:10.1109/ICIP.2013.6738831), and A. Zlateski, K. Lee and H. S. Seung, "ZNNi:
# Maximizing the Inference Throughput of 3D Convolutional Networks on CPUs and GPUs",
# SC, 2016 (doi:10.1109/SC.2016.72).

# Each worker holds the layers of a column of blocks.
MAX_WORKERS = 8


class DenseNetwork:
    """The layers up to the features, with what is shared between patches shared.

    A layer that cannot be shared is a DenseEvaluationError that names it.
    ``patch_macs`` are the multiply-adds of one patch by itself.
    """

    def __init__(
        self,
        module: RegionModule,
        n_channels: int,
        patch_shape: Pair,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        layers, shapes = trace_layers(module.body, n_channels, patch_shape)
        self.patch_macs = sum(
            layer.macs * after.rows * after.cols
            for layer, after in zip(layers, shapes[1:], strict=True)
            if isinstance(layer, Conv)
        )
        self._n_channels = n_channels
        self._mean, self._std = module.mean, module.std
        self._like = torch.empty(0, device=module.mean.device, dtype=dtype)
        self._layers = simplify(layers, self._like.new_ones(n_channels))
        self._schedules: dict[Pair, Schedule] = {}

    @property
    def n_workers(self) -> int:
        """Parts of a slice that are evaluated at the same time.

        On a CPU as many as torch has threads: threads that share every operation
        wait for each other hundreds of times a second, above all when something
        else runs on the machine.
        """
        on_cpu = self._like.device.type == "cpu"
        return min(n_torch_threads(), MAX_WORKERS) if on_cpu else 1

    def schedule(self, step: Pair = (1, 1)) -> Schedule:
        """Return how features are computed every ``step`` pixels."""
        if step not in self._schedules:
            self._schedules[step] = make_schedule(
                self._layers, self._n_channels, step=step
            )
        return self._schedules[step]

    def evaluate(
        self,
        read: ReadPixels,
        wanted: NDArray[np.bool_],
        origin: Pair,
        *,
        step: Pair = (1, 1),
    ) -> Iterator[Block]:
        """Yield blocks of features of an image, whose pixels ``read`` returns.

        ``wanted`` (n_rows, n_cols) are the upper left pixels of patches, the first of
        them at pixel ``origin`` of the image; only every ``step``-th row and column of
        it may be True.
        """
        source = Source(read, self._mean, self._std)
        blocks = evaluate_blocks(
            self.schedule(step), source, wanted, origin, self._like
        )
        while True:
            # Not around the yield: the modes would hold for the caller's code too.
            with exact_arithmetic(self._like.device.type, torch.float32):
                block = next(blocks, None)
            if block is None:
                return
            yield block
