"""Tests of sklearn_microarch._version."""

import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from test_common import ESTIMATORS

from sklearn_microarch import NMFEmbedder, _version
from sklearn_microarch.exceptions import ModelVersionWarning


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
def test_another_version_is_warned_of_on_loading(estimator, monkeypatch):
    monkeypatch.setattr(_version, "__version__", "0.0.1")
    stored = pickle.dumps(clone(estimator))
    assert repr(pickle.loads(stored)) == repr(estimator)
    monkeypatch.undo()
    with pytest.warns(
        ModelVersionWarning, match=r"saved with sklearn_microarch 0\.0\.1"
    ):
        loaded = pickle.loads(stored)
    assert repr(loaded) == repr(estimator)


def test_the_stamp_is_no_attribute_and_leaves_hashes_alike():
    embedder = NMFEmbedder(2, random_state=0).fit(np.eye(5))
    loaded = pickle.loads(pickle.dumps(embedder))
    assert vars(loaded).keys() == vars(embedder).keys()
    assert joblib.hash(loaded) == joblib.hash(embedder)
