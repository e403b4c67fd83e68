"""Tests of sklearn_microarch.pipeline: the chain as a scikit-learn user meets it."""

import subprocess
import sys
from copy import deepcopy
from functools import partial
from pathlib import Path

import joblib
import numpy as np
import pytest
import sklearn
from pipelines import (
    fitted_pipeline,
    phantom,
    small_pipeline,
    training_patches,
)
from sklearn.base import clone
from sklearn.decomposition import PCA, FastICA
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_microarch import (
    CoverageLeakageSelector,
    GMMClusterer,
    Patches,
    PatchSampler,
    SpatialBlockKFold,
    factor_localization_scorer,
    make_microarch_pipeline,
    map_slice,
)
from sklearn_microarch.features import CNNFeatureExtractor


@pytest.mark.parametrize("published", [False, True])
def test_steps_and_sizes_are_those_of_the_paper(published):
    pipe = make_microarch_pipeline(published=published)
    assert list(pipe.named_steps) == ["patches", "features", "nmf", "select", "cluster"]
    # Of 150 um: 128 pixels of the paper's slices.
    assert pipe["patches"].patch_size is pipe["patches"].patch_size_um is None
    assert pipe["features"].n_features == 64
    assert pipe["nmf"].n_components == 15
    assert pipe["cluster"].n_clusters == 4
    for step in ("features", "select", "cluster"):
        assert pipe[step].unannotated == -1


def test_factors_are_selected_by_shares_unless_published():
    selector = make_microarch_pipeline()["select"]
    assert (selector.normalize, selector.lam) == (True, 1.0)
    assert make_microarch_pipeline(lam=0.3)["select"].lam == 0.3
    # By itself it keeps the published rule.
    alone = CoverageLeakageSelector()
    selector = make_microarch_pipeline(published=True)["select"]
    assert selector.get_params() == alone.set_params(unannotated=-1).get_params()
    assert make_microarch_pipeline(published=True, lam=0.3)["select"].lam == 0.3


def test_the_published_pipeline_is_as_near_to_the_paper_as_nmf_allows():
    pipe = make_microarch_pipeline(published=True)
    assert pipe["features"].module == "paper"
    assert pipe["features"].normalization == "range"
    assert not pipe["features"].augment
    assert pipe["patches"].border == "constant"
    given = PatchSampler(32)
    assert make_microarch_pipeline(sampler=given, published=True)["patches"] is given
    with pytest.raises(TypeError, match="published='no' must be True or False"):
        make_microarch_pipeline(published="no")


@pytest.mark.filterwarnings("ignore::sklearn_microarch.exceptions.DeadUnitsWarning")
def test_the_published_pipeline_maps_a_slice():
    patches, labels = training_patches()
    few = slice(None, None, 3)
    sampler = PatchSampler(24, stride=16)
    pipe = make_microarch_pipeline(
        sampler=sampler, n_components=8, published=True, random_state=0
    ).set_params(features__max_epochs=1, features__validation=None)
    maps = map_slice(pipe.fit(patches[few], labels[few]), phantom().images[1])
    assert len(maps.factor_names) == 6


def test_the_good_route_needs_no_fit_of_the_sampler():
    found = phantom()
    pipe = small_pipeline(features__max_epochs=1)
    rows, labels = pipe["patches"].training_rows(
        found.images[0], found.rois[0], names=found.roi_names
    )
    assert (labels == "").sum() > 20
    fitted = pipe.fit(rows, labels)
    maps = map_slice(fitted, found.images[1])
    n_mapped = int(np.isfinite(maps.factors[..., 0]).sum())
    assert n_mapped == len(pipe["patches"].transform(found.images[1]))
    # Off the rim they were fewer.
    assert len(rows) < 0.95 * len(pipe["patches"].transform(found.images[0]))


def test_arguments_reach_their_steps():
    pipe = make_microarch_pipeline(
        sampler=PatchSampler(32),
        n_components=9,
        lam=0.3,
        n_select=2,
        n_clusters=5,
        unannotated=0,
        device="cpu",
        random_state=3,
        memory="cache",
    )
    assert pipe["patches"].patch_size == 32
    assert pipe["nmf"].n_components == 9
    assert pipe["select"].lam == 0.3
    assert pipe["select"].n_features_to_select == 2
    assert pipe["cluster"].n_clusters == 5
    assert pipe["features"].unannotated == pipe["select"].unannotated == 0
    assert pipe["features"].device == "cpu"
    assert pipe["features"].random_state == pipe["nmf"].random_state == 3
    assert pipe.memory == pipe["features"].memory == "cache"


