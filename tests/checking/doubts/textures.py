"""Slices of two textures, and a classifier that tells them by their spread."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from sklearn_microarch import PatchSampler, SliceImage

PATCH = 16
NAMES = {1: "fine", 2: "middle", 3: "coarse"}


class SpreadClassifier(ClassifierMixin, BaseEstimator):
    """Tells regions by the spread of their grey levels."""

    def fit(self, X, y):
        self.model_ = GaussianNB().fit(self._spread(X), y)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X):
        return self.model_.predict_proba(self._spread(X))

    def _spread(self, X):
        return np.log(np.asarray(X, dtype=float).std(axis=(1, 2)))[:, None]


def pipeline():
    """Return a sampler and a classifier, not fitted."""
    return make_pipeline(PatchSampler(PATCH, tissue=None), SpreadClassifier())


def textured(codes, seed=0, **about):
    """Return a slice whose texture is what codes say."""
    spread = np.array([3.0, 3.0, 10.0, 30.0])[codes]
    grey = np.random.default_rng(seed).normal(100, spread)
    return SliceImage(grey, 2.0, **about)


def stripes(shape=(96, 192), ends=(64, 128)):
    """Return codes of three regions side by side."""
    columns = 1 + np.searchsorted(ends, np.arange(shape[1]), side="right")
    return np.tile(columns, (shape[0], 1))
