"""Other libraries beside this one: factors, loadings and mixtures of real features.

    python bench_peers.py [FEATURES.npy] [--rows N] [--components K]

Every library runs in a process of its own, on the same rows, threads and limit of
time; one that is not installed, fails or does not finish is reported as such. What
they find is judged alike: factors by ||X - W H|| over all rows in float64, where W
are the exact loadings, mixtures by their likelihood. One run each: only ratios mean
anything.
"""

import argparse
import json
import tempfile
from pathlib import Path

import _peers_gmm
import _peers_nmf
import _peers_nnls
import numpy as np
from _peers_alone import limit_threads, run_peer, run_within
from bench_gmm import find_start
from bench_nmf import RESULTS, describe, in_fresh_process
from features import dense_features

from sklearn_microarch import NMFEmbedder


def compare_factors(path: str, k: int, limit_s: float) -> dict:
    """Fit everyone's factors, and judge them."""
    X = np.load(path, mmap_mode="r")
    norm = np.sqrt(sum(np.sum(row.astype(np.float64) ** 2) for row in X))
    print_head("factors", ("fit s", "ratio", "||X-WH||", "/ ||X||", "passes", "MB"))
    table: dict[str, dict | str] = {}
    for name, peer in _peers_nmf.PEERS.items():
        found = run_peer(peer, limit_s, path, k)
        if not isinstance(found, str):
            components = found.pop("components")
            judged = run_within(limit_s, _peers_nmf.prepare_judge, path, components)
            if isinstance(judged, str):
                found = f"cannot be judged: {judged}"
            else:
                found["objective"] = judged["objective"]
                found["relative_objective"] = float(judged["objective"] / norm)
        columns = (
            "seconds",
            "ratio",
            "objective",
            "relative_objective",
            "iterations",
            "peak_mb",
        )
        add_row(table, name, found, columns)
    return table


def compare_loadings(path: str, components: np.ndarray, limit_s: float) -> dict:
    """Solve rows for their loadings, and compare with SciPy's."""
    columns = ("us_per_row", "ratio", "deviation", "rows")
    print_head("loadings", ("us/row", "ratio", "deviation", "rows"))
    expected = _peers_nnls.prepare_scipy(path, components)()["loadings"]
    table: dict[str, dict | str] = {}
    for name, peer in _peers_nnls.PEERS.items():
        found = run_peer(peer, limit_s, path, components)
        if not isinstance(found, str):
            deviation = np.abs(found.pop("loadings") - expected).max()
            found["deviation"] = float(deviation / expected.max())
            found["us_per_row"] = 1e6 * found["seconds"] / found["rows"]
            # Of all calls, where the seconds are of the fastest.
            found["cpu_seconds"] /= _peers_nnls.N_REPEATS
        add_row(table, name, found, columns, ratio_of="us_per_row")
    return table


def compare_mixtures(path: Path, limit_s: float) -> dict:
    """Fit everyone's mixture to loadings, and judge it."""
    start = in_fresh_process(find_start, path)
    print_head(
        "mixtures", ("fit s", "ratio", "log-likelihood", "eigenvalue", "passes", "MB")
    )
    table: dict[str, dict | str] = {}
    for name, peer in _peers_gmm.PEERS.items():
        found = run_peer(peer, limit_s, path, start)
        if not isinstance(found, str):
            judged = run_within(limit_s, _peers_gmm.prepare_judge, path, found)
            if isinstance(judged, str):
                found = f"cannot be judged: {judged}"
            else:
                found["weights"] = np.sort(found["weights"])[::-1].round(5).tolist()
                del found["means"], found["covariances"]
                found["mean_log_likelihood"] = judged["mean_log_likelihood"]
                found["smallest_eigenvalue"] = judged["smallest_eigenvalue"]
        columns = (
            "seconds",
            "ratio",
            "mean_log_likelihood",
            "smallest_eigenvalue",
            "n_iter",
            "peak_mb",
        )
        add_row(table, name, found, columns)
    return table


def print_head(title: str, columns: tuple[str, ...]) -> None:
    """Print the names of columns."""
    print(f"\n{title:<34}" + "".join(f"{column:>16}" for column in columns))


def add_row(
    table: dict,
    name: str,
    found: dict | str,
    columns: tuple[str, ...],
    ratio_of: str = "seconds",
) -> None:
    """Put what a peer found in the table, beside the first, and print it."""
    if not isinstance(found, str):
        first = next(iter(table.values()), found)
        known = not isinstance(first, str)
        found["ratio"] = found[ratio_of] / first[ratio_of] if known else None
    table[name] = found
    if isinstance(found, str):
        print(f"{name:<34}  {found}", flush=True)
        return
    values = ("-" if found[key] is None else f"{found[key]:.6g}" for key in columns)
    label = f"{name} {found['version']}"
    print(f"{label:<34}" + "".join(f"{value:>16}" for value in values), flush=True)


def main() -> None:
    """Print the tables and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("features", nargs="?", help="float32 .npy of shape (n, d)")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--components", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for each")
    options = parser.parse_args()
    limit_threads(options.threads)
    if options.features:
        X = np.load(options.features, mmap_mode="r")
        # Evenly over the slice: its first rows are one strip of it.
        X = X[np.unique(np.linspace(0, len(X) - 1, options.rows).astype(np.intp))]
    else:
        X = dense_features(options.rows)
    X = np.ascontiguousarray(X, dtype=np.float32)
    embedder = NMFEmbedder(options.components, random_state=0)
    loadings = embedder.fit_transform(X)
    results = {
        "data": describe(X) | {"k": options.components, "threads": options.threads},
        "limit_s": options.limit,
    }
    for name, value in results["data"].items():
        print(f"{name:<24} {value:.6g}")
    with tempfile.TemporaryDirectory() as folder:
        path, path_of_loadings = Path(folder) / "X.npy", Path(folder) / "W.npy"
        np.save(path, X)
        np.save(path_of_loadings, loadings)
        del X, loadings
        results["factors"] = compare_factors(
            str(path), options.components, options.limit
        )
        results["loadings"] = compare_loadings(
            str(path), embedder.components_, options.limit
        )
        results["mixtures"] = compare_mixtures(path_of_loadings, options.limit)
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / "bench_peers.json"
    out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
