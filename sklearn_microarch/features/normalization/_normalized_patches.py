"""Patches whose grey levels are brought to the exposure of the fit as they are read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_microarch.features.normalization._exposure import Profiles
from sklearn_microarch.features.normalization._slice_normalizer import SliceNormalizer
from sklearn_microarch.images.lazy._block_cache import cuttable
from sklearn_microarch.sampling import Patches
from sklearn_microarch.sampling._gather import gather_patches, read_region


class NormalizedPatches(Patches):
    """A view of patches that gives float32, normalized slice by slice.

    Whether rows are read patch by patch or as a block, a pixel becomes the same number.
    What lies beyond a border is filled after the normalization.
    """

    profiles: dict[int, Profiles]  # of each image that some patch refers to

    @classmethod
    def of(cls, patches: Patches, normalizer: SliceNormalizer) -> "NormalizedPatches":
        """Wrap patches; the exposures of their slices are estimated."""
        found = object.__new__(cls)
        vars(found).update(vars(patches))
        found.profiles = {
            index: normalizer.profiles(patches.images[index])
            for index in np.unique(patches.positions[:, 0]).tolist()
        }
        return found

    @property
    def dtype(self) -> np.dtype:
        """Type of the normalized grey levels."""
        return np.dtype(np.float32)

    def take(self, rows: Any) -> "NormalizedPatches":  # noqa: ANN401 - any numpy index
        """Return some of the patches, as a view of the same images."""
        taken: NormalizedPatches = super().take(rows)  # type: ignore[assignment]
        taken.profiles = self.profiles
        return taken

    def gather(self, rows: NDArray[np.integer]) -> NDArray:
        """Return some patches, normalized (m, [n_channels,] size, size)."""
        chosen = self.take(rows).positions
        out = np.empty((len(chosen), *self.shape[1:]), dtype=np.float32)
        size, half = self.patch_size, self.patch_size // 2
        for index in np.unique(chosen[:, 0]):
            here = np.flatnonzero(chosen[:, 0] == index)
            centres = chosen[here, 1:]
            limits = np.array(self.images[index].shape)
            top = centres - half
            over = ((top < 0) | (top + size > limits)).any(axis=1)
            inner = here[~over]
            if len(inner):
                out[inner] = self._inside(int(index), top[~over], centres[~over])
            for at, (row, col) in zip(here[over], top[over].tolist(), strict=True):
                region = self.region(
                    int(index), range(row, row + size), range(col, col + size)
                )
                out[at] = region.reshape(self.shape[1:])
        return out

    def _inside(
        self, index: int, top: NDArray[np.integer], centres: NDArray[np.integer]
    ) -> NDArray[np.float32]:
        size, profiles = self.patch_size, self.profiles[index]
        grey = gather_patches(
            cuttable(self.images[index]),
            centres[:, 0],
            centres[:, 1],
            size,
            self.border,
        ).astype(np.float32)
        steps = np.arange(size)
        # (n, n_channels, size): the patches first.
        by_row = profiles.rows[:, top[:, :1] + steps].swapaxes(0, 1)
        by_col = profiles.cols[:, top[:, 1:] + steps].swapaxes(0, 1)
        channels = grey.reshape(len(grey), -1, size, size)
        return _normalize(channels, profiles.offset, by_row, by_col).reshape(grey.shape)

    def region(self, index: int, rows: range, cols: range) -> NDArray[np.float32]:
        """Return a rectangle of an image, normalized (n_channels, n_rows, n_cols)."""
        profiles, border = self.profiles[index], self.border
        image = self.images[index]
        raw = read_region(cuttable(image), rows, cols, border).astype(np.float32)
        grey = raw.reshape(-1, len(rows), len(cols))
        by_row = _along(profiles.rows, rows, border)
        by_col = _along(profiles.cols, cols, border)
        found = _normalize(grey, profiles.offset, by_row, by_col)
        if border != "reflect":
            found[:, _beyond(rows, image.shape[0])] = 0
            found[:, :, _beyond(cols, image.shape[1])] = 0
        return found


def _normalize(
    grey: NDArray[np.float32],
    offset: NDArray[np.float32],
    by_row: NDArray[np.float32],
    by_col: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Remove an exposure from (..., n_channels, n_rows, n_cols).

    In one order of operations wherever pixels are read.
    """
    gain = by_row[..., :, None] * by_col[..., None, :]
    found: NDArray[np.float32] = (grey - offset[:, :, None]) / gain
    return found


def _beyond(places: range, length: int) -> NDArray[np.bool_]:
    at = np.array(places)
    return (at < 0) | (at >= length)


def _along(
    profile: NDArray[np.float32], places: range, border: str
) -> NDArray[np.float32]:
    """Return the profile (n_channels, n) of rows or columns, which may lie outside."""
    if border == "reflect":
        return read_region(profile[:, None], range(1), places, border)[:, 0]
    # What is beyond is filled afterwards.
    return profile[:, np.array(places).clip(0, profile.shape[1] - 1)]
