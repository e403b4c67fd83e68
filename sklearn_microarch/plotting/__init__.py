"""Displays of maps over their slice, in the manner of scikit-learn's displays."""

from sklearn_microarch.plotting import _matplotlib  # noqa: F401 - fails first
from sklearn_microarch.plotting._clusters import ClusterMapDisplay
from sklearn_microarch.plotting._composite import CompositeMapDisplay
from sklearn_microarch.plotting._factors import FactorMapDisplay
from sklearn_microarch.plotting._regions import RegionMapDisplay
from sklearn_microarch.plotting._scale_bar import add_scale_bar

__all__ = [
    "ClusterMapDisplay",
    "CompositeMapDisplay",
    "FactorMapDisplay",
    "RegionMapDisplay",
    "add_scale_bar",
]
