"""Rewrite a chain of layers into fewer and cheaper ones that give the same values."""

from dataclasses import replace

import torch

from sklearn_microarch.features.dense._layers import Affine, Conv, Layer, Pool


def simplify(layers: list[Layer], ones: torch.Tensor) -> list[Layer]:
    """Return an equivalent chain: affine maps folded, averages taken late, as sums.

    ``ones`` (n_channels,) are of the device and dtype to compute with. Weights are
    computed in float64 before they are rounded. No `Affine` follows a `Conv`.
    """
    folded = _fold_affines(layers)
    averaged_late = _narrow_before_mean(folded)
    summed = _fold_affines(_sums(averaged_late, ones))
    return [_rounded(layer, ones.dtype) for layer in summed]


def _fold_affines(layers: list[Layer]) -> list[Layer]:
    out: list[Layer] = []
    for layer in layers:
        before = out[-1] if out else None
        if isinstance(layer, Affine) and isinstance(before, Conv):
            scale, shift = layer.scale.double(), layer.shift.double()
            out[-1] = replace(
                before,
                weight=before.weight.double() * scale.reshape(-1, 1, 1, 1),
                bias=before.bias.double() * scale + shift,
            )
        else:
            out.append(layer)
    return out


def _narrow_before_mean(layers: list[Layer]) -> list[Layer]:
    """Move a mean behind a linear layer that gives it fewer channels to average.

    A mean of positions and a linear map of channels commute.
    """
    out = list(layers)
    for at in range(len(out) - 1):
        mean, linear = out[at], out[at + 1]
        if not (isinstance(mean, Pool) and mean.kind == "mean"):
            continue
        if (
            isinstance(linear, Conv)
            and linear.kernel == linear.stride == (1, 1)
            and linear.groups == 1
            and linear.weight.shape[0] <= linear.weight.shape[1]
        ):
            out[at], out[at + 1] = linear, mean
    return out


def _sums(layers: list[Layer], ones: torch.Tensor) -> list[Layer]:
    """Turn means into sums, with the division where a convolution takes it over.

    That is the convolution behind the mean, or else the layer ahead of it.
    """
    out: list[Layer] = []
    divisor = 1
    for layer, after in zip(layers, [*layers[1:], None], strict=True):
        if isinstance(layer, Conv):
            out.append(replace(layer, weight=layer.weight.double() / divisor))
            ones, divisor = torch.ones_like(layer.bias), 1
        elif isinstance(layer, Pool) and layer.kind == "mean":
            size = layer.kernel[0] * layer.kernel[1]
            if isinstance(after, Conv):
                divisor = size
            else:
                out.append(Affine(ones.double() / size, torch.zeros_like(ones)))
            out.append(replace(layer, kind="sum"))
        else:
            out.append(layer)
    return out


def _rounded(layer: Layer, dtype: torch.dtype) -> Layer:
    if isinstance(layer, Conv):
        weight = layer.weight.to(dtype).contiguous(memory_format=torch.channels_last)
        return replace(layer, weight=weight, bias=layer.bias.to(dtype))
    if isinstance(layer, Affine):
        return Affine(layer.scale.to(dtype), layer.shift.to(dtype))
    return layer
