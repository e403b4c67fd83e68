"""Cells over a made-up slice, and maps of which the truth is known."""

from dataclasses import replace

import numpy as np
from scipy import ndimage

from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork
from sklearn_microarch.trust.nulls._surrogates import draw_noise

ROWS, COLS, PATCH = 45, 96, 5
REGIONS = ["left", "middle", "right"]


def cells(animals=("",)):
    """Return tissue with three regions of unlike shape, and a rim without a region."""
    rows, cols = np.indices((ROWS, COLS))
    codes = np.full((ROWS, COLS), -1)
    inner = (rows > 8) & (rows < 37) & (cols > 16) & (cols < 80)
    codes[inner] = 0
    codes[inner & ((rows - 20) ** 2 / 4 + (cols - 45) ** 2 < 120)] = 1
    codes[inner & (cols > 60 + rows // 4)] = 2
    at, labels = [], []
    for index in range(len(animals)):
        places = np.argwhere(rows >= 0)
        at.append(np.column_stack([np.full(len(places), index), places]))
        labels.append(codes.ravel())
    grey = ndimage.gaussian_filter(np.random.default_rng(5).normal(size=codes.shape), 9)
    return TissueCells(
        np.concatenate(at),
        np.concatenate(labels),
        [(ROWS, COLS)] * len(animals),
        float(PATCH),
        REGIONS,
        np.tile(grey.ravel(), len(animals)),
        animals,
    )


def noise(found, width, seed):
    """Return smooth random values (n,) of variance 1."""
    return draw_noise(found, width, np.random.RandomState(seed))


def planted(found, seed=0):
    """Return a map that marks "right", with structure of its own inside regions."""
    inside = 1.0 * (found.codes == 2)
    return inside * (1 + 0.4 * noise(found, PATCH, seed)) + 0.1 * noise(found, 2, 9)


def network(maps, seed):
    """Return maps (n, k) as a network would give them: with noise of its own."""
    rng = np.random.default_rng(seed)
    noisy = maps + 0.1 * maps.std(axis=0) * rng.normal(size=maps.shape)
    names = [f"factor{at:02d}" for at in range(maps.shape[1])]
    logits = rng.normal(size=(len(maps), 3))
    return MapsOfNetwork(noisy, np.empty((len(maps), 0)), logits, names, [])


def layered(uneven=0.08, animals=("",)):
    """Return cells with a depth, in three layers whose thickness changes along it."""
    found = cells(animals)
    rows, cols = found.at[:, 1], found.at[:, 2]
    depth = np.where(rows < 36, rows / 36, np.nan)
    along = ndimage.gaussian_filter1d(np.random.default_rng(3).normal(size=COLS), 4)
    shift = uneven * (along / along.std())[cols]
    codes = (depth > 0.35 + shift).astype(int) + (depth > 0.65 - shift)
    codes[np.isnan(depth)] = -1
    names = ["upper", "granular", "lower"]
    return replace(found, codes=codes, depth=depth, regions=names)


def soft(found, marked):
    """Return where cells are marked (n,), blurred by half a patch, on each slice."""
    values = np.empty(len(found.at))
    for index in range(len(found.shapes)):
        here = found.at[:, 0] == index
        grid = found.lay_out(marked.astype(float), index, 0.0)
        blurred = ndimage.gaussian_filter(grid, PATCH / 2)
        values[here] = blurred[tuple(found.at[here, 1:].T)]
    return values
