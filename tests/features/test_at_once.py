"""Tests of extractors that several threads use at the same time."""

import pickle
import sys
import threading

import joblib
import numpy as np
import pytest
import torch
from pipelines import fitted_pipeline, phantom
from sklearn.base import clone

from sklearn_microarch import CNNFeatureExtractor, Patches

N_THREADS, N_ROUNDS = 4, 12


@pytest.fixture(autouse=True)
def eager_switching():
    """Let threads take turns often, so that they meet each other half-way."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def at_once(*functions):
    """Return what functions return that begin at the same time, in threads."""
    found, barrier = [None] * len(functions), threading.Barrier(len(functions))

    def run(at, function):
        barrier.wait()
        try:
            found[at] = function()
        except BaseException as error:
            found[at] = error

    threads = [
        threading.Thread(target=run, args=(at, function))
        for at, function in enumerate(functions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in found:
        if isinstance(result, BaseException):
            raise result
    return found


@pytest.mark.parametrize("one_each", [False, True], ids=["one object", "one each"])
def test_freshly_loaded_extractors_transform_alike(one_each):
    stored = pickle.dumps(fitted_pipeline()["features"])
    places = np.argwhere(np.ones((20, 30))) + np.array([100, 400])
    lonely = np.column_stack([np.arange(20, 230, 7), np.arange(20, 320, 10)])
    patches = Patches(phantom().images[0], np.concatenate([places, lonely]), 24)
    expected = pickle.loads(stored).transform(patches)
    probabilities = pickle.loads(stored).predict_proba(patches)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    for _ in range(N_ROUNDS):
        loaded = [pickle.loads(stored) for _ in range(N_THREADS)]
        if not one_each:
            loaded = loaded[:1] * N_THREADS
        found = at_once(
            *[lambda cnn=cnn: cnn.transform(patches) for cnn in loaded[:-1]],
            lambda cnn=loaded[-1]: cnn.predict_proba(patches),
        )
        for features in found[:-1]:
            np.testing.assert_array_equal(features, expected)
        np.testing.assert_array_equal(found[-1], probabilities)
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(pickle.loads(stored).transform(patches), expected)


def test_training_in_threads_gives_what_it_gives_alone(rng):
    X, y = rng.normal(size=(60, 12, 12)), np.arange(60) % 2
    cnn = CNNFeatureExtractor(
        n_features=8, max_epochs=2, batch_size=16, random_state=0, dense=True
    )
    expected = joblib.hash(cnn.fit(X, y).weights_)
    loaded = pickle.dumps(cnn)
    found = at_once(
        lambda: joblib.hash(clone(cnn).fit(X, y).weights_),
        lambda: joblib.hash(clone(cnn).fit(X, y).weights_),
        lambda: joblib.hash(pickle.loads(loaded).transform(X)),
    )
    assert found == [expected, expected, joblib.hash(cnn.transform(X))]
