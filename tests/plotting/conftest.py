"""Fixtures for displays: small slices, and figures that are closed again."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_microarch.images import SliceImage


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    yield
    plt.close("all")


@pytest.fixture
def slice_image(rng) -> SliceImage:
    """Return a wide slice whose sides are no multiples of the cells used here."""
    pixels = rng.integers(60, 200, size=(101, 403)).astype(np.uint8)
    return SliceImage(pixels, 1.17, name="wide")


@pytest.fixture
def maps(slice_image, rng) -> SimpleNamespace:
    """Return maps of the wide slice, one cell for every eighth pixel."""
    height, width = 13, 51
    factors = np.full((height, width, 4), np.nan, dtype=np.float32)
    probabilities = np.full((height, width, 3), np.nan, dtype=np.float32)
    clusters = np.full((height, width), -1)
    cells = (slice(2, 10), slice(10, 40))
    shape = clusters[cells].shape
    factors[cells] = rng.exponential(size=(*shape, 4))
    probabilities[cells] = rng.dirichlet(np.ones(3), size=shape)
    clusters[cells] = rng.integers(0, 3, size=shape)
    return SimpleNamespace(
        image=slice_image,
        cell_size=8.0,
        offset=(0.0, 0.0),
        factors=factors,
        factor_names=["factor01_CTX", "factor04_VP", "factor07_ZI", "factor12_WM"],
        clusters=clusters,
        region_probabilities=probabilities,
        region_names=["CTX", "VP", "ZI"],
    )


@pytest.fixture
def maps_of_two(maps, rng) -> list[SimpleNamespace]:
    """Return maps of two specimens, the second's slice smaller, ten times as strong.

    It lacks the last cluster, and its model was not asked about the last region.
    """
    image = SliceImage(rng.integers(60, 200, (69, 301)).astype(np.uint8), 1.17)
    other = SimpleNamespace(**vars(maps))
    other.image = image.replace(name="narrow", specimen="B")
    other.factors = 10 * maps.factors[:9, :38]
    other.clusters = np.minimum(maps.clusters[:9, :38], 1)
    other.region_probabilities = maps.region_probabilities[:9, :38, :2].copy()
    other.region_probabilities /= other.region_probabilities.sum(axis=2, keepdims=True)
    other.region_names = ["VP", "ZI"]
    first = SimpleNamespace(**vars(maps))
    first.image = maps.image.replace(specimen="A")
    return [first, other]


@pytest.fixture
def color_at():
    """Return a function that reads the colour drawn at a pixel of the slice."""

    def read(ax, row: int, column: int) -> list[int]:
        ax.figure.canvas.draw()
        screen = np.asarray(ax.figure.canvas.buffer_rgba())
        x, y = ax.transData.transform((column, row))
        return screen[len(screen) - 1 - int(y), int(x), :3].tolist()

    return read
