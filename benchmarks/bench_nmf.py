"""How fast factors are found and rows embedded in them, beside scikit-learn and SciPy.

Run as ``bench_nmf.py [FEATURES.npy] [--rows N] [--components K]``. Every contender runs
in a process of its own, on the same rows from a file, so that peaks of memory do not
mix. Objectives are compared as ||X - W H|| over all rows in float64, where W are the
exact loadings on the contender's H. Times are of one run on one machine, and only their
ratios mean anything.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from features import dense_features
from scipy.optimize import nnls
from sklearn.decomposition import NMF, MiniBatchNMF
from sklearn.exceptions import ConvergenceWarning

from sklearn_microarch import NMFEmbedder

RESULTS = Path(__file__).parent / "results"

# Rows that SciPy solves one by one.
ROWS_FOR_SCIPY = 1000

# Rows that scikit-learn's online solver transforms, a hundred times slower than others.
ROWS_FOR_MINI_BATCH = 20_000

# Iterations after which the curves have a point.
CURVE_OURS = (2, 5, 20, 50)
CURVE_THEIRS = (5, 20, 50, 100)


def describe(X: np.ndarray) -> dict:
    """Return how hard the features are to factorize."""
    sample = X[:: max(1, len(X) // 200_000)].astype(np.float64)
    spread = np.linalg.eigvalsh(np.cov(sample.T))
    return {
        "n": len(X),
        "features": X.shape[1],
        "participation_ratio": float(spread.sum() ** 2 / (spread**2).sum()),
        "dead_units": int((~X.any(axis=0)).sum()),
        "share_of_zeros": float((sample == 0).mean()),
    }


def ours(k: int, seed: int, **settings) -> NMFEmbedder:
    """Return this library's embedder."""
    return NMFEmbedder(k, random_state=seed, **settings)


def coordinate_descent(k: int, seed: int, **settings) -> NMF:
    """Return scikit-learn's solver at its best: float32, row-major, its own start."""
    settings = {"max_iter": 200, "tol": 1e-4, **settings}
    return NMF(k, init="nndsvda", solver="cd", random_state=seed, **settings)


def mini_batches(k: int, seed: int, **settings) -> MiniBatchNMF:
    """Return scikit-learn's online solver with large batches, where it is fastest."""
    return MiniBatchNMF(
        k, init="nndsvda", batch_size=4096, random_state=seed, **settings
    )


CONTENDERS = {
    "ours": ours,
    "sklearn CD": coordinate_descent,
    "sklearn MiniBatch": mini_batches,
}


def memory_mb(field: str) -> float:
    """Return VmRSS, the resident memory of this process, or VmHWM, its peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024 / 1e6
    return float("nan")


def measure(path: str, name: str, k: int, seed: int, settings: dict) -> dict:
    """Fit one contender on the rows of a file; called in a fresh process."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X = np.load(path)
    model = CONTENDERS[name](k, seed, **settings)
    before = memory_mb("VmRSS")
    start = time.perf_counter()
    model.fit(X)
    fit_seconds = time.perf_counter() - start
    peak_of_fit = memory_mb("VmHWM")
    rows = X[:ROWS_FOR_MINI_BATCH] if name == "sklearn MiniBatch" else X
    seconds = []
    W = None
    for _ in range(2):
        # Else two of them are held at once.
        del W
        start = time.perf_counter()
        W = model.transform(rows)
        seconds.append(time.perf_counter() - start)
    return {
        "fit_seconds": fit_seconds,
        "transform_us_per_row": 1e6 * min(seconds) / len(rows),
        "iterations": int(model.n_iter_),
        "peak_above_x_mb": peak_of_fit - before,
        "peak_above_x_and_w_mb": memory_mb("VmHWM") - before - W.nbytes / 1e6,
        "components": model.components_.tolist(),
    }


def in_fresh_process(function, *arguments) -> dict:
    """Call a function in a new process, whose memory starts from nothing."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(function, arguments)


def judge(path: str, components: list) -> dict:
    """Return the objective of exact loadings, and how exact they are."""
    X = np.load(path)
    H = np.array(components)
    lengths = np.linalg.norm(H, axis=1, keepdims=True)
    H /= np.where(lengths > 0, lengths, 1.0)
    judge = NMFEmbedder(len(H))
    judge.n_features_in_, judge.components_ = X.shape[1], H
    squares, worst = 0.0, 0.0
    for start in range(0, len(X), 100_000):
        rows = X[start : start + 100_000].astype(np.float64)
        W = judge.transform(rows)
        squares += float(np.sum((rows - W @ H) ** 2))
        # Loadings as transform returns them for the features' own dtype.
        given = W.astype(X.dtype).astype(np.float64)
        projections = rows @ H.T
        descent = projections - given @ (H @ H.T)
        deviation = np.abs(given - np.maximum(given + descent, 0.0)).max(axis=1)
        scale = projections.max(axis=1)
        worst = max(worst, float((deviation[scale > 0] / scale[scale > 0]).max()))
    return {"objective": float(np.sqrt(squares)), "largest_kkt_residual": worst}


def beside_scipy(path: str, components: list) -> dict:
    """Return SciPy's time a row, and the largest deviation from its loadings."""
    X = np.load(path, mmap_mode="r")
    rows = X[np.linspace(0, len(X) - 1, ROWS_FOR_SCIPY).astype(int)]
    H = np.array(components)
    start = time.perf_counter()
    expected = np.array([nnls(H.T, row.astype(np.float64))[0] for row in rows])
    seconds = time.perf_counter() - start
    judge = NMFEmbedder(len(H))
    judge.n_features_in_, judge.components_ = X.shape[1], H.astype(X.dtype)
    deviation = np.abs(judge.transform(rows) - expected).max() / expected.max()
    return {
        "scipy_us_per_row": 1e6 * seconds / len(rows),
        "deviation": float(deviation),
    }


