"""Tests of sklearn_microarch.features.report._feature_report and what it rests on."""

import warnings

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from threadpoolctl import threadpool_limits

from sklearn_microarch.exceptions import CollapsedFeaturesWarning
from sklearn_microarch.features import CNNFeatureExtractor, feature_report
from sklearn_microarch.features.report._moments import grouped_moments, moments_of

N_ROWS = 20_000  # more than two blocks


@pytest.fixture(name="data", scope="module")
def _data():
    """Return features with a dead unit and large means, logits, and regions."""
    rng = np.random.default_rng(0)
    y = rng.choice(["", "CTX", "VP", "ZI"], size=N_ROWS, p=[0.1, 0.5, 0.3, 0.1])
    hidden = rng.gamma(1.0, size=(N_ROWS, 5)) * (1 + (y == "VP")[:, np.newaxis])
    Z = np.maximum(hidden @ rng.normal(size=(5, 9)) + rng.normal(size=(N_ROWS, 9)), 0)
    Z[:, 3] = 0.0
    Z[:, 4] += 1000.0
    logits = Z @ rng.normal(size=(9, 4)) + 0.5 * rng.normal(size=(N_ROWS, 4))
    return Z.astype(np.float32), logits, y


@pytest.fixture(scope="module")
def report(data):
    return feature_report(*data, unannotated="")


def reference(Z, logits):
    """Return the explained share by scikit-learn, in two passes."""
    X = logits - logits.mean(axis=1, keepdims=True)
    Z = Z.astype(np.float64)
    predicted = LinearRegression().fit(X, Z).predict(X)
    varying = Z.any(axis=0)
    return r2_score(
        Z[:, varying], predicted[:, varying], multioutput="variance_weighted"
    )


def test_shares_explained_are_those_of_linear_regression(data, report):
    Z, logits, y = data
    assert report.explained_by_logits == pytest.approx(reference(Z, logits), abs=1e-9)
    assert report.rois.tolist() == ["CTX", "VP", "ZI"]
    for at, roi in enumerate(report.rois):
        inside = y == roi
        expected = reference(Z[inside], logits[inside])
        assert report.explained_within[at] == pytest.approx(expected, abs=1e-9)
        assert report.left_within[at] == pytest.approx(1 - expected, abs=1e-9)
        assert report.rows_within[at] == inside.sum()
        share = (
            Z[inside].astype(float).var(axis=0).sum()
            / Z.astype(float).var(axis=0).sum()
        )
        assert report.variance_within[at] == pytest.approx(share)


def test_participation_ratio_is_that_of_the_eigenvalues_of_the_covariance(data, report):
    spread = np.linalg.eigvalsh(np.cov(data[0].astype(np.float64).T))
    expected = spread.sum() ** 2 / (spread**2).sum()
    assert report.participation_ratio == pytest.approx(expected)


def test_zeros_and_dead_units_are_counted(data, report):
    assert report.dead_units.tolist() == [3]
    assert report.dead_unit_share == pytest.approx(1 / 9)
    assert report.zero_share == pytest.approx((data[0] == 0).mean())
    assert (report.n_rows, report.n_features) == data[0].shape


@pytest.mark.parametrize("name", ["shifted", "log-probabilities", "lists"])
def test_what_logits_of_a_row_have_in_common_does_not_count(rng, data, report, name):
    Z, logits, y = data
    same = {
        "shifted": lambda: logits + rng.normal(size=(N_ROWS, 1)),
        "log-probabilities": lambda: log_softmax(logits, axis=1),
        "lists": lambda: logits.tolist(),
    }[name]()
    found = feature_report(Z, same, y, unannotated="")
    assert found.explained_by_logits == pytest.approx(report.explained_by_logits)
    np.testing.assert_allclose(found.explained_within, report.explained_within)


def test_units_and_shifts_of_the_features_do_not_count(data, report):
    Z, logits, y = data
    found = feature_report(
        1e-6 * (Z.astype(np.float64) - 5.0), logits, y, unannotated=""
    )
    assert found.participation_ratio == pytest.approx(report.participation_ratio)
    np.testing.assert_allclose(found.explained_within, report.explained_within)


