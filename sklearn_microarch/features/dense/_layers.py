"""The few kinds of layer that dense evaluation knows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Conv:
    """A convolution without padding; also a linear layer, its input as the kernel.

    Parameters
    ----------
    weight : tensor of shape (n_out, n_in / groups, kernel_rows, kernel_cols)
    bias : tensor of shape (n_out,)
    stride, dilation : pair of int, unit: positions
    groups : int
    """

    weight: torch.Tensor
    bias: torch.Tensor
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

    Parameters
    ----------
    kind : {"max", "mean", "sum"}
    kernel, stride, dilation : pair of int, unit: positions
    """

    kind: Literal["max", "mean", "sum"]
    kernel: Pair
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)


@dataclass(frozen=True, eq=False)
class Affine:
    """Scale and shift each channel, as batch normalisation does once trained.

    Parameters
    ----------
    scale, shift : tensor of shape (n_channels,)
    """

    scale: torch.Tensor
    shift: torch.Tensor


@dataclass(frozen=True, eq=False)
class Pointwise:
    """A function of each value alone.

    Parameters
    ----------
    function : callable
        From a tensor to one of the same shape.
    """

    function: Callable[[torch.Tensor], torch.Tensor]


Layer = Conv | Pool | Affine | Pointwise
