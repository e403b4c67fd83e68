"""The published network, with a ReLU on its last hidden layer."""

import torch
from torch import nn

from sklearn_microarch._arguments._numbers import check_number, check_switch
from sklearn_microarch.features.networks._add_pooling import add_pooling
from sklearn_microarch.features.networks._check_sizes import check_sizes

# Channels and kernel of the published convolution stages.
PUBLISHED_STAGES = ((16, 7), (32, 5), (64, 3), (128, 3))


class PaperNet(nn.Module):
    """The published layers, plus the ReLU that makes the features non-negative.

    Four padded convolution stages, then fully connected layers of 1024 and
    ``n_features`` units, with dropout before each fully connected layer.

    Parameters
    ----------
    n_channels : int
        Image channels of a patch.
    patch_shape : tuple of int
        Height and width. Kernels and poolings shrink to what the patch allows.
    n_features : int
        Width of the last hidden layer.
    n_classes : int
        Regions to tell apart.
    dropout : float, default=0.3
        Share of values dropped before each fully connected layer while training.
    padded : bool, default=True
        Pad the first two convolutions by a pixel, as published. Without, a
        feature does not depend on where in a patch a pixel lies, so that
        overlapping patches can share their convolutions.

    Attributes
    ----------
    stack : torch.nn.Sequential
        The convolution stages.
    hidden : torch.nn.Sequential
        The two fully connected layers.

    Raises
    ------
    TypeError
        If ``dropout`` is no number, ``padded`` no switch, ``patch_shape`` no height
        and width, or another argument no integer.
    ValueError
        If an argument is below 1, or ``dropout`` is not from 0 to 1.

    See Also
    --------
    CNNFeatureExtractor : Trains it as ``module="paper"``.

    Notes
    -----
    In the published network the layer of 64 units is linear, so that its values
    can be negative, which non-negative matrix factorization cannot take.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`

    Examples
    --------
    >>> import torch
    >>> from sklearn_microarch.features import PaperNet
    >>> net = PaperNet(1, (32, 32), n_features=16, n_classes=3).eval()
    >>> features = net.features(torch.ones(2, 1, 32, 32))
    >>> features.shape, net.head(features).shape
    (torch.Size([2, 16]), torch.Size([2, 3]))
    >>> [net.stack[at].padding for at in (0, 3)]  # so not to be shared by patches
    [(1, 1), (1, 1)]
    """

    def __init__(
        self,
        n_channels: int,
        patch_shape: tuple[int, int],
        n_features: int,
        n_classes: int,
        *,
        dropout: float = 0.3,
        padded: bool = True,
    ) -> None:
        super().__init__()
        patch_shape = check_sizes(n_channels, patch_shape, n_features, n_classes)
        padded = check_switch("padded", padded)
        check_number("dropout", dropout, high=1)
        layers: list[nn.Module] = []
        shape = patch_shape
        paddings = (1, 1, 0, 0) if padded else (0, 0, 0, 0)
        for (width, kernel), padding in zip(PUBLISHED_STAGES, paddings, strict=True):
            outer = (shape[0] + 2 * padding, shape[1] + 2 * padding)
            fitted = (min(kernel, outer[0]), min(kernel, outer[1]))
            layers.append(nn.Conv2d(n_channels, width, fitted, padding=padding))
            layers.append(nn.ReLU())
            shape = (outer[0] - fitted[0] + 1, outer[1] - fitted[1] + 1)
            shape = add_pooling(layers, shape, nn.MaxPool2d)
            n_channels = width
        self.stack = nn.Sequential(*layers, nn.Flatten())
        self.hidden = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(n_channels * shape[0] * shape[1], 1024),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(1024, n_features),
            nn.ReLU(),
        )
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(n_features, n_classes)

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
        return self.hidden(self.stack(x))

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
        return self.classify(self.dropout(z))
