"""Tests that threads and processes at work together change nothing, to the bit."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from mapping.slices import assert_equal_maps, bytes_of, in_memory, piece
from pipelines import fitted_pipeline, training_patches
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_microarch import map_slice
from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.decomposition import NMFEmbedder
from sklearn_microarch.features import CNNFeatureExtractor
from sklearn_microarch.mapping import open_maps

N_THREADS = 8
STRIDE = 8


def answers(pipe, part):
    """Return what a pipeline says of a part of the training patches."""
    patches = training_patches()[0].take(np.arange(part, 300, N_THREADS))
    return {
        "features": pipe["features"].transform(patches),
        "regions": pipe["features"].predict_proba(patches),
        "factors": pipe[:-1].transform(patches),
        "clusters": pipe.predict(patches),
    }


def assert_equal_answers(found, expected):
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def test_many_threads_ask_one_pipeline():
    pipe = fitted_pipeline()
    expected = [answers(pipe, part) for part in range(N_THREADS)]
    with ThreadPoolExecutor(N_THREADS) as pool:
        found = list(pool.map(lambda part: answers(pipe, part), range(N_THREADS)))
    for ours, theirs in zip(found, expected, strict=True):
        assert_equal_answers(ours, theirs)


def test_many_threads_map_to_places_of_their_own(tmp_path):
    places = [None, tmp_path / "a", tmp_path / "b.zarr", tmp_path / "c", None]
    pipe = fitted_pipeline()

    def work(out):
        resume = out is not None
        return map_slice(pipe, piece(), stride=STRIDE, out=out, resume=resume)

    with ThreadPoolExecutor(len(places)) as pool:
        found = list(pool.map(work, places))
    for maps in (*found, open_maps(tmp_path / "a"), open_maps(tmp_path / "b.zarr")):
        assert_equal_maps(maps, in_memory(STRIDE))
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "c")


def test_slices_of_one_folder_are_mapped_at_once(tmp_path):
    images = [piece().replace(name=f"z{at}") for at in range(3)]
    pipe = fitted_pipeline()

    def work(image):
        return map_slice(pipe, image, stride=STRIDE, out=tmp_path, resume=True)

    with ThreadPoolExecutor(len(images)) as pool:
        list(pool.map(work, images))
    for image in images:
        assert_equal_maps(open_maps(tmp_path, image.name), in_memory(STRIDE))
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    "method", sorted({"fork", "spawn"} & {*multiprocessing.get_all_start_methods()})
)
def test_another_process_gives_the_same_values(method):
    pipe = fitted_pipeline()
    patches = training_patches()[0].take(np.arange(0, 300, 7))
    # Threads have been at work here before.
    expected = map_slice(pipe, piece(), stride=STRIDE)
    with multiprocessing.get_context(method).Pool(1) as pool:
        # A result that never comes would stop the tests.
        clusters = pool.apply_async(pipe.predict, (patches,)).get(120)
        settings = {"stride": STRIDE}
        maps = pool.apply_async(map_slice, (pipe, piece()), settings).get(120)
    np.testing.assert_array_equal(clusters, pipe.predict(patches))
    assert_equal_maps(maps, expected)


def search(steps, grid, X, y):
    """Return the search of a small grid, with two folds."""
    splits = [(np.arange(0, len(X), 2), np.arange(1, len(X), 2))]
    splits += [(test, train) for train, test in splits]
    found = GridSearchCV(Pipeline(steps), grid, cv=splits, error_score="raise")
    return found.fit(X, y)


def scores_of(found):
    return {
        name: values
        for name, values in found.cv_results_.items()
        if "score" in name and "time" not in name
    }


@pytest.mark.parametrize("kind", ["network", "factors"])
def test_a_search_in_threads_finds_what_one_thread_finds(kind):
    rng = np.random.default_rng(0)
    y = np.repeat([1, 2], 60)
    if kind == "network":
        X = rng.integers(0, 255, (120, 16, 16), dtype=np.uint8)
        X[60:] //= 2
        network = CNNFeatureExtractor(
            max_epochs=1, batch_size=16, n_features=6, device="cpu", random_state=0
        )
        steps, grid = [("features", network)], {"features__lr": [0.001, 0.01]}
    else:
        X = rng.random((120, 6), dtype=np.float32)
        X[60:, :3] *= 5
        factors = NMFEmbedder(n_components=3, random_state=0)
        mixture = GMMClusterer(n_clusters=2, random_state=0)
        steps = [("factors", factors), ("cluster", mixture)]
        grid = {"factors__n_components": [2, 3], "cluster__n_clusters": [2, 3]}
    expected = search(steps, grid, X, y)
    with joblib.parallel_config("threading", n_jobs=4):
        found = search(steps, grid, X, y)
    for name, values in scores_of(expected).items():
        np.testing.assert_array_equal(scores_of(found)[name], values, err_msg=name)
    assert found.best_params_ == expected.best_params_
    np.testing.assert_array_equal(found.predict(X), expected.predict(X))
