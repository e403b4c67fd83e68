"""Small maps and tables of animals, shared by the tests of anatomy."""

import numpy as np

from sklearn_microarch import SliceImage
from sklearn_microarch.mapping import MicroarchMaps

NAMES = {1: "CTX", 2: "CC"}


def slice_maps(specimen="m1", name="s1", *, size=(60, 90), cell_size=10, **known):
    """Return maps of a slice whose values tell their cell; the last row has none."""
    grey = np.arange(size[0] * size[1], dtype=np.float32).reshape(size)
    given = {"pixel_size_um": 20.0} | known
    image = SliceImage(grey, name=name, specimen=specimen, **given)
    rows, cols = MicroarchMaps(image, cell_size=cell_size).grid.shape
    factors = np.zeros((rows, cols, 2))
    factors[..., 0] = np.arange(cols)
    factors[..., 1] = np.arange(rows)[:, np.newaxis] > 0
    clusters = np.arange(cols)[np.newaxis].repeat(rows, axis=0) % 3
    factors[-1], clusters[-1] = np.nan, -1
    return MicroarchMaps(
        image, cell_size, factors=factors, factor_names=["a", "b"], clusters=clusters
    )


def two_regions(size=(60, 90)):
    """Return codes: region 1 on the left third, region 2 right of it, a blank rim."""
    codes = np.full(size, 2)
    codes[:, : size[1] // 3] = 1
    codes[:, -10:] = 0
    return codes


def noted(maps, **about):
    """Return maps with what a mapping notes on slice and model."""
    object.__setattr__(maps, "about", about)
    return maps


def animals_table(values, groups, *, region="CTX", name="a", sections=1, **columns):
    """Return a table of one factor in one region, each animal with equal sections."""
    n = len(values)
    each = np.repeat(np.arange(n), sections)
    table = {
        "specimen": [f"m{animal}" for animal in each],
        "group": [groups[animal] for animal in each],
        "side": [""] * len(each),
        "slice": [f"s{section}" for section in np.tile(np.arange(sections), n)],
        "region": [region] * len(each),
        "kind": ["factor"] * len(each),
        "name": [name] * len(each),
        "loading": np.repeat(np.asarray(values, dtype=float), sections),
        "n_independent": [10] * len(each),
    }
    return {key: np.array(column) for key, column in (table | columns).items()}


def joined(*tables):
    """Return the rows of several tables in one."""
    return {
        name: np.concatenate([table[name] for table in tables]) for name in tables[0]
    }