def test_rows_stay_rows_from_end_to_end():
    pipe = fitted_pipeline()
    patches, labels = training_patches()
    assert pipe[:1].transform(patches) is patches
    assert pipe[:2].transform(patches).shape == (len(labels), 16)
    assert pipe[:3].transform(patches).shape == (len(labels), 8)
    assert pipe[:4].transform(patches).shape == (len(labels), 6)
    assert pipe.predict(patches).shape == (len(labels),)
    assert pipe.transform(patches).shape == (len(labels), 3)


def test_a_new_slice_goes_in_as_an_image():
    pipe, image = fitted_pipeline(), phantom().images[1]
    patches = pipe["patches"].transform(image)
    rows = pipe.predict(image)
    np.testing.assert_array_equal(rows, pipe[1:].predict(patches))
    clusters = patches.to_map(rows)
    assert clusters.shape == image.shape
    assert set(np.unique(clusters)) <= {-1, 0, 1, 2}
    factors = patches.to_map(pipe[1:4].transform(patches))
    assert factors.shape == (*image.shape, 6)


def test_names_serve_as_labels():
    pipe = fitted_pipeline(names=True)
    assert set(pipe["features"].classes_) == set(phantom().roi_names.values())
    assert set(pipe["select"].matched_rois_) == set(phantom().roi_names.values())


def test_dense_rows_with_unannotated_ones_can_be_fitted():
    found = phantom()
    sampler = small_pipeline()["patches"].fit(found.images[0])
    dense = sampler.transform(found.images[0])
    labels = dense.labels(found.rois[0])
    assert (labels == -1).sum() > 50
    pipe = small_pipeline().fit(dense, labels)
    assert -1 not in pipe["features"].classes_
    assert -1 not in pipe["select"].rois_
    assert len(pipe["cluster"].labels_) == len(dense)


def test_the_second_experiment_of_the_paper_reuses_the_factors():
    found, pipe = phantom(), fitted_pipeline()
    dense = pipe["patches"].transform(found.images[0])
    cortex_rows = dense[dense.labels(found.rois[0]) == 1]
    cortex = Pipeline(
        [
            ("patches", pipe["patches"]),
            ("factors", FrozenEstimator(pipe[1:3])),
            ("cluster", GMMClusterer(3, random_state=0)),
        ]
    )
    cortex.fit(cortex_rows)
    assert cortex["cluster"].n_features_in_ == 8
    assert len(set(cortex.predict(cortex_rows).tolist())) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"nmf": PCA(5), "select": "passthrough"},
        {
            "nmf": FastICA(4, random_state=0, max_iter=1000, tol=1e-2),
            "select": "passthrough",
        },
        {"select": "passthrough"},
        {"nmf": "passthrough"},
        {"patches": PatchSampler(24, tissue=None, random_state=0)},
        {"features": CNNFeatureExtractor("paper", max_epochs=1, lr=1e-4)},
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn_microarch.exceptions.DeadUnitsWarning")
def test_any_step_can_be_replaced(changes):
    patches, labels = training_patches()
    few = slice(None, None, 3)
    pipe = small_pipeline(**changes).fit(patches[few], labels[few])
    assert len(pipe.predict(phantom().images[1])) > 50


class ForestLeaves(RandomForestClassifier):
    """A classifier and transformer of another kind: class votes as features."""

    def fit(self, X, y):
        return super().fit(np.asarray(X).reshape(len(X), -1), y)

    def transform(self, X):
        return super().predict_proba(np.asarray(X).reshape(len(X), -1))


def test_another_classifier_can_give_the_features():
    patches, labels = training_patches()
    pipe = small_pipeline(
        features=ForestLeaves(20, random_state=0), nmf__n_components=4
    )
    pipe.set_params(select__n_features_to_select=3).fit(patches, labels)
    assert pipe[:4].transform(patches).shape == (len(labels), 3)


IN_A_FRESH_PROCESS = """
import sys, joblib, numpy as np
pipe, image = joblib.load(sys.argv[1])
np.savez(sys.argv[2], rows=pipe.predict(image),
         factors=pipe[:4].transform(image), posteriors=pipe.transform(image))
"""


def test_a_saved_pipeline_gives_equal_bits_in_a_fresh_process(tmp_path):
    pipe, image = fitted_pipeline(), phantom().images[1]
    joblib.dump((pipe, image), tmp_path / "pipe.joblib")
    assert (tmp_path / "pipe.joblib").stat().st_size < 2e6
    subprocess.run(
        [
            sys.executable,
            "-c",
            IN_A_FRESH_PROCESS,
            tmp_path / "pipe.joblib",
            tmp_path / "rows.npz",
        ],
        check=True,
    )
    found = np.load(tmp_path / "rows.npz")
    np.testing.assert_array_equal(found["rows"], pipe.predict(image))
    np.testing.assert_array_equal(found["factors"], pipe[:4].transform(image))
    np.testing.assert_array_equal(found["posteriors"], pipe.transform(image))