def test_one_number_per_row_stands_for_two_regions(data):
    Z, logits, _ = data
    both = feature_report(Z, logits[:, :2])
    for difference in (logits[:, 1] - logits[:, 0], logits[:, :1] - logits[:, 1:2]):
        one = feature_report(Z, difference)
        assert one.explained_by_logits == pytest.approx(both.explained_by_logits)


@pytest.mark.parametrize("n_threads", [1, 2])
def test_memory_maps_and_threads_give_the_same_bytes(data, report, tmp_path, n_threads):
    np.save(tmp_path / "Z.npy", data[0])
    mapped = np.load(tmp_path / "Z.npy", mmap_mode="r")
    with threadpool_limits(n_threads, user_api="blas"):
        found = feature_report(mapped, data[1], data[2], unannotated="")
    assert found.explained_by_logits == report.explained_by_logits
    np.testing.assert_array_equal(found.explained_within, report.explained_within)


def test_features_that_only_restate_the_logits_are_a_warning_that_names_regions(rng):
    y = np.repeat([4, 7], 500)
    logits = rng.normal(size=(1000, 3)) + 5 * (y == 7)[:, np.newaxis] * [1, 0, 0]
    centred = logits - logits.mean(axis=1, keepdims=True)
    restated = centred @ rng.normal(size=(3, 6))
    restated[y == 4] += rng.normal(size=(500, 6))
    with pytest.warns(
        CollapsedFeaturesWarning, match=r"inside 7 \(0.0%\): .* description_weight"
    ) as w:
        report = feature_report(restated, logits, y)
    assert w[0].filename == __file__
    assert report.left_within[0] > 0.2
    assert report.left_within[1] == pytest.approx(0.0, abs=1e-9)


def test_a_region_that_is_one_point_has_nothing_left(rng):
    y = np.repeat(["CTX", "VP"], 300)
    Z = rng.normal(size=(600, 4))
    Z[y == "VP"] = [0.1, 0.2, 0.3, 1e6]
    with pytest.warns(CollapsedFeaturesWarning, match="inside VP"):
        report = feature_report(Z, rng.normal(size=(600, 3)), y)
    assert report.explained_within[1] == 1.0
    assert report.variance_within[1] == pytest.approx(0.0, abs=1e-12)


def test_a_region_with_few_rows_is_kept_and_not_judged(rng):
    y = np.repeat(["CTX", "VP"], [600, 29])
    Z, logits = rng.normal(size=(629, 40)), rng.normal(size=(629, 3))
    Z[y == "VP"] = logits[y == "VP"] @ rng.normal(size=(3, 40))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = feature_report(Z, logits, y)
    assert report.rows_within.tolist() == [600, 29]
    assert np.isnan(report.explained_within).tolist() == [False, True]
    assert "too few rows" in str(report)


def test_logits_that_do_not_vary_explain_nothing(rng):
    assert (
        feature_report(rng.normal(size=(99, 4)), np.ones((99, 3))).explained_by_logits
        == 0
    )


def test_a_report_is_a_table_to_read(data, report):
    lines = str(report).splitlines()
    assert lines[0] == "20000 rows of 9 features"
    assert "dead units                11.1%  (columns 3)" in lines
    assert [line.split()[0] for line in lines[-3:]] == ["CTX", "VP", "ZI"]
    assert "region" not in str(feature_report(*data[:2]))
    many_dead = np.zeros((100, 20))
    many_dead[:, 0] = np.arange(100)
    assert "1, 2, 3, 4, 5, 6, 7, 8, ...)" in str(
        feature_report(many_dead, np.eye(100)[:, :3])
    )


