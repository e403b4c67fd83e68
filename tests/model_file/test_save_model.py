"""Pipelines come back from a file as they were; what holds code is refused."""

import copy
import functools
import sys

import joblib
import numpy as np
import pytest
from model_file.models import (
    OwnNet,
    fit_tiny,
    make_own_net,
    tiny_pipeline,
    tiny_rows,
    tiny_sampler,
)
from pipelines import fitted_pipeline, phantom, training_patches
from sklearn.base import clone
from sklearn.decomposition import PCA, FastICA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_microarch import (
    CNNFeatureExtractor,
    GMMClusterer,
    NMFEmbedder,
    fit_drift_reference,
    map_slice,
)
from sklearn_microarch.exceptions import ModelFileError
from sklearn_microarch.model_file import load_model, read_manifest, save_model


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.microarch"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the standard pipeline with a drift reference, and as it comes back."""
    pipe = copy.deepcopy(fitted_pipeline(names=True))
    fit_drift_reference(pipe, phantom().images[0], n_draws=20, random_state=0)
    path = tmp_path_factory.mktemp("whole") / "whole.microarch"
    return pipe, load_model(save_model(pipe, path)), path


def assert_comes_back(pipe, path, **options):
    back = load_model(save_model(pipe, path), **options)
    assert joblib.hash(back) == joblib.hash(pipe)
    rows, _ = tiny_rows()
    np.testing.assert_array_equal(back.predict(rows), pipe.predict(rows))
    return back


def test_a_pipeline_comes_back_to_the_bit(whole):
    pipe, back, _ = whole
    patches, _ = training_patches(names=True)
    assert joblib.hash(back) == joblib.hash(pipe)
    for upto in range(2, 6):
        np.testing.assert_array_equal(
            back[:upto].transform(patches), pipe[:upto].transform(patches)
        )
    np.testing.assert_array_equal(back.predict(patches), pipe.predict(patches))
    network, same = pipe["features"], back["features"]
    np.testing.assert_array_equal(same.novelty(patches), network.novelty(patches))
    np.testing.assert_array_equal(same.predict(patches), network.predict(patches))


@pytest.mark.filterwarnings("ignore::sklearn_microarch.exceptions.DriftWarning")
def test_drift_and_maps_of_a_new_slice_come_back_to_the_bit(whole):
    pipe, back, _ = whole
    first, second = (
        map_slice(model, phantom().images[1], stride=12) for model in (pipe, back)
    )
    np.testing.assert_array_equal(first.factors, second.factors)
    np.testing.assert_array_equal(first.novelty, second.novelty)
    assert str(first.drift) == str(second.drift)
    assert first.drift.verdict != "unchecked"


def test_the_file_holds_no_pickle_and_equal_models_are_equal_files(whole, path):
    _, back, written = whole
    save_model(back, path)
    assert path.read_bytes() == written.read_bytes()
    assert b"skorch" not in written.read_bytes()


@pytest.mark.filterwarnings(
    # A pass over sixty patches leaves units dead, and factors unused.
    "ignore::sklearn_microarch.exceptions.DeadUnitsWarning",
    "ignore::sklearn_microarch.exceptions.UnusedComponentsWarning",
)
@pytest.mark.parametrize(
    "pipe",
    [
        pytest.param(lambda: fit_tiny(normalization="train"), id="train"),
        pytest.param(lambda: fit_tiny(normalization="range"), id="range"),
        pytest.param(
            lambda: fit_tiny(normalization=None, augment=False), id="no normalization"
        ),
        pytest.param(lambda: fit_tiny(module="paper", n_features=4), id="paper"),
        pytest.param(
            lambda: fit_tiny(random_state=np.random.RandomState(3)), id="RandomState"
        ),
        pytest.param(
            lambda: fit_tiny(sampler=tiny_sampler(tissue=np.ones((64, 128), bool))),
            id="mask",
        ),
        pytest.param(
            lambda: fit_tiny(module_params={"padded": False}, module="paper"),
            id="module_params",
        ),
        pytest.param(
            lambda: fit_tiny(
                later=[
                    ("nmf", PCA(3, random_state=0)),
                    ("select", "passthrough"),
                    ("cluster", GMMClusterer(2, random_state=0)),
                ]
            ),
            id="PCA",
        ),
        pytest.param(
            lambda: fit_tiny(
                later=[
                    ("nmf", FastICA(2, random_state=0, max_iter=2000, tol=0.01)),
                    ("cluster", GMMClusterer(2, random_state=0)),
                ]
            ),
            id="FastICA",
        ),
        pytest.param(
            lambda: fit_tiny(
                later=[
                    (
                        "both",
                        Pipeline(
                            [
                                ("nmf", NMFEmbedder(2, tol=0.01, random_state=0)),
                                ("cluster", GMMClusterer(2, random_state=0)),
                            ]
                        ),
                    )
                ]
            ),
            id="nested",
        ),
        pytest.param(lambda: FrozenEstimator(tiny_pipeline()), id="frozen"),
    ],
)
def test_pipelines_of_many_kinds_come_back(pipe, path):
    assert_comes_back(pipe(), path)


