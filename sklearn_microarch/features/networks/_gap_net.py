"""The default network: unpadded convolutions, averaged over the patch."""

import torch
from torch import nn

from sklearn_microarch._arguments._numbers import check_integer, check_number
from sklearn_microarch.features.networks._add_pooling import add_pooling
from sklearn_microarch.features.networks._check_sizes import check_sizes
from sklearn_microarch.features.networks._descriptors import SMALLEST

# Those of "gap", between which 2 x 2 averages are taken: maxima would see other pairs
# of pixels at the next centre, and leave a grid of the poolings' step in the maps.
STAGES = ((32, 5), (64, 3), (128, 3))
# Pixels of the patch's edge, about, that its first convolution sees: of 150 um, pixels
# of 2.3 um, a quarter of a cell.
SEEN_EDGE = 64


class GapNet(nn.Module):
    """Unpadded convolutions, averaged over the patch, then one hidden layer.

    Squares of pixels are first averaged, of a size that leaves 64 pixels a side or
    as near as whole numbers allow (48 to 95), so that patches of the same tissue
    cost about the same and show cells at about the same scale at any resolution.
    Three stages of convolutions then see neighbourhoods of a third of the patch, at
    12 x 12 places of 64 x 64, and what they find is averaged.

    Without padding, a feature depends on the pixels of the patch alone and not
    on where in the patch they lie, so that overlapping patches can share their
    convolutions exactly. Batch normalisation before the last ReLU keeps units
    from dying: each is active for a part of the patches.

    Parameters
    ----------
    n_channels : int
        Image channels of a patch.
    patch_shape : tuple of int
        Height and width. Kernels and poolings shrink to what the patch allows,
        down to ``(1, p)``.
    n_features : int
        Width of the last hidden layer.
    n_classes : int
        Regions to tell apart.
    dropout : float, default=0.0
        Share of features dropped before the head while training.
    n_region_features : int or None, default=None
        How many of the features, the first ones, the head reads. None takes a
        quarter of them, and no fewer than two for each region; all of them where
        patches are less than 8 pixels high or wide, too small to have a texture.
        The others are left to describe the patch, and are not drawn to what
        separates the regions.

    Attributes
    ----------
    stack : torch.nn.Sequential
        The convolution stages.
    hidden : torch.nn.Sequential
        The last hidden layer, on the averages.

    Raises
    ------
    TypeError
        If ``dropout`` is no number, ``patch_shape`` no height and width, or another
        argument no integer.
    ValueError
        If an argument is below 1, ``dropout`` is not from 0 to 1, or
        ``n_region_features`` not from 1 to ``n_features``.

    See Also
    --------
    CNNFeatureExtractor : Trains it; ``module="gap"`` is its default.

    Examples
    --------
    Sixteen features of each of two patches, and what they say of three regions. Two
    features a region are left to the head; the others describe the patch.

    >>> import torch
    >>> from sklearn_microarch.features import GapNet
    >>> net = GapNet(1, (32, 32), n_features=16, n_classes=3).eval()
    >>> net.n_region_features
    6
    >>> features = net.features(torch.ones(2, 1, 32, 32))
    >>> features.shape, net.head(features).shape
    (torch.Size([2, 16]), torch.Size([2, 3]))
    """

    def __init__(
        self,
        n_channels: int,
        patch_shape: tuple[int, int],
        n_features: int,
        n_classes: int,
        *,
        dropout: float = 0.0,
        n_region_features: int | None = None,
    ) -> None:
        super().__init__()
        patch_shape = check_sizes(n_channels, patch_shape, n_features, n_classes)
        self.n_region_features = _region_features(
            n_region_features, n_features, n_classes, patch_shape
        )
        layers: list[nn.Module] = []
        shape = patch_shape
        step = round(min(patch_shape) / SEEN_EDGE)
        if step > 1:
            layers.append(nn.AvgPool2d(step))
            shape = (shape[0] // step, shape[1] // step)
        for stage, (width, kernel) in enumerate(STAGES):
            fitted = (min(kernel, shape[0]), min(kernel, shape[1]))
            layers.append(nn.Conv2d(n_channels, width, fitted, bias=False))
            layers.append(nn.BatchNorm2d(width))
            layers.append(nn.ReLU())
            shape = (shape[0] - fitted[0] + 1, shape[1] - fitted[1] + 1)
            if stage < len(STAGES) - 1:
                shape = add_pooling(layers, shape, nn.AvgPool2d)
            n_channels = width
        self.stack = nn.Sequential(*layers)
        # No feature outweighs the others by its scale alone.
        norm = nn.BatchNorm1d(n_features)
        norm.weight.requires_grad_(False)
        self.hidden = nn.Sequential(
            nn.Linear(n_channels, n_features, bias=False),
            norm,
            nn.ReLU(),
        )
        self.dropout = nn.Dropout(check_number("dropout", dropout, high=1))
        self.classify = nn.Linear(self.n_region_features, n_classes)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Return the last hidden layer.

        Parameters
        ----------
        x : tensor of shape (n, n_channels, height, width), dtype float32
            Patches, as normalised grey levels.

        Returns
        -------
        z : tensor of shape (n, n_features), dtype float32
            Never negative.
        """
        return self.hidden(self.stack(x).mean(dim=(2, 3)))

    def head(self, z: torch.Tensor) -> torch.Tensor:
        """Return region logits from features.

        Parameters
        ----------
        z : tensor of shape (n, n_features), dtype float32
            What :meth:`features` returned.

        Returns
        -------
        logits : tensor of shape (n, n_classes), dtype float32
            Log-probabilities of the regions, up to a constant in each row.
        """
        return self.classify(self.dropout(z[:, : self.n_region_features]))


def _region_features(
    asked: int | None, n_features: int, n_classes: int, patch_shape: tuple[int, int]
) -> int:
    """Return how many features the head reads."""
    if asked is None and min(patch_shape) < SMALLEST:
        return n_features
    if asked is None:
        return min(n_features, max(n_features // 4, 2 * n_classes))
    asked = check_integer("n_region_features", asked, minimum=1)
    if asked > n_features:
        raise ValueError(
            f"n_region_features={asked} must be from 1 to n_features={n_features}."
        )
    return asked
