"""Read the grey levels under a block, whatever lies beyond the image's border."""

import numpy as np
import torch
from numpy.typing import NDArray

from sklearn_microarch.sampling._gather import read_region


class Source:
    """A slice ([n_channels,] height, width) as normalised blocks of pixels.

    ``mean`` and ``std`` are of shape (n_channels, 1, 1).
    """

    def __init__(
        self, pixels: NDArray, border: str, mean: torch.Tensor, std: torch.Tensor
    ) -> None:
        self._pixels, self._border = pixels, border
        self._mean, self._std = mean, std

    def read(self, rows: range, cols: range) -> torch.Tensor:
        """Return a tensor of shape (1, n_rows, n_cols, n_channels), dtype float32."""
        region = read_region(self._pixels, rows, cols, self._border)
        grey = torch.from_numpy(region.astype(np.float32)).to(self._mean.device)
        grey = grey.reshape(-1, len(rows), len(cols))
        return ((grey - self._mean) / self._std).permute(1, 2, 0)[None]
