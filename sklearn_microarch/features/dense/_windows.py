"""Maxima and sums over sliding windows of rows or columns."""

from typing import Literal

import torch

Kind = Literal["max", "sum"]


def combine(
    a: torch.Tensor, b: torch.Tensor, kind: Kind, out: torch.Tensor | None = None
) -> torch.Tensor:
    """Return the larger value, or the sum, of two tensors of one shape."""
    function = torch.maximum if kind == "max" else torch.add
    return function(a, b, out=out)


def slide(
    x: torch.Tensor, axis: int, length: int, dilation: int, kind: Kind
) -> torch.Tensor:
    """Return the maximum or sum of ``length`` values, at every place they fit.

    Parameters
    ----------
    x : tensor
    axis : int
        Along which windows slide.
    length : int
        Values in a window, at least 2.
    dilation : int
        Distance of neighbouring values of a window.
    kind : {"max", "sum"}

    Returns
    -------
    windows : tensor
        Shorter along ``axis`` by ``(length - 1) * dilation``.

    Notes
    -----
    Windows of length 1, 2, 4, ... are built from two halves, and those that make up
    ``length`` are joined: about 2 log2(length) passes. The order of additions is
    the same for every window.
    """
    size = x.shape[axis]
    n_out = size - (length - 1) * dilation
    power, width, covered = x, 1, 0
    found: torch.Tensor | None = None
    while True:
        if length & width:
            part = power.narrow(axis, covered * dilation, n_out)
            found = part if found is None else combine(found, part, kind)
            covered += width
        if covered == length:
            break
        shift = width * dilation
        kept = power.shape[axis] - shift
        power = combine(
            power.narrow(axis, 0, kept), power.narrow(axis, shift, kept), kind
        )
        width *= 2
    assert found is not None
    return found
