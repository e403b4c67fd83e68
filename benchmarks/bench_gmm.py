"""The mixture against scikit-learn's: evaluation, the same iterations, a whole fit.

Real loadings, a process of its own for each fit, scikit-learn on C-contiguous arrays
of float64 and float32. Its fits begin at the start the library's k-means found, so
that both climb the same hill; the library's own time includes finding it.

    python bench_gmm.py --loadings loadings.npy --rows 1000000
"""

import json
import tempfile
import warnings
from pathlib import Path

import numpy as np
from loadings import best_seconds, parse_rows, read_loadings, run_alone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from sklearn_microarch import GMMClusterer
from sklearn_microarch.clustering._em import run_em
from sklearn_microarch.clustering._gaussians import Gaussians
from sklearn_microarch.clustering._kmeans_start import (
    kmeans_start,
    mean_variance,
    sample_doubles,
)

N_CLUSTERS = 4
TOL = 1e-3
# Tried in turn until the other's likelihood is reached.
TOLS = (1e-3, 5e-4, 2e-4, 1e-4)
MAX_ITER = 200
REG_COVAR = 1e-3
MAX_SAMPLES = 100_000


def find_start(path: Path) -> dict:
    """Return where all fits begin, from k-means on a sample."""
    loadings = np.load(path, mmap_mode="r")
    generator = np.random.RandomState(0)
    reg_covar = REG_COVAR * mean_variance(loadings)
    start = kmeans_start(
        sample_doubles(loadings, MAX_SAMPLES, generator),
        N_CLUSTERS,
        covariance_type="full",
        reg_covar=reg_covar,
        generator=generator,
    )
    return {
        "weights": start.weights,
        "means": start.means,
        "covariances": start.covariances,
        "reg_covar": reg_covar,
    }


