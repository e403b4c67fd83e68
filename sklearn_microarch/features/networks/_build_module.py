"""From the name or class of an architecture to a network of given sizes."""

from typing import Any

import torch
from torch import nn

from sklearn_microarch.features.networks._gap_net import GapNet
from sklearn_microarch.features.networks._paper_net import PaperNet

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
    """Build a network with ``features(x)`` and ``head(z)``, and check both.

    A factory is called with the sizes and ``**params``. Raises TypeError if it makes no
    torch module, or one that lacks a method or gives other shapes.
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
    _check_widths(net, module, n_channels, patch_shape, (n_features, n_classes))
    return net


def _check_widths(
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
