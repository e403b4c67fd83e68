"""Patch by patch at its best: what dense evaluation is measured against."""

import copy
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from _dense_sizes import Sizes
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from sklearn_microarch import CNNFeatureExtractor, Patches

# Patches on which forms and batch sizes are tried: whole batches of any size.
N_TRIED = 384
N_WARM_UP = 2


@dataclass(frozen=True, eq=False)
class Baseline:
    """A network that evaluates patches one by one, in batches.

    Parameters
    ----------
    network : callable
        From a batch of shape (b, n_channels, size, size) to (b, n_features).
    form : str
        "eager" or "frozen".
    batch_size : int
    mean, std : tensor of shape (n_channels, 1, 1)
        Grey-level statistics, taken off before anything is timed.
    """

    network: Callable[[torch.Tensor], torch.Tensor]
    form: str
    batch_size: int
    mean: torch.Tensor
    std: torch.Tensor

    @property
    def name(self) -> str:
        """Form and batch size."""
        return f"{self.form}, batches of {self.batch_size}"

    def read(self, patches: Patches) -> torch.Tensor:
        """Return patches in memory as the network takes them, in float32."""
        grey = torch.from_numpy(patches.gather(np.arange(len(patches))))
        grey = grey.float().reshape(len(patches), -1, *patches.shape[-2:])
        return (grey - self.mean) / self.std

    def evaluate(self, batch: torch.Tensor) -> torch.Tensor:
        """Return the features of patches that `read` gave."""
        with torch.inference_mode():
            parts = [self.network(part) for part in batch.split(self.batch_size)]
            return torch.cat(parts)

    def features_of(self, patches: Patches) -> np.ndarray:
        """Return the features of patches, a few hundred in memory at a time."""
        starts = range(0, len(patches), 512)
        parts = [patches.take(slice(start, start + 512)) for start in starts]
        return np.concatenate([self.evaluate(self.read(p)).numpy() for p in parts])


class _Features(nn.Module):
    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body.features(x)


def folded_forms(extractor: CNNFeatureExtractor) -> list[Baseline]:
    """Return the trained network with its norms folded, run in two ways.

    Parameters
    ----------
    extractor : CNNFeatureExtractor
        Fitted, with convolutions, linear layers and norms in `nn.Sequential`.

    Returns
    -------
    forms : list of Baseline
        "eager": weights with channels last; "frozen": traced, frozen and prepared
        by torch for inference, its weights laid out once for the CPU's kernels.
    """
    module = extractor.net_.module_
    body = copy.deepcopy(module.body).eval()
    _fold(body)
    eager = _Features(body).eval().to(memory_format=torch.channels_last)
    example = torch.zeros(16, len(module.mean), *extractor.patch_shape_[-2:])
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore", DeprecationWarning)
        traced = torch.jit.trace(eager, example)
        frozen = torch.jit.optimize_for_inference(torch.jit.freeze(traced))
    networks = {"eager": eager, "frozen": frozen}
    return [
        Baseline(network, form, 16, module.mean, module.std)
        for form, network in networks.items()
    ]


def choose(
    extractor: CNNFeatureExtractor, patches: Patches, sizes: Sizes
) -> tuple[list[Baseline], dict[str, float]]:
    """Return each form at its fastest batch size, and the patches/s of all of them.

    Parameters
    ----------
    extractor : CNNFeatureExtractor
    patches : Patches
        To try them on. All take turns; the best of a contender's turns counts.
    sizes : Sizes

    Returns
    -------
    baselines : list of Baseline
        The fastest form first.
    tried : dict of str to float
    """
    forms = folded_forms(extractor)
    contenders = [
        replace(form, batch_size=size) for form in forms for size in sizes.batch_sizes
    ]
    batch = forms[0].read(patches.take(slice(0, N_TRIED)))
    for contender in contenders:
        for _ in range(N_WARM_UP):
            contender.evaluate(batch[: contender.batch_size])
    best = {contender.name: 0.0 for contender in contenders}
    for _ in range(sizes.n_rounds):
        for contender in contenders:
            start = time.perf_counter()
            contender.evaluate(batch)
            rate = len(batch) / (time.perf_counter() - start)
            best[contender.name] = max(best[contender.name], rate)
    ranked = sorted(contenders, key=lambda each: best[each.name], reverse=True)
    fastest = {each.form: each for each in reversed(ranked)}
    chosen = [each for each in ranked if each is fastest[each.form]]
    names = "; ".join(each.name for each in chosen)
    print(f"patch by patch, fastest of {len(best)} ways: {names}", flush=True)
    return chosen, best


def _fold(module: nn.Module) -> None:
    """Fold each norm of a network into the layer before it, in place."""
    for name, child in module.named_children():
        if not isinstance(child, nn.Sequential):
            _fold(child)
            continue
        layers: list[nn.Module] = []
        for layer in child:
            if isinstance(layer, nn.BatchNorm2d):
                layers[-1] = fuse_conv_bn_eval(layers[-1], layer)
            elif isinstance(layer, nn.BatchNorm1d):
                layers[-1] = fuse_linear_bn_eval(layers[-1], layer)
            else:
                layers.append(layer)
        setattr(module, name, nn.Sequential(*layers))
