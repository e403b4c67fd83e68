"""What a slice looks like from place to place: one texture code for each cell."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from sklearn_microarch.images import SliceImage

# Edge length of a cell: less than a hand's jitter, more than a cell body.
CELL_UM = 10.0
# Cells of a slice, at most; larger slices are looked at more coarsely.
_MOST_CELLS = 200_000
_N_TEXTURES = 20
_N_LEARNED = 6000
# Blurs between which texture is measured.
_BANDS_UM = (2.5, 6.5, 14.0)
_SOURCE_ROWS = 1024


@dataclass(frozen=True, eq=False)
class TextureGrid:
    """Codes of texture on a coarse grid; the last code is what is no tissue."""

    # (rows, columns), 0 .. n_codes - 1
    codes: NDArray[np.int64]
    n_codes: int
    # Mean grey level of the tissue of each cell and its surroundings.
    grey: NDArray[np.float64]
    # Edge length of a cell.
    cell_px: int
    cell_um: float

    @property
    def tissue(self) -> NDArray[np.bool_]:
        """Which cells are tissue."""
        return self.codes < self.n_codes - 1

    def sample(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return values (height, width) of pixels at the middle of each cell."""
        half = self.cell_px // 2
        rows, cols = self.codes.shape
        return values[half :: self.cell_px, half :: self.cell_px][:rows, :cols]


def read_texture(
    image: SliceImage,
    tissue: NDArray[np.bool_],
    pixel_size_um: float,
    rng: np.random.RandomState,
) -> TextureGrid:
    """Sort the cells of a slice by grey level, grain and direction of its texture."""
    height, width = image.shape
    cell_um = max(CELL_UM, pixel_size_um * (height * width / _MOST_CELLS) ** 0.5)
    cell_px = max(1, min(round(cell_um / pixel_size_um), height, width))
    n_rows, n_cols = height // cell_px, width // cell_px
    share = cell_means(tissue, cell_px)
    parts = []
    step = max(1, _SOURCE_ROWS // cell_px) * cell_px
    reach = int(4 * _BANDS_UM[-1] / pixel_size_um) + 1
    for top in range(0, n_rows * cell_px, step):
        bottom = min(top + step, n_rows * cell_px)
        first, last = max(0, top - reach), min(height, bottom + reach)
        grey = image.read(slice(first, last), slice(0, width))
        grey = grey.mean(axis=0) if grey.ndim == 3 else grey
        planes = _planes(grey.astype(np.float32), pixel_size_um)
        kept = slice(top - first, bottom - first)
        inside = tissue[top:bottom]
        parts.append(
            np.stack([cell_means(plane[kept] * inside, cell_px) for plane in planes])
        )
    sums = np.concatenate(parts, axis=1)
    found = share > 0.5
    codes = np.full((n_rows, n_cols), -1, dtype=np.int64)
    features = _features(sums, share)
    if found.any():
        codes[found] = _quantise(features[found], rng)
    n_codes = int(codes.max()) + 2
    codes[~found] = n_codes - 1
    return TextureGrid(
        codes, n_codes, features[..., 0], cell_px, cell_px * pixel_size_um
    )


def cell_means(plane: NDArray, cell_px: int) -> NDArray[np.float32]:
    """Return means over whole squares of a plane (height, width)."""
    rows, cols = plane.shape[0] // cell_px, plane.shape[1] // cell_px
    cut = plane[: rows * cell_px, : cols * cell_px]
    squares = cut.reshape(rows, cell_px, cols, cell_px)
    means: NDArray[np.float32] = squares.mean(axis=(1, 3), dtype=np.float32)
    return means


def _planes(
    grey: NDArray[np.float32], pixel_size_um: float
) -> list[NDArray[np.float32]]:
    """Return grey level, energy in bands and direction of the gradient, by pixel."""
    fine, middle, coarse = (
        ndimage.gaussian_filter(grey, um / pixel_size_um, mode="nearest")
        for um in _BANDS_UM
    )
    down, across = np.gradient(fine - coarse) if min(grey.shape) > 1 else (grey, grey)
    return [
        fine,
        (grey - fine) ** 2,
        (fine - middle) ** 2,
        (middle - coarse) ** 2,
        down**2 + across**2,
        across**2 - down**2,
        2 * across * down,
    ]


def _features(
    sums: NDArray[np.float32], share: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return features (rows, columns, 6) of cells, each of its surroundings' tissue."""

    def pooled(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float64]:
        weight = ndimage.gaussian_filter(share.astype(float), sigma)
        total = ndimage.gaussian_filter(plane.astype(float), sigma)
        return np.asarray(total / (weight + 1e-3))

    grey, *bands, energy, upright, slanting = sums
    steepness = pooled(energy, 2.0)
    floor = 1e-3 * steepness.max() + 1e-12
    features = [pooled(grey, 1.0)]
    for band in bands:
        pooled_band = pooled(band, 1.5)
        features.append(0.5 * np.log(pooled_band + 1e-4 * pooled_band.max() + 1e-12))
    features += [
        0.7 * pooled(plane, 2.0) / (steepness + floor) for plane in (upright, slanting)
    ]
    return np.stack(features, axis=-1)


def _quantise(
    features: NDArray[np.float64], rng: np.random.RandomState
) -> NDArray[np.int64]:
    """Return the nearest of a few typical textures of each row."""
    middle = np.median(features, axis=0)
    spread = 1.4826 * np.median(np.abs(features - middle), axis=0)
    scaled = np.clip((features - middle) / np.maximum(spread, 1e-9), -4, 4)
    # Direction is the weakest of the signs.
    scaled[:, -2:] *= 0.7
    learned = scaled[rng.permutation(len(scaled))[:_N_LEARNED]]
    n_textures = min(_N_TEXTURES, len(np.unique(learned, axis=0)))
    net = KMeans(n_textures, n_init=2, max_iter=50, random_state=rng)
    with warnings.catch_warnings():
        # Fewer kinds than asked for are as good.
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(learned)
    return np.asarray(net.predict(scaled), dtype=np.int64)
