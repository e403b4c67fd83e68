"""The first network of the project, as a yardstick for what features hold."""

import torch
from torch import nn

STAGES = ((16, 7), (32, 5), (64, 3), (128, 3))


class FirstNetwork(nn.Module):
    """Published widths and kernels without padding; the head reads all features.

    Parameters
    ----------
    n_channels : int
    patch_shape : tuple of int
        Taken for the interface; any size from 64 pixels on will do.
    n_features, n_classes : int
    """

    def __init__(
        self,
        n_channels: int,
        patch_shape: tuple[int, int],
        n_features: int,
        n_classes: int,
    ) -> None:
        super().__init__()
        del patch_shape
        layers: list[nn.Module] = []
        for width, kernel in STAGES:
            layers += [
                nn.Conv2d(n_channels, width, kernel, bias=False),
                nn.BatchNorm2d(width),
                nn.MaxPool2d(2),
                nn.ReLU(),
            ]
            n_channels = width
        self.stack = nn.Sequential(*layers)
        self.hidden = nn.Sequential(
            nn.Linear(n_channels, n_features, bias=False),
            nn.BatchNorm1d(n_features),
            nn.ReLU(),
        )
        self.classify = nn.Linear(n_features, n_classes)
        # All features are the head's: nothing is left to describe the patch.
        self.n_region_features = n_features

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Return the last hidden layer, (n, n_features)."""
        return self.hidden(self.stack(x).mean(dim=(2, 3)))

    def head(self, z: torch.Tensor) -> torch.Tensor:
        """Return region logits, (n, n_classes)."""
        return self.classify(z)
