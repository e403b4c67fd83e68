"""Maxima and sums over sliding windows of rows or columns."""

from functools import lru_cache
from typing import Literal

import torch

Kind = Literal["max", "sum"]
# Up to this many values, sums of windows are cheapest as products with a matrix.
LONGEST_PRODUCT = 96


def combine(
    a: torch.Tensor, b: torch.Tensor, kind: Kind, out: torch.Tensor | None = None
) -> torch.Tensor:
    """Return the larger value, or the sum, of two tensors of one shape."""
    function = torch.maximum if kind == "max" else torch.add
    return function(a, b, out=out)


def slide(
    x: torch.Tensor, axis: int, length: int, dilation: int, kind: Kind
) -> torch.Tensor:
    """Return the maximum or sum of ``length`` >= 2 values, at every place they fit.

    ``x`` is (n_fragments, n_rows, n_cols, n_channels), the ``axis`` along which windows
    slide 1 or 2. Sums of few values are products with a matrix of zeros and ones, which
    pass over the values once. Else windows of length 1, 2, 4, ... are built from two
    halves, and those that make up ``length`` are joined: about 2 log2(length) passes.
    The order of additions is the same for every window.
    """
    size = x.shape[axis]
    n_out = size - (length - 1) * dilation
    if kind == "sum" and size <= LONGEST_PRODUCT:
        band = _band_matrix(n_out, length, dilation, x.dtype, x.device)
        if axis == 2:
            return torch.matmul(band, x)
        return torch.matmul(band, x.flatten(2)).unflatten(2, x.shape[2:])
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


@lru_cache(maxsize=32)
def _band_matrix(
    n_out: int, length: int, dilation: int, dtype: torch.dtype, device: torch.device
) -> torch.Tensor:
    """Return a matrix whose row i has ones at the places of window i."""
    band = torch.zeros(n_out, n_out + (length - 1) * dilation)
    for at in range(length):
        band.diagonal(at * dilation)[:n_out] = 1
    return band.to(device, dtype)
