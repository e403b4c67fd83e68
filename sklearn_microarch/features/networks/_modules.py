"""Network architectures: from a patch to features, from features to region logits."""

from torch import nn


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
