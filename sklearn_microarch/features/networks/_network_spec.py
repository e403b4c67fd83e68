"""All that is needed to build a network again: what it is, and its sizes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features._rows import image_shape
from sklearn_microarch.features.networks._build_module import build_module
from sklearn_microarch.features.networks._region_module import RegionModule
from sklearn_microarch.features.networks._seeding import forked_seed


@dataclass(frozen=True)
class NetworkSpec:
    """A network without its weights, as plain Python."""

    module: Any  # a name or a callable, as in `CNNFeatureExtractor`
    module_params: dict[str, Any] | None
    row_shape: tuple[int, ...]  # of one patch, X.shape[1:]
    n_features: int
    n_classes: int

    def build(self, mean: NDArray, std: NDArray, *, augment: bool) -> RegionModule:
        """Build the network with random weights, from torch's random state."""
        n_channels, height, width = image_shape(self.row_shape)
        body = build_module(
            self.module,
            n_channels=n_channels,
            patch_shape=(height, width),
            n_features=self.n_features,
            n_classes=self.n_classes,
            params=self.module_params,
        )
        return RegionModule(body, mean, std, augment=augment)

    def rebuild(self, weights: dict[str, NDArray]) -> RegionModule:
        """Build the network with known weights; the random state stays as it is."""
        n_channels = image_shape(self.row_shape)[0]
        with forked_seed(0):
            module = self.build(
                np.zeros(n_channels), np.ones(n_channels), augment=False
            )
        try:
            module.load_arrays(weights)
        except RuntimeError as error:
            raise ValueError(
                f"the saved weights do not fit module={self.module!r} as this version "
                "builds it; train the network again, or load it with the version it "
                f"was saved with. ({error})"
            ) from error
        return module
