"""The few kinds of layer that dense evaluation knows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Conv:
    """A convolution without padding; also a linear layer, its input as the kernel.

    Strides and dilations count positions, not pixels.
    """

    weight: torch.Tensor  # (n_out, n_in / groups, kernel_rows, kernel_cols)
    bias: torch.Tensor  # (n_out,)
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    groups: int = 1

    @property
    def kernel(self) -> Pair:
        """Rows and columns of the kernel."""
        return self.weight.shape[2], self.weight.shape[3]

    @property
    def macs(self) -> int:
        """Multiply-adds of one output position."""
        return self.weight.numel()


@dataclass(frozen=True)
class Pool:
    """The maximum, the mean or the sum over a window, channel by channel.

    Kernel, stride and dilation count positions, not pixels.
    """

    kind: Literal["max", "mean", "sum"]
    kernel: Pair
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)


@dataclass(frozen=True, eq=False)
class Affine:
    """Scale and shift each channel, as batch normalisation does once trained."""

    scale: torch.Tensor  # (n_channels,)
    shift: torch.Tensor  # (n_channels,)


@dataclass(frozen=True, eq=False)
class Pointwise:
    """A function of each value alone, from a tensor to one of the same shape."""

    function: Callable[[torch.Tensor], torch.Tensor]


Layer = Conv | Pool | Affine | Pointwise


def multiplied(a: Pair, b: Pair) -> Pair:
    """Return the products, of rows and of columns."""
    return a[0] * b[0], a[1] * b[1]


def divided(a: Pair, b: Pair) -> Pair:
    """Return the whole quotients, of rows and of columns."""
    return a[0] // b[0], a[1] // b[1]
