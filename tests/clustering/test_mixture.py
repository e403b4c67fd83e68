"""Tests of sklearn_microarch.clustering._mixture."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from sklearn_microarch.clustering import _mixture
from sklearn_microarch.clustering._densities import (
    predict_labels,
    predict_posteriors,
)
from sklearn_microarch.clustering._mixture import fit_mixture

SIZES = (200, 500, 1300)


@pytest.fixture
def rows(rng):
    """Return three groups of 200, 500 and 1300 rows, not quite apart."""
    centres = np.repeat([[0.0, 6.0], [6.0, 6.0], [3.0, 0.0]], SIZES, axis=0)
    return rng.permutation(centres + rng.normal(size=(2000, 2)))


def fit(rows, n_components=3, **changes):
    settings = {
        "covariance_type": "full",
        "shrinkage": 0.0,
        "tol": 1e-6,
        "max_iter": 200,
        "n_init": 1,
        "reg_covar": 1e-3,
        "max_samples": None,
        "means_init": None,
        "generator": np.random.RandomState(0),
        **changes,
    }
    return fit_mixture(rows, n_components, **settings)


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("max_samples", [None, 400])
def test_the_result_is_an_optimum_for_all_rows_in_order(
    rows, covariance_type, max_samples
):
    """There the mean posteriors over all rows are the weights."""
    result = fit(rows, covariance_type=covariance_type, max_samples=max_samples)
    mixture = result.mixture
    assert result.converged
    assert (np.diff(mixture.weights) < 0).all()
    np.testing.assert_allclose(mixture.weights, np.array(SIZES[::-1]) / 2000, atol=0.01)
    np.testing.assert_allclose(mixture.means, [[3, 0], [6, 6], [0, 6]], atol=0.3)
    posteriors = predict_posteriors(rows, mixture)
    np.testing.assert_allclose(posteriors.mean(axis=0), mixture.weights, rtol=2e-4)


@pytest.mark.parametrize(
    ("n_init", "n_trials"), [("auto", 12), (5, 5), (3, 0), (1, 0)], ids=str
)
def test_of_many_rows_the_best_trials_are_followed_on(
    rows, monkeypatch, n_init, n_trials
):
    monkeypatch.setattr(_mixture, "_TRIAL_ROWS", 300)
    runs = []
    run_em = _mixture.run_em

    def record(X, start, **settings):
        runs.append((len(X), start, run_em(X, start, **settings)))
        return runs[-1][2]

    monkeypatch.setattr(_mixture, "run_em", record)
    found = fit(rows, 6, n_init=n_init, max_samples=1000, tol=1e-3)
    n_finalists = min(3, n_trials or n_init)
    sizes = [n_rows for n_rows, *_ in runs]
    assert sizes == [300] * n_trials + [1000] * n_finalists + [2000]
    finalists = runs[n_trials:-1]
    if n_trials:
        trials = sorted(
            (end for *_, end in runs[:n_trials]), key=lambda end: -end.log_likelihood
        )
        for (_, start, _), trial in zip(finalists, trials, strict=False):
            assert start is trial.mixture
    best = max((end for *_, end in finalists), key=lambda end: end.log_likelihood)
    assert runs[-1][1] is best.mixture
    assert found.log_likelihood == runs[-1][2].log_likelihood


def test_few_rows_have_few_starts_and_no_trials(rows, monkeypatch):
    runs = []
    run_em = _mixture.run_em
    monkeypatch.setattr(
        _mixture, "run_em", lambda X, *a, **b: runs.append(len(X)) or run_em(X, *a, **b)
    )
    fit(rows, 6, n_init="auto")
    assert runs == [2000] * 3


def test_a_sample_leads_to_the_fit_of_all_rows(rows):
    whole, sampled = fit(rows, tol=1e-10), fit(rows, tol=1e-10, max_samples=300)
    np.testing.assert_allclose(
        sampled.mixture.means, whole.mixture.means, rtol=0, atol=1e-3
    )
    assert sampled.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-6)
    np.testing.assert_array_equal(
        predict_labels(rows, sampled.mixture), predict_labels(rows, whole.mixture)
    )


def test_the_best_of_several_starts_is_kept(rng):
    """Six groups: most starts put two clusters into one of them."""
    centres = np.repeat(rng.normal(0, 8, size=(6, 2)), 100, axis=0)
    rows = centres + rng.normal(size=centres.shape)
    singles = [
        fit(rows, 6, generator=np.random.RandomState(seed)).log_likelihood
        for seed in range(8)
    ]
    several = fit(rows, 6, n_init=8).log_likelihood
    assert several > np.median(singles) - 1e-9
    assert several >= max(singles) - 0.05


def test_regularization_is_a_share_of_the_mean_variance_of_all_rows(rng):
    """A factor that is zero throughout keeps exactly the share."""
    rows = np.column_stack([rng.normal(size=500), np.zeros(500)])
    result = fit(rows, 1, max_samples=50)
    expected = 1e-3 * rows.var(axis=0).mean()
    assert result.mixture.covariances[0, 1, 1] == pytest.approx(expected)


def test_constant_rows_are_no_error():
    result = fit(np.ones((5, 2)), 1)
    np.testing.assert_allclose(
        result.mixture.covariances[0], 1e-3 * np.eye(2), atol=1e-15
    )


def test_too_few_passes_are_a_warning_that_says_so(rows):
    with pytest.warns(ConvergenceWarning, match="not converged in 1 passes"):
        result = fit(rows, max_iter=1)
    assert not result.converged


def test_the_number_of_threads_does_not_matter(rng):
    rows = rng.gamma(1.0, size=(20_000, 6)) * (rng.uniform(size=(20_000, 6)) > 0.5)
    means = []
    for n_threads in (1, 2):
        with threadpool_limits(limits=n_threads):
            means.append(fit(rows, tol=1e-3, max_samples=5000).mixture.means)
    np.testing.assert_array_equal(*means)