class CountingExtractor(CNNFeatureExtractor):
    """Leaves a line for every training and for all rows evaluated, in any process."""

    def fit(self, X, y):
        fitted = super().fit(X, y)
        self._log("fit")
        return fitted

    def _evaluate(self, rows, n_columns, function):
        self._log(f"{len(rows)} rows")
        return super()._evaluate(rows, n_columns, function)

    def _log(self, line):
        with Path(self.module_params["log"]).open("a") as log:
            log.write(f"{line}\n")


def logged_gap(*sizes, log):
    from sklearn_microarch.features import GapNet

    del log
    return GapNet(*sizes)


@pytest.fixture
def counted_search(tmp_path):
    """Return a 2 x 2 search on lazy patches, and the number of its lines so far."""
    patches, labels = training_patches()
    log = tmp_path / "trainings.txt"
    log.touch()
    pipe = small_pipeline(
        features=CountingExtractor(
            logged_gap,
            module_params={"log": str(log)},
            max_epochs=1,
            n_features=16,
            unannotated=-1,
            random_state=0,
        ),
    )
    cache = str(tmp_path / "cache")
    grid = {"nmf__n_components": [6, 7], "select__lam": [0.3, 1.0]}

    def search(grid=grid, *, memory=cache, **settings):
        found = GridSearchCV(
            clone(pipe).set_params(memory=memory, features__memory=memory),
            grid,
            cv=SpatialBlockKFold(3),
            scoring=factor_localization_scorer,
            error_score="raise",
            **settings,
        )
        found.fit(patches, labels)
        return found

    def counted():
        lines = log.read_text().splitlines()
        n_trainings = lines.count("fit")
        return n_trainings, len(lines) - n_trainings

    return search, counted


# 3 folds and the refit are trained, and give features of their training rows; the
# held-out rows of 3 folds are evaluated beside.
ONCE_PER_FOLD = (4, 4 + 3)
# joblib's, of a disk that others keep busy.
on_any_disk = pytest.mark.filterwarnings("ignore:Persisting input arguments took")


@on_any_disk
def test_a_search_trains_and_evaluates_once_per_fold(counted_search):
    search, counted = counted_search
    found = search()
    assert counted() == ONCE_PER_FOLD
    assert found.cv_results_["mean_test_score"].shape == (4,)
    assert np.isfinite(found.cv_results_["mean_test_score"]).all()
    assert isinstance(found.best_estimator_["patches"], PatchSampler)
    assert isinstance(found.best_estimator_[:1].transform(phantom().images[1]), Patches)
    search(return_train_score=True)
    assert counted() == ONCE_PER_FOLD


@on_any_disk
def test_scores_are_the_same_without_a_memory(counted_search):
    search, counted = counted_search
    grid = {"select__lam": [0.3, 1.0]}
    remembered = search(grid)
    assert counted() == ONCE_PER_FOLD
    plain = search(grid, memory=None)
    # 2 x 3 fits and the refit; their training rows and 2 x 3 times held-out ones.
    assert counted() == (4 + 7, 7 + 7 + 6)
    np.testing.assert_array_equal(
        remembered.cv_results_["mean_test_score"], plain.cv_results_["mean_test_score"]
    )


def test_a_search_without_scoring_compares_clusters_with_regions():
    patches, labels = training_patches()
    pipe = small_pipeline(features__max_epochs=1)
    search = GridSearchCV(
        pipe,
        {"cluster__n_clusters": [2, 4]},
        cv=SpatialBlockKFold(2),
        error_score="raise",
    ).fit(patches, labels)
    assert (np.abs(search.cv_results_["mean_test_score"]) <= 1).all()
    best = search.best_estimator_
    found = best["cluster"].score(best[:-1].transform(patches), labels)
    assert best.score(patches, labels) == found