def test_the_cortex_pipeline_of_the_demo_comes_back(path):
    pipe, (rows, _) = tiny_pipeline(), tiny_rows()
    cortex = Pipeline(
        [
            ("patches", pipe["patches"]),
            ("factors", FrozenEstimator(pipe[1:3])),
            ("cluster", GMMClusterer(3, random_state=0)),
        ]
    ).fit(rows)
    back = assert_comes_back(cortex, path)
    assert isinstance(back["factors"], FrozenEstimator)


def test_the_best_of_a_search_comes_back_and_the_search_is_refused(path):
    pipe = fit_tiny()
    search = GridSearchCV(pipe, {"nmf__n_components": [2]}, cv=2, error_score="raise")
    search.fit(*tiny_rows())
    assert_comes_back(search.best_estimator_, path)
    with pytest.raises(TypeError, match=r"search.best_estimator_"):
        save_model(search, path, overwrite=True)


def test_memory_mapped_models_are_kept_as_arrays(tmp_path, path):
    joblib.dump(tiny_pipeline(), tmp_path / "model.joblib")
    mapped = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    assert any(isinstance(w, np.memmap) for w in mapped["features"].weights_.values())
    back = load_model(save_model(mapped, path))
    assert joblib.hash(back) == joblib.hash(tiny_pipeline())


def test_a_loaded_model_can_be_fitted_anew(path):
    back = load_model(save_model(tiny_pipeline(), path))
    rows, regions = tiny_rows()
    again = clone(back).fit(rows, regions)
    np.testing.assert_array_equal(again.predict(rows), tiny_pipeline().predict(rows))


@pytest.mark.parametrize("module", [OwnNet, make_own_net])
def test_a_module_of_ones_own_comes_back_where_it_is_trusted(module, path):
    pipe = fit_tiny(module=module)
    name = f"{module.__module__}.{module.__name__}"
    assert_comes_back(pipe, path, trusted=[name])
    assert read_manifest(path)["model"]["needs_trust"] == [name]
    with pytest.raises(ModelFileError, match=rf"trusted=\('{name}',\)"):
        load_model(path)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"patches__tissue": lambda image: image > 0}, 'tissue="auto" or a mask'),
        (
            {"features__module": lambda *sizes: OwnNet(*sizes)},
            "file that can be imported",
        ),
        ({"features__module": functools.partial(OwnNet)}, r"partial"),
        ({"features__memory": "somewhere"}, r"features__memory=None"),
        ({"memory": joblib.Memory(None)}, "memory=None"),
        ({"features__validation": tiny_rows()}, r"features__validation=None"),
        ({"nmf__random_state": np.random.default_rng(0)}, "Generator"),
        ({"cluster__tol": print}, r"cluster|tol"),
    ],
)
def test_what_holds_code_or_slices_is_refused_with_a_remedy(changes, words, path):
    pipe = copy.deepcopy(tiny_pipeline()).set_params(**changes)
    with pytest.raises(ModelFileError, match=words) as caught:
        save_model(pipe, path)
    assert str(path) in str(caught.value)
    assert not path.exists()


def test_a_class_that_cannot_be_found_again_is_refused(path):
    class Inner(OwnNet):
        pass

    pipe = copy.deepcopy(tiny_pipeline()).set_params(features__module=Inner)
    with pytest.raises(ModelFileError, match=r"Inner is needed and cannot be imported"):
        save_model(pipe, path)


def test_an_attribute_that_would_not_come_back_is_refused(path):
    pipe = copy.deepcopy(tiny_pipeline())
    pipe["nmf"].note_ = np.ma.masked_array([1, 2], [True, False])
    with pytest.raises(ModelFileError, match=r"note_ is a numpy.ma.*MaskedArray"):
        save_model(pipe, path)
    pipe["nmf"].note_ = type("Text", (str,), {})("cortex")
    with pytest.raises(ModelFileError, match="would not come back as it is"):
        save_model(pipe, path)


def test_a_circle_is_refused(path):
    pipe = copy.deepcopy(tiny_pipeline())
    pipe["nmf"].whole_ = pipe
    with pytest.raises(ModelFileError, match="cannot be kept"):
        save_model(pipe, path)


