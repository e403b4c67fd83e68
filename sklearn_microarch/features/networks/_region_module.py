"""A network from raw grey levels to region logits: normalise, augment, classify."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sklearn_microarch.features.networks._augmentation import random_symmetries


class RegionModule(nn.Module):
    """Wrap a network so that it takes grey levels as they are in the image.

    ``mean`` and ``std``, (n_channels,), are those of the training patches. With
    ``augment``, patches are flipped and turned in training; `TrainedModule` images them
    anew and covers sides too.
    """

    body: Any  # a torch.nn.Module with features and head
    mean: torch.Tensor
    std: torch.Tensor

    def __init__(
        self, body: nn.Module, mean: NDArray, std: NDArray, *, augment: bool
    ) -> None:
        super().__init__()
        self.body = body
        self.augment = augment
        for name, values in (("mean", mean), ("std", std)):
            column = np.asarray(values, dtype=np.float32).reshape(-1, 1, 1)
            self.register_buffer(name, torch.from_numpy(column.copy()))

    def prepare(self, x: torch.Tensor) -> torch.Tensor:
        """Return normalised grey levels, changed at random in training."""
        x = (x - self.mean) / self.std
        if self.training and self.augment:
            x = random_symmetries(x)
        return x

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Return the last hidden layer, (n, n_features)."""
        return self.body.features(self.prepare(x))

    def head(self, z: torch.Tensor) -> torch.Tensor:
        """Return region logits, (n, n_classes), from features."""
        return self.body.head(z)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return region logits, (n, n_classes)."""
        return self.head(self.features(x))

    def to_arrays(self) -> dict[str, NDArray]:
        """Return all weights and statistics as plain arrays."""
        state = self.state_dict()
        # In C order: other strides would not survive pickling, nor would hashes.
        return {
            name: np.array(value.detach().cpu().numpy(), order="C")
            for name, value in state.items()
        }

    def load_arrays(self, arrays: dict[str, NDArray]) -> None:
        """Load what `to_arrays` returned, on a machine of any byte order."""
        self.load_state_dict(
            {
                name: torch.from_numpy(np.array(a, dtype=a.dtype.newbyteorder("=")))
                for name, a in arrays.items()
            }
        )