@on_any_disk
def test_two_workers_train_no_more_after_warming(counted_search):
    search, counted = counted_search
    search({"nmf__n_components": [6]})
    assert counted() == ONCE_PER_FOLD
    search(n_jobs=2)
    n_trainings, n_passes = counted()
    assert n_trainings == ONCE_PER_FOLD[0]
    # joblib notes a function's code in a folder only where the process has not seen
    # the function before, as another test may have; each worker then notes it, and
    # takes its first call for a new one.
    assert n_passes - ONCE_PER_FOLD[1] <= 2


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_data_frames_may_be_asked_for_of_all_transformers(output):
    patches, labels = training_patches()
    plain, image = fitted_pipeline(), phantom().images[1]
    rows = [plain[:end].transform(patches) for end in range(2, 6)]
    predicted = plain.predict(image)
    with sklearn.config_context(transform_output=output):
        pipe = small_pipeline(features__unannotated=-1).fit(patches, labels)
        assert isinstance(pipe[:1].transform(image), Patches)
        frames = [pipe[:end].transform(patches) for end in range(2, 6)]
        assert all(type(frame).__module__.startswith(output) for frame in frames)
        assert [frame.shape for frame in frames] == [found.shape for found in rows]
        np.testing.assert_array_equal(frames[0], rows[0])
        # Frames may be taken as float64: other factors, which say as much.
        said = [
            fitted["nmf"].inverse_transform(np.asarray(loadings))
            for fitted, loadings in ((pipe, frames[1]), (plain, rows[1]))
        ]
        spread = np.linalg.norm(np.asarray(rows[0]) - said[1])
        assert np.linalg.norm(said[0] - said[1]) < 0.2 * spread
        assert adjusted_rand_score(pipe.predict(image), predicted) > 0.7
        maps = map_slice(pipe, image, stride=16)
        factors = pipe[:4].transform(image)
        np.testing.assert_allclose(
            maps.factors[~np.isnan(maps.factors[..., 0])], factors, rtol=1e-5, atol=1e-6
        )
        search = GridSearchCV(
            small_pipeline(features__max_epochs=1, nmf__tol=1e-3),
            {"select__lam": [0.3]},
            cv=2,
            scoring=factor_localization_scorer,
            error_score="raise",
        ).fit(patches, labels)
        assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_data_frames_may_be_asked_for_of_one_pipeline(output):
    patches, labels = training_patches()
    few = slice(None, None, 3)
    pipe = small_pipeline().set_output(transform=output)
    pipe.fit(patches[few], labels[few])
    assert type(pipe.transform(patches)).__module__.startswith(output)
    assert isinstance(pipe[:1].transform(patches), Patches)


def test_the_order_of_bytes_does_not_matter():
    pipe, image = fitted_pipeline(), phantom().images[1]
    wide = image.replace(data=image.data.astype("<u2"))
    turned = image.replace(data=image.data.astype(">u2"))
    patches, labels = training_patches()
    cut = [
        Patches(patches.images[0].replace(data=data), patches.positions, 24)
        for data in (
            patches.images[0].data.astype("<u2"),
            patches.images[0].data.astype(">u2"),
        )
    ]
    few = slice(None, None, 3)
    fits = [clone(pipe).fit(rows[few], labels[few]) for rows in cut]
    expected = fits[0].transform(wide)
    for fit in fits:
        for slice_ in (wide, turned):
            np.testing.assert_array_equal(fit.transform(slice_), expected)


def test_another_range_of_grey_levels_is_named_at_every_door():
    pipe = small_pipeline(features__normalization="train").fit(*training_patches())
    image = phantom().images[1]
    dim = image.replace(data=image.data / 255.0)
    message = "dtype float64, but the .* was fitted with .* of dtype uint8, whose grey"
    for call in (pipe.predict, partial(map_slice, pipe)):
        with pytest.raises(TypeError, match=message):
            call(dim)
    with pytest.raises(TypeError, match=message):
        pipe.predict(Patches(dim, [[100, 100]], 24))


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"patches__tissue": "dark"}, "'tissue' parameter of PatchSampler"),
        ({"patches__stride": 0}, "'stride' parameter of PatchSampler"),
        ({"patches__stride": True}, "'stride' parameter of PatchSampler"),
        ({"patches__border": "wrap"}, "'border' parameter of PatchSampler"),
        ({"patches__pixel_size_um": -1.0}, "'pixel_size_um' parameter"),
    ],
)
def test_parameters_set_after_the_fit_are_checked_too(changes, message):
    pipe, image = deepcopy(fitted_pipeline()).set_params(**changes), phantom().images[1]
    for call in (pipe.predict, pipe["patches"].cut, partial(map_slice, pipe)):
        with pytest.raises(ValueError, match=message):
            call(image)


@pytest.mark.parametrize("name", ["n_components", "n_clusters", "n_select", "lam"])
@pytest.mark.parametrize("value", [True, "3", -1, 10**400, float("nan"), [3]])
def test_numbers_are_checked_under_the_name_they_were_given(name, value):
    with pytest.raises((TypeError, ValueError), match=f"^{name}="):
        make_microarch_pipeline(**{name: value})


@pytest.mark.parametrize("sampler", [5, "patches", PatchSampler])
def test_a_sampler_must_cut_slices(sampler):
    with pytest.raises(TypeError, match=r"sampler=.* must be a PatchSampler"):
        make_microarch_pipeline(sampler=sampler)
