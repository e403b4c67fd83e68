"""Slices, odd pipelines and small questions shared by the tests of mapping."""

import functools

import numpy as np
from pipelines import fitted_pipeline, phantom, training_patches
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_microarch import map_slice
from sklearn_microarch.mapping._microarch_maps import KINDS


@functools.cache
def piece():
    """Return a part of a slice, of which no side is a multiple of 3 or 7."""
    image = phantom().images[1]
    return image.replace(data=image.data[:200, 100:800], specimen="mouse 1")


@functools.cache
def in_memory(stride=3):
    """Return the maps of the piece, as arrays."""
    return map_slice(fitted_pipeline(), piece(), stride=stride)


class Threshold(ClusterMixin, BaseEstimator):
    """Cluster patches by their mean grey level, under any names."""

    def __init__(self, names=(0, 1)):
        self.names = names

    def fit(self, X, y=None):  # noqa: ARG002 - as scikit-learn calls it
        self.level_ = np.asarray(X).mean()
        return self

    def predict(self, X):
        bright = np.asarray(X).mean(axis=(1, 2)) > self.level_
        # Names as wide as they need be among these rows.
        return np.array([self.names[at] for at in bright.astype(int)])


def mean_and_spread(patches):
    """Return two numbers for each patch, as float64."""
    pixels = np.asarray(patches).astype(float)
    return np.column_stack([pixels.mean(axis=(1, 2)), pixels.std(axis=(1, 2))])


@functools.cache
def by_threshold(names=(0, 1)):
    """Return a pipeline that knows neither factors nor regions."""
    steps = [("patches", fitted_pipeline()["patches"]), ("cluster", Threshold(names))]
    return Pipeline(steps).fit(training_patches()[0])


@functools.cache
def without_network():
    """Return a pipeline of other estimators, which knows no regions."""
    steps = [
        ("patches", fitted_pipeline()["patches"]),
        ("describe", FunctionTransformer(mean_and_spread)),
        ("cluster", KMeans(3, random_state=0, n_init=1)),
    ]
    return Pipeline(steps).fit(training_patches()[0])


def assert_equal_maps(found, expected):
    """Compare values to the bit, and what is said of them."""
    for kind in KINDS:
        values = getattr(expected, kind)
        if values is None:
            assert getattr(found, kind) is None
            continue
        ours = np.asarray(getattr(found, kind))
        # Labels on disk come as int64, whatever integers clusters were.
        assert ours.dtype.kind == values.dtype.kind
        assert ours.dtype == values.dtype or kind == "clusters"
        np.testing.assert_array_equal(ours, values)
    assert found.factor_names == expected.factor_names
    assert found.region_names == expected.region_names
    regions, ours = expected.predicted_regions, found.predicted_regions
    assert (regions is None) == (ours is None)
    if regions is not None:
        np.testing.assert_array_equal(np.asarray(ours), regions)
    assert found.grid == expected.grid
    assert found.image.pixel_size_um == expected.image.pixel_size_um
    np.testing.assert_array_equal(found.image.pixels, expected.image.pixels)


def bytes_of(folder):
    """Return the content of every file in a folder, by its name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
