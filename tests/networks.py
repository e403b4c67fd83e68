"""Networks drawn at random, and an independent way to evaluate them densely."""

import numpy as np
import torch
from hypothesis import strategies as st
from torch import nn

from sklearn_microarch.features.networks._region_module import RegionModule


class Chain(nn.Module):
    """Layers one after the other; the last hidden layer is what they give."""

    def __init__(self, layers, n_features, n_classes=3):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.classify = nn.Linear(n_features, n_classes)

    def features(self, x):
        return self.layers(x)

    def head(self, z):
        return self.classify(z)


@st.composite
def chains(draw, n_channels=1):
    """Draw (layers, patch_size): convolutions, poolings, norms and a head."""
    patch_size = draw(st.integers(6, 24))
    size, width, layers = patch_size, n_channels, []
    if patch_size >= 12 and draw(st.booleans()):
        layers.append(nn.AvgPool2d(2))
        size //= 2
    for _ in range(draw(st.integers(1, 4))):
        kernel = draw(st.integers(1, min(4, size)))
        stride = draw(st.sampled_from([1, 1, 1, 2])) if size - kernel > 3 else 1
        after = draw(st.integers(1, 5))
        layers.append(nn.Conv2d(width, after, kernel, stride=stride))
        width, size = after, (size - kernel) // stride + 1
        if draw(st.booleans()):
            layers.append(nn.BatchNorm2d(width))
        activation = draw(st.sampled_from([nn.ReLU(), nn.LeakyReLU(0.1), nn.Tanh()]))
        first = draw(st.booleans())
        if first:
            layers.append(activation)
        pool = draw(st.sampled_from([nn.MaxPool2d, nn.AvgPool2d, None]))
        if pool is not None and size >= 3:
            kernel, stride = draw(st.sampled_from([(2, 2), (3, 2), (2, 1), (3, 3)]))
            layers.append(pool(kernel, stride=stride))
            size = (size - kernel) // stride + 1
        if not first:
            layers.append(activation)
    if draw(st.booleans()):
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        n_in = width
    else:
        layers.append(nn.Flatten())
        n_in = width * size**2
    layers += [nn.Linear(n_in, 4), nn.ReLU()]
    return layers, patch_size


def make_module(layers, n_features, n_channels=1, seed=0):
    """Return a RegionModule of a chain, with random weights and running averages."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        chain = Chain(layers, n_features)
        for layer in chain.modules():
            if hasattr(layer, "reset_parameters"):
                layer.reset_parameters()
            if hasattr(layer, "running_mean"):
                layer.running_mean.normal_(0, 0.3)
                layer.running_var.uniform_(0.5, 2)
    mean, std = np.linspace(90, 110, n_channels), np.linspace(30, 50, n_channels)
    return RegionModule(chain, mean, std, augment=False).eval()


def dilated_features(module, pixels, patch_size):
    """Evaluate a chain at every pixel by widening each layer after a stride.

    Returns an array of shape (height - size + 1, width - size + 1, n_features).
    """
    x = torch.from_numpy(np.asarray(pixels, dtype=np.float32))
    x = x.reshape(1, -1, *x.shape[-2:])
    x = (x - module.mean) / module.std
    size, apart = patch_size, 1
    with torch.no_grad():
        for layer in module.body.layers:
            if isinstance(layer, nn.Conv2d):
                x = nn.functional.conv2d(x, layer.weight, layer.bias, dilation=apart)
                size = (size - layer.kernel_size[0]) // layer.stride[0] + 1
                apart *= layer.stride[0]
            elif isinstance(layer, nn.MaxPool2d):
                x = nn.functional.max_pool2d(
                    x, layer.kernel_size, stride=1, dilation=apart
                )
                size = (size - layer.kernel_size) // layer.stride + 1
                apart *= layer.stride
            elif isinstance(layer, nn.AvgPool2d):
                x = _average(x, layer.kernel_size, apart)
                size = (size - layer.kernel_size) // layer.stride + 1
                apart *= layer.stride
            elif isinstance(layer, nn.AdaptiveAvgPool2d):
                x, size = _average(x, size, apart), 1
            elif isinstance(layer, nn.Linear):
                weight = layer.weight.reshape(len(layer.weight), -1, size, size)
                x = nn.functional.conv2d(x, weight, layer.bias, dilation=apart)
                size = 1
            elif not isinstance(layer, nn.Flatten):
                x = layer(x)
    rows, cols = (length - patch_size + 1 for length in np.shape(pixels)[-2:])
    return x[0, :, :rows, :cols].permute(1, 2, 0).numpy()


def _average(x, size, apart):
    kernel = torch.full((x.shape[1], 1, size, size), 1 / size**2)
    return nn.functional.conv2d(x, kernel, dilation=apart, groups=x.shape[1])
