"""Rows of patches with their classes, as a data loader reads them."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from sklearn_microarch.features._rows import read_batch
from sklearn_microarch.sampling import Patches


class RowDataset(Dataset):
    """Some rows (m,) of X with the class (m,) of each, 0 .. n_classes - 1."""

    def __init__(
        self, X: Patches | NDArray, rows: NDArray[np.integer], codes: NDArray[np.int64]
    ) -> None:
        self.X, self.rows, self.codes = X, rows, codes

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, item: int) -> tuple[torch.Tensor, torch.Tensor]:
        images, codes = self.__getitems__([item])
        return images[0], codes[0]

    def __getitems__(self, items: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Read a whole batch at once, which the data loader hands on as it is."""
        chosen = np.asarray(items)
        return read_batch(self.X, self.rows[chosen]), torch.from_numpy(
            self.codes[chosen]
        )
