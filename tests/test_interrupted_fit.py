"""Tests that a fit which is interrupted anywhere leaves an estimator as it was."""

import functools
import sys

import joblib
import numpy as np
import pytest
import threadpoolctl
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.decomposition import NMFEmbedder
from sklearn_microarch.features import CNNFeatureExtractor
from sklearn_microarch.images import SliceImage
from sklearn_microarch.sampling import PatchSampler
from sklearn_microarch.selection import CoverageLeakageSelector

ESTIMATORS = [
    PatchSampler(8, n_patches_per_roi=5, stride=4, tissue=None, random_state=0),
    CNNFeatureExtractor(
        max_epochs=2, batch_size=16, n_features=6, device="cpu", random_state=0
    ),
    NMFEmbedder(n_components=3, random_state=0),
    CoverageLeakageSelector(lam=0.1),
    GMMClusterer(n_clusters=2, random_state=0),
]
# Shares of a whole fit after which it is interrupted.
MOMENTS = (0.0, 0.3, 0.6, 0.9, 0.96)


def data_for(estimator):
    """Return what an estimator is fitted on."""
    rng = np.random.default_rng(0)
    labels = np.repeat([1, 2], 40)
    if isinstance(estimator, PatchSampler):
        return SliceImage(rng.integers(0, 255, (40, 50), dtype=np.uint8)), None
    if isinstance(estimator, CNNFeatureExtractor):
        patches = rng.integers(0, 255, (80, 16, 16), dtype=np.uint8)
        patches[40:] //= 3
        return patches, labels
    rows = rng.random((80, 6), dtype=np.float32)
    rows[40:, :3] *= 5
    return rows, labels


def holds_locks(frame):
    """Return whether threadpoolctl is at work.

    Interrupted between taking a lock and giving it back, it would wait for itself the
    next time.
    """
    while frame is not None:
        if frame.f_code.co_filename == threadpoolctl.__file__:
            return True
        frame = frame.f_back
    return False


class Calls:
    """Counts calls while a function runs, and raises KeyboardInterrupt at one."""

    def __init__(self, stop_at=None):
        self.n, self.stop_at = 0, stop_at

    def __call__(self, frame, event, _argument):
        if event in ("call", "c_call"):
            self.n += 1
            due = self.stop_at is not None and self.n >= self.stop_at
            if due and not holds_locks(frame):
                self.stop_at = None
                raise KeyboardInterrupt

    def run(self, function, *arguments):
        sys.setprofile(self)
        try:
            function(*arguments)
        finally:
            sys.setprofile(None)


@functools.cache
def n_calls(at):
    """Return how many calls a whole fit makes."""
    # The first loads modules and fills caches.
    for _ in range(2):
        calls = Calls()
        calls.run(clone(ESTIMATORS[at]).fit, *data_for(ESTIMATORS[at]))
    return calls.n


def interrupt(estimator, at, moment):
    """Interrupt a fit at a share of its calls."""
    first = 1 + int(moment * (n_calls(at) - 1))
    with pytest.raises(KeyboardInterrupt):
        Calls(first).run(estimator.fit, *data_for(estimator))


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("at", range(len(ESTIMATORS)), ids=lambda at: str(at))
def test_an_interrupted_fit_leaves_nothing(at, moment):
    estimator = clone(ESTIMATORS[at])
    before = dict(vars(estimator))
    interrupt(estimator, at, moment)
    assert vars(estimator) == before
    with pytest.raises(NotFittedError):
        check_is_fitted(estimator)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("at", range(len(ESTIMATORS)), ids=lambda at: str(at))
def test_an_interrupted_refit_leaves_the_earlier_fit(at, moment):
    estimator = clone(ESTIMATORS[at])
    X, y = data_for(estimator)
    estimator.fit(X, y)
    before, values = dict(vars(estimator)), joblib.hash(outcome(estimator, X))
    interrupt(estimator, at, moment)
    # The very same objects, which say the same.
    assert {name: id(one) for name, one in vars(estimator).items()} == {
        name: id(one) for name, one in before.items()
    }
    assert joblib.hash(outcome(estimator, X)) == values


def outcome(estimator, X):
    """Return what a fitted estimator says of its own data."""
    if isinstance(estimator, PatchSampler):
        return estimator.cut(X).positions
    if hasattr(estimator, "transform"):
        return estimator.transform(X)
    return estimator.predict(X)
