"""Read the grey levels under a block, as tensors."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

# Rows and columns, which may lie beyond the slice, to (n_channels, n_rows, n_cols).
ReadPixels = Callable[[range, range], NDArray]


class Source:
    """A slice as standardized blocks of pixels.

    ``mean`` and ``std`` are of shape (n_channels, 1, 1).
    """

    def __init__(self, read: ReadPixels, mean: torch.Tensor, std: torch.Tensor) -> None:
        self._read = read
        self._mean, self._std = mean, std

    def read(self, rows: range, cols: range) -> torch.Tensor:
        """Return a tensor of shape (1, n_rows, n_cols, n_channels), dtype float32."""
        pixels = self._read(rows, cols).astype(np.float32)
        grey = torch.from_numpy(pixels).to(self._mean.device)
        return ((grey - self._mean) / self._std).permute(1, 2, 0)[None]