def fit_scikit_learn(path: Path, dtype: str, start: dict) -> dict:
    """Fit a GaussianMixture to all rows from the start."""
    rows = np.ascontiguousarray(np.load(path), dtype=dtype)
    mixture = GaussianMixture(
        N_CLUSTERS,
        shrinkage=0,
        tol=TOL,
        max_iter=MAX_ITER,
        reg_covar=start["reg_covar"],
        weights_init=start["weights"].astype(dtype),
        means_init=start["means"].astype(dtype),
        precisions_init=np.linalg.inv(start["covariances"]).astype(dtype),
        init_params="random",
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        seconds = best_seconds(lambda: mixture.fit(rows), n_repeats=1)
    return {
        "seconds": seconds,
        "n_iter": int(mixture.n_iter_),
        "weights": mixture.weights_.astype(float),
        "means": mixture.means_.astype(float),
        "covariances": mixture.covariances_.astype(float),
    }


def fit_same_iterations(path: Path, start: dict) -> dict:
    """Run the library's EM over all rows from the start, as scikit-learn does."""
    rows = np.load(path)
    begin = Gaussians(start["weights"], start["means"], start["covariances"])
    results = []

    def fit() -> None:
        results.append(
            run_em(
                rows,
                begin,
                covariance_type="full",
                shrinkage=0.0,
                reg_covar=start["reg_covar"],
                tol=TOL,
                max_iter=MAX_ITER,
            )
        )

    seconds = best_seconds(fit, n_repeats=1)
    mixture = results[0].mixture
    return {
        "seconds": seconds,
        "n_iter": results[0].n_iter,
        "weights": mixture.weights,
        "means": mixture.means,
        "covariances": mixture.covariances,
    }


def fit_clusterer(path: Path, n_init: int) -> dict:
    """Fit the estimator: checks, starts, the sample, all rows, and their labels."""
    rows = np.load(path)
    clusterer = GMMClusterer(
        N_CLUSTERS,
        shrinkage=0,
        tol=TOL,
        max_iter=MAX_ITER,
        reg_covar=REG_COVAR,
        max_samples=MAX_SAMPLES,
        n_init=n_init,
        random_state=0,
    )
    seconds = best_seconds(lambda: clusterer.fit(rows), n_repeats=1)
    return {
        "seconds": seconds,
        "n_iter": clusterer.n_iter_,
        "weights": clusterer.weights_,
        "means": clusterer.means_,
        "covariances": clusterer.covariances_,
    }


def fit_to_likelihood(path: Path, wanted: float) -> dict:
    """Fit with ever smaller tol, until the likelihood is reached; time the last."""
    rows = np.load(path)
    for tol in TOLS:
        clusterer = GMMClusterer(
            N_CLUSTERS,
            shrinkage=0,
            tol=tol,
            max_iter=MAX_ITER,
            reg_covar=REG_COVAR,
            max_samples=MAX_SAMPLES,
            random_state=0,
        )
        seconds = best_seconds(lambda: clusterer.fit(rows), n_repeats=1)  # noqa: B023
        if clusterer.score_samples(rows).mean() >= wanted:
            break
    return {
        "seconds": seconds,
        "tol": tol,
        "n_iter": clusterer.n_iter_,
        "weights": clusterer.weights_,
        "means": clusterer.means_,
        "covariances": clusterer.covariances_,
    }


def as_clusterer(fit: dict) -> GMMClusterer:
    """Return parameters as a fitted clusterer, so that one judge scores all fits."""
    clusterer = GMMClusterer(N_CLUSTERS)
    clusterer.n_features_in_ = fit["means"].shape[1]
    clusterer.weights_, clusterer.means_ = fit["weights"], fit["means"]
    clusterer.covariances_ = fit["covariances"]
    return clusterer


def as_scikit_learn(fit: dict, dtype: str) -> GaussianMixture:
    """Return parameters as a fitted GaussianMixture."""
    mixture = GaussianMixture(N_CLUSTERS)
    mixture.weights_, mixture.means_ = fit["weights"], fit["means"]
    mixture.covariances_ = fit["covariances"]
    inverses = np.linalg.inv(np.linalg.cholesky(fit["covariances"]))
    mixture.precisions_cholesky_ = inverses.transpose(0, 2, 1)
    for name in ("weights_", "means_", "covariances_", "precisions_cholesky_"):
        values = np.ascontiguousarray(getattr(mixture, name), dtype=dtype)
        setattr(mixture, name, values)
    return mixture


def compare_evaluation(loadings: np.ndarray, fit: dict) -> dict:
    """Time each method at the same parameters, and compare its values."""
    ours, double = as_clusterer(fit), loadings.astype(np.float64)
    reference, single = as_scikit_learn(fit, "f8"), as_scikit_learn(fit, "f4")
    table = {}
    for name in ("predict", "predict_proba", "score_samples"):
        seconds = {
            "ours": best_seconds(lambda: getattr(ours, name)(loadings), n_repeats=3),  # noqa: B023
            "scikit-learn float64": best_seconds(
                lambda: getattr(reference, name)(double),  # noqa: B023
                n_repeats=2,
            ),
            "scikit-learn float32": best_seconds(
                lambda: getattr(single, name)(loadings),  # noqa: B023
                n_repeats=2,
            ),
        }
        seconds["ratio"] = (
            min(seconds["scikit-learn float64"], seconds["scikit-learn float32"])
            / seconds["ours"]
        )
        table[name] = seconds
    values, expected = ours.score_samples(loadings), reference.score_samples(double)
    table["largest_relative_deviation_of_log_likelihood"] = float(
        (np.abs(values - expected) / np.abs(expected)).max()
    )
    differing = ours.predict(loadings) != reference.predict(double)
    table["labels_that_differ"] = int(differing.sum())
    return table


def compare_fits(
    path: Path, loadings: np.ndarray, *, double: bool
) -> tuple[dict, dict]:
    """Run every fit in a process of its own; return the table and the fits."""
    start, _ = run_alone(find_start, path)
    cases = {
        "scikit-learn float64": (fit_scikit_learn, path, "f8", start),
        "scikit-learn float32": (fit_scikit_learn, path, "f4", start),
        "same iterations": (fit_same_iterations, path, start),
        "GMMClusterer, n_init=1": (fit_clusterer, path, 1),
        "GMMClusterer, n_init=3": (fit_clusterer, path, 3),
        "GMMClusterer, to the first's likelihood": (fit_to_likelihood, path),
    }
    if not double:
        del cases["scikit-learn float64"]
    fits, table, reference, slowest = {}, {}, None, None
    wanted = np.nan
    for name, (function, *arguments) in cases.items():
        if function is fit_to_likelihood:
            arguments.append(wanted)
        fit, peak = run_alone(function, *arguments)
        clusterer = as_clusterer(fit)
        labels = clusterer.predict(loadings)
        reference = labels if reference is None else reference
        slowest = fit["seconds"] if slowest is None else slowest
        fits[name] = fit
        likelihood = float(clusterer.score_samples(loadings).mean())
        wanted = likelihood if np.isnan(wanted) else wanted
        table[name] = {
            "seconds": round(fit["seconds"], 3),
            "passes_over_all_rows": fit["n_iter"],
            "ratio": round(slowest / fit["seconds"], 1),
            "mean_log_likelihood": likelihood,
            "smallest_eigenvalue": float(np.linalg.eigvalsh(fit["covariances"]).min()),
            "weights": np.sort(fit["weights"])[::-1].round(5).tolist(),
            "ari_with_first": float(adjusted_rand_score(reference, labels)),
            "peak_mb_with_rows": round(peak / 1e6),
        }
        if "tol" in fit:
            table[name]["tol"] = fit["tol"]
        print(f"{name:<40}", end="")
        print(
            "  ".join(f"{key} {value}" for key, value in table[name].items()),
            flush=True,
        )
    return table, fits


def main() -> None:
    """Print the tables and write them as JSON."""
    options = parse_rows(__doc__.splitlines()[0])
    loadings = read_loadings(options)
    print(f"{loadings.shape[0]} rows, {loadings.shape[1]} factors, ", end="")
    print(f"{100 * (loadings == 0).mean():.0f} % exact zeros")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loadings.npy"
        np.save(path, loadings)
        fits_table, fits = compare_fits(path, loadings, double=not options.single)
    evaluation = compare_evaluation(loadings, next(iter(fits.values())))
    for name, row in evaluation.items():
        shown = row
        if isinstance(row, dict):
            shown = "  ".join(f"{key} {value:.3g}" for key, value in row.items())
        print(f"{name:<24}{shown}", flush=True)
    out = Path(__file__).parent / "results" / f"{options.name or 'bench_gmm'}.json"
    out.parent.mkdir(exist_ok=True)
    results = {
        "rows": len(loadings),
        "zeros": float((loadings == 0).mean()),
        "fits": fits_table,
        "evaluation": evaluation,
    }
    out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