@pytest.mark.parametrize(
    "pipe, error, words",
    [
        (None, TypeError, "needs a fitted Pipeline"),
        (CNNFeatureExtractor(), TypeError, "needs a fitted Pipeline"),
        (Pipeline([("nmf", NMFEmbedder())]), TypeError, "must be a PatchSampler"),
        (Pipeline([("patches", tiny_sampler())]), NotFittedError, "not fitted"),
    ],
)
def test_what_is_no_fitted_pipeline_is_an_error(pipe, error, words, path):
    with pytest.raises(error, match=words):
        save_model(pipe, path)


@pytest.mark.parametrize("name", ["model.joblib", "model", ".microarch"])
def test_the_name_must_end_as_a_model_file_does(name, tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.microarch"):
        save_model(tiny_pipeline(), tmp_path / name)


def test_only_model_files_are_replaced(path):
    save_model(tiny_pipeline(), path)
    earlier = path.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        save_model(tiny_pipeline(), path)
    save_model(tiny_pipeline(), path, facts={"a": 1}, overwrite=True)
    assert path.read_bytes() != earlier
    path.write_bytes(b"a thesis")
    with pytest.raises(FileExistsError, match="no model file"):
        save_model(tiny_pipeline(), path, overwrite=True)
    assert path.read_bytes() == b"a thesis"
    path.unlink()
    path.mkdir()
    with pytest.raises(FileExistsError, match="no model file"):
        save_model(tiny_pipeline(), path, overwrite=True)


def test_a_failed_write_leaves_the_earlier_file_and_nothing_else(path, monkeypatch):
    save_model(tiny_pipeline(), path)
    earlier = path.read_bytes()

    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="an earlier one is untouched"):
        save_model(tiny_pipeline(), path, facts={"a": 1}, overwrite=True)
    assert path.read_bytes() == earlier
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_facts_are_kept_and_described(path):
    facts = {
        "annotations": {"slice.geojson": "0123"},
        "colors": {"1": "#ff0000"},
        "training": {
            "curve": ({"epoch": np.int64(1), "share_right": np.float64(0.5)},)
        },
        "recall": float("nan"),
    }
    save_model(tiny_pipeline(), path, facts=facts)
    manifest = read_manifest(path)
    told = manifest["facts"]
    assert told["annotations"] == facts["annotations"]
    assert told["training"] == {"curve": [{"epoch": 1, "share_right": 0.5}]}
    assert told["recall"] is None
    model = manifest["model"]
    assert model["regions"] == [
        {"name": 1, "color": "#ff0000"},
        {"name": 2, "color": None},
    ]
    assert (model["patch_shape"], model["pixel_size_um"]) == ([16, 16], 1.17)
    assert model["grey_levels"] == {"dtype": "uint8", "normalization": "slice"}
    assert (model["n_factors"], model["n_clusters"]) == (3, 2)
    assert model["fingerprint"] == joblib.hash(load_model(path))
    assert not model["drift_reference"]


def test_a_drift_reference_is_told_only_while_it_holds(whole, path):
    pipe, _, written = whole
    assert read_manifest(written)["model"]["drift_reference"]
    stale = copy.deepcopy(pipe)
    stale["nmf"].components_ = stale["nmf"].components_[::-1].copy()
    save_model(stale, path)
    assert not read_manifest(path)["model"]["drift_reference"]


@pytest.mark.parametrize(
    "facts, error, words",
    [
        ([1], TypeError, r"facts=\[1\] must be a dict"),
        ({"a": {"b": {1, 2}}}, TypeError, r"facts\['a'\]\['b'\]=\{1, 2\} is a set"),
        ({"a": [{2: 1}]}, TypeError, r"facts\['a'\]\[0\] has the key 2"),
    ],
)
def test_facts_that_json_does_not_hold_are_named(facts, error, words, path):
    with pytest.raises(error, match=words):
        save_model(tiny_pipeline(), path, facts=facts)


def test_facts_that_go_round_in_circles_are_an_error(path):
    facts = {}
    facts["facts"] = facts
    with pytest.raises(ValueError, match="levels deep"):
        save_model(tiny_pipeline(), path, facts=facts)


def test_a_missing_extra_is_named_on_use(path, monkeypatch):
    save_model(tiny_pipeline(), path)
    other = path.with_name("other.microarch")
    monkeypatch.setitem(sys.modules, "skops.io", None)
    monkeypatch.setitem(sys.modules, "skops", None)
    for use in (lambda: load_model(path), lambda: save_model(tiny_pipeline(), other)):
        with pytest.raises(ImportError, match=r"'sklearn-microarch\[safe\]'"):
            use()
    assert read_manifest(path)["model"]["patch_shape"] == [16, 16]
