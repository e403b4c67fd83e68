"""Network architectures: from a patch to features, from features to region logits."""

from typing import Any

import torch
from torch import nn

from sklearn_microarch.features._descriptors import SMALLEST

# Channels and kernel of the published convolution stages.
PUBLISHED_STAGES = ((16, 7), (32, 5), (64, 3), (128, 3))
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
                shape = _add_pooling(layers, shape, nn.AvgPool2d)
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
        self.dropout = nn.Dropout(dropout)
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

    Notes
    -----
    In the published network the layer of 64 units is linear, so that its values
    can be negative, which non-negative matrix factorization cannot take.

    References
    ----------
    .. [1] A. H. Balwani and E. L. Dyer, "A Deep Feature Learning Approach for
       Mapping the Brain's Microarchitecture and Organization", bioRxiv, 2020.
       :doi:`10.1101/2020.05.26.117473`
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
        layers: list[nn.Module] = []
        shape = patch_shape
        paddings = (1, 1, 0, 0) if padded else (0, 0, 0, 0)
        for (width, kernel), padding in zip(PUBLISHED_STAGES, paddings, strict=True):
            outer = (shape[0] + 2 * padding, shape[1] + 2 * padding)
            fitted = (min(kernel, outer[0]), min(kernel, outer[1]))
            layers.append(nn.Conv2d(n_channels, width, fitted, padding=padding))
            layers.append(nn.ReLU())
            shape = (outer[0] - fitted[0] + 1, outer[1] - fitted[1] + 1)
            shape = _add_pooling(layers, shape, nn.MaxPool2d)
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


MODULES: dict[str, type[nn.Module]] = {"gap": GapNet, "paper": PaperNet}


def build_module(
    module: Any,  # noqa: ANN401 - a name, a class or a factory
    *,
    n_channels: int,
    patch_shape: tuple[int, int],
    n_features: int,
    n_classes: int,
    params: dict[str, Any] | None,
) -> nn.Module:
    """Build a network and check that it follows the protocol.

    Parameters
    ----------
    module : {"gap", "paper"} or callable
        Called with the next four arguments and ``**params``.
    n_channels, n_features, n_classes : int
    patch_shape : tuple of int
        Height and width.
    params : dict or None

    Returns
    -------
    net : torch.nn.Module
        Has ``features(x)`` and ``head(z)``.

    Raises
    ------
    TypeError
        If it is no torch module, or lacks one of the two methods.
    """
    factory = MODULES[module] if isinstance(module, str) else module
    sizes = (n_channels, patch_shape, n_features, n_classes)
    try:
        net = factory(*sizes, **(params or {}))
    except ValueError:
        # Of the module itself, about one of its parameters.
        raise
    except Exception as error:
        raise TypeError(
            f"module={module!r} with module_params={params!r} cannot be built "
            f"({type(error).__name__}: {error}). It is called as module(n_channels, "
            "patch_shape, n_features, n_classes, **module_params): pass a class or a "
            "function, not a network."
        ) from error
    missing = [
        name for name in ("features", "head") if not callable(getattr(net, name, None))
    ]
    if not isinstance(net, nn.Module) or missing:
        lacks = f" without {' and '.join(missing)}" if missing else ""
        raise TypeError(
            f"module={module!r} built a {type(net).__name__}{lacks}; it must build a "
            "torch.nn.Module with features(x) -> (n, n_features) and head(z) -> "
            "(n, n_classes)."
        )
    _check_shapes(net, module, n_channels, patch_shape, (n_features, n_classes))
    return net


def _check_shapes(
    net: Any,  # noqa: ANN401 - a torch module with features and head
    module: object,
    n_channels: int,
    patch_shape: tuple[int, int],
    widths: tuple[int, int],
) -> None:
    """Pass two blank patches through, in evaluation mode, and compare shapes."""
    net.eval()
    with torch.no_grad():
        try:
            features = net.features(torch.zeros(2, n_channels, *patch_shape))
            found = tuple(features.shape), tuple(net.head(features).shape)
        except Exception as error:
            raise TypeError(
                f"module={module!r} cannot evaluate patches of {n_channels} channels "
                f"and shape {patch_shape} ({type(error).__name__}: {error})."
            ) from error
    net.train()
    expected = (2, widths[0]), (2, widths[1])
    if found != expected:
        raise TypeError(
            f"module={module!r} gives features and logits of shapes {found} for two "
            f"patches; they must be {expected}: (n, n_features) and (n, n_classes)."
        )


def _region_features(
    asked: int | None, n_features: int, n_classes: int, patch_shape: tuple[int, int]
) -> int:
    if asked is None and min(patch_shape) < SMALLEST:
        return n_features
    if asked is None:
        return min(n_features, max(n_features // 4, 2 * n_classes))
    if not 1 <= asked <= n_features:
        raise ValueError(
            f"n_region_features={asked} must be from 1 to n_features={n_features}."
        )
    return asked


def _add_pooling(
    layers: list[nn.Module],
    shape: tuple[int, int],
    kind: type[nn.MaxPool2d] | type[nn.AvgPool2d],
) -> tuple[int, int]:
    """Append a 2 x 2 pooling, along the axes that are long enough for it."""
    pool = (min(2, shape[0]), min(2, shape[1]))
    if pool != (1, 1):
        layers.append(kind(pool))
    return shape[0] // pool[0], shape[1] // pool[1]