def test_moments_of_parts_add_up_to_those_of_the_whole(rng):
    rows = rng.normal(size=(50, 3)) + 1e6
    codes = rng.choice([0, 2, 3], size=50)
    parts = grouped_moments(rows, codes, 5)
    assert [part.n_rows for part in parts] == np.bincount(codes, minlength=5).tolist()
    total, whole = sum(parts[1:], start=parts[0]), moments_of(rows)
    np.testing.assert_allclose(total.mean, whole.mean)
    np.testing.assert_allclose(total.scatter, whole.scatter, rtol=1e-6, atol=1e-6)


def test_an_extractor_reports_on_its_own_features(rng):
    patches = rng.normal(size=(80, 16, 16))
    regions = np.repeat(["CTX", "VP"], 40)
    patches[regions == "VP"] *= 3
    cnn = CNNFeatureExtractor(max_epochs=1, batch_size=16, random_state=0)
    cnn.fit(patches, regions)
    Z = cnn.transform(patches)
    logits = np.log(cnn.predict_proba_from_features(Z))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollapsedFeaturesWarning)
        report = feature_report(Z, logits, regions)
    assert report.rois.tolist() == ["CTX", "VP"]
    assert 0 < report.explained_by_logits < 1


ZEROS = np.zeros((100, 3))


@pytest.mark.parametrize(
    "changes, error, words",
    [
        ({"features": np.ones(100)}, ValueError, r"features has shape \(100,\)"),
        ({"features": np.ones((100, 0))}, ValueError, r"features has shape \(100, 0\)"),
        (
            {"features": np.ones((99, 4))},
            ValueError,
            "features has 99 rows and logits 100",
        ),
        ({"features": np.full((100, 4), 7.1)}, ValueError, "features do not vary"),
        ({"features": [["a"]] * 100}, TypeError, "features has dtype"),
        ({"features": [[10**400] * 4] * 100}, TypeError, "features has dtype"),
        (
            {"features": torch.zeros(100, 4, requires_grad=True)},
            TypeError,
            "features=.*requires grad",
        ),
        (
            {"logits": torch.zeros(100, 3, requires_grad=True)},
            TypeError,
            "logits=.*requires grad",
        ),
        (
            {"logits": np.zeros((100, 3), complex)},
            TypeError,
            "logits has dtype complex",
        ),
        (
            {"logits": np.zeros((100, 3, 1))},
            ValueError,
            r"logits has shape \(100, 3, 1\)",
        ),
        ({"y": [0] * 99}, ValueError, "features has 100 rows and y 99"),
        (
            {"y": [-1] * 100, "unannotated": -1},
            ValueError,
            "all hold the unannotated label -1",
        ),
        ({"y": [0, "VP"] * 50}, TypeError, "y mixes label types"),
    ],
)
def test_bad_arguments_are_named(rng, changes, error, words):
    settings = {"features": rng.normal(size=(100, 4)), "logits": ZEROS, **changes}
    with pytest.raises(error, match=words):
        feature_report(**settings)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e200])
@pytest.mark.parametrize("name", ["features", "logits"])
def test_values_that_are_not_finite_are_located(rng, bad, name):
    settings = {name: rng.normal(size=(9000, 3)) for name in ("features", "logits")}
    settings[name][8500, 2] = bad
    with pytest.raises(ValueError, match=rf"{name} holds .* in row 8500, column 2"):
        feature_report(**settings)


def test_probabilities_are_not_taken_for_logits(rng):
    Z, logits = rng.normal(size=(100, 4)), rng.normal(size=(100, 3))
    with pytest.raises(ValueError, match=r"logits holds probabilities.*logarithm"):
        feature_report(Z, softmax(logits, axis=1))
    with np.errstate(divide="ignore"):
        logs = np.log(np.eye(3)[rng.integers(0, 3, 100)])
    with pytest.raises(ValueError, match=r"a probability of 0 .* clip"):
        feature_report(Z, logs)


@pytest.mark.parametrize("n_rows", [0, 1, 29])
def test_too_few_rows_are_refused(rng, n_rows):
    with pytest.raises(ValueError, match=f"features has {n_rows} rows; at least 30"):
        feature_report(rng.normal(size=(n_rows, 4)), rng.normal(size=(n_rows, 3)))