def curve(path: str, name: str, k: int, iterations: tuple[int, ...]) -> list:
    """Return seconds and objectives of runs that were stopped early."""
    points = []
    for max_iter in iterations:
        settings = {"max_iter": max_iter}
        found = in_fresh_process(measure, path, name, k, 0, settings)
        judged = in_fresh_process(judge, path, found["components"])
        points.append((found["fit_seconds"], judged["objective"]))
    return points


def seconds_to(points: list, objective: float) -> float:
    """Return the time of the first point at least as low; NaN if there is none."""
    reached = [seconds for seconds, value in sorted(points) if value <= objective]
    return reached[0] if reached else float("nan")


def draw(curves: dict, norm: float, path: Path) -> None:
    """Plot relative objectives over seconds."""
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for name, points in curves.items():
        seconds, values = np.array(sorted(points)).T
        axes.plot(seconds, values / norm, "o-", label=name)
    axes.set(xscale="log", xlabel="seconds", ylabel="||X - W H|| / ||X||, W exact")
    axes.legend()
    figure.savefig(path, dpi=150)


def run(path: str, k: int, seeds: int, their_curve: bool) -> tuple[dict, dict]:
    """Measure all contenders; return what was found, and the curves."""
    found = {
        "data": {**describe(np.load(path, mmap_mode="r")), "k": k},
        "contenders": {},
    }
    curves = {}
    for name in CONTENDERS:
        runs = []
        for seed in range(seeds if name == "ours" else 1):
            result = in_fresh_process(measure, path, name, k, seed, {})
            result |= in_fresh_process(judge, path, result["components"])
            runs.append(result)
        if name == "ours":
            found["data"] |= in_fresh_process(beside_scipy, path, runs[0]["components"])
        for result in runs:
            del result["components"]
        found["contenders"][name] = runs
        curves[name] = [(r["fit_seconds"], r["objective"]) for r in runs[:1]]
    curves["ours"] += curve(path, "ours", k, CURVE_OURS)
    if their_curve:
        curves["sklearn CD"] += curve(path, "sklearn CD", k, CURVE_THEIRS)
    theirs = found["contenders"]["sklearn CD"][0]
    reached = seconds_to(curves["ours"], theirs["objective"])
    mine = found["contenders"]["ours"][0]
    found["ratios"] = {
        "seconds_to_their_objective": reached,
        "fit_to_their_objective": theirs["fit_seconds"] / reached,
        "whole_fit": theirs["fit_seconds"] / mine["fit_seconds"],
        "transform": theirs["transform_us_per_row"] / mine["transform_us_per_row"],
    }
    return found, curves


def report(found: dict) -> None:
    """Print the tables."""
    for name, value in found["data"].items():
        print(f"{name:<24} {value:.6g}")
    columns = ("fit s", "objective", "transform us/row", "KKT", "MB over X", "over X+W")
    print(f"\n{'':<20}" + "".join(f"{column:>18}" for column in columns))
    for name, runs in found["contenders"].items():
        for result in runs:
            values = (
                result["fit_seconds"],
                result["objective"],
                result["transform_us_per_row"],
                result["largest_kkt_residual"],
                result["peak_above_x_mb"],
                result["peak_above_x_and_w_mb"],
            )
            print(f"{name:<20}" + "".join(f"{value:>18.6g}" for value in values))
    print()
    for name, value in found["ratios"].items():
        print(f"{name:<28} {value:.4g}")


def main() -> None:
    """Print the tables, write them as JSON and the curves as PNG."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features", nargs="?", help="float32 .npy of shape (n, d)")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--components", type=int, default=15)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--name", default="bench_nmf", help="of the result's files")
    parser.add_argument(
        "--their-curve",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="also stop coordinate descent early, which takes twice its whole fit",
    )
    options = parser.parse_args()
    if options.features:
        X = np.load(options.features, mmap_mode="r")[: options.rows]
    else:
        X = dense_features(options.rows)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "features.npy")
        np.save(path, np.ascontiguousarray(X, dtype=np.float32))
        norm = float(np.sqrt(sum(np.sum(row.astype(np.float64) ** 2) for row in X)))
        found, curves = run(
            path, options.components, options.seeds, options.their_curve
        )
    report(found)
    RESULTS.mkdir(exist_ok=True)
    draw(curves, norm, RESULTS / f"{options.name}.png")
    found["curves"] = curves
    (RESULTS / f"{options.name}.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
