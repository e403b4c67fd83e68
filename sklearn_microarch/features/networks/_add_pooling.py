"""Poolings that shrink to what a patch allows."""

from torch import nn


def add_pooling(
    layers: list[nn.Module],
    shape: tuple[int, int],
    kind: type[nn.MaxPool2d] | type[nn.AvgPool2d],
) -> tuple[int, int]:
    """Append a 2 x 2 pooling along the axes long enough, and return the shape after."""
    pool = (min(2, shape[0]), min(2, shape[1]))
    if pool != (1, 1):
        layers.append(kind(pool))
    return shape[0] // pool[0], shape[1] // pool[1]
