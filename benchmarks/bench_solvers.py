"""Factors of every size and kind of data, beside scikit-learn's and a commit before.

    python bench_solvers.py [--real FEATURES.npy] [--rich FEATURES.npy]
                            [--before FOLDER] [--only CASE ...]

For each kind of data and number of factors k, one after the other in one run: scikit-
learn's coordinate descent, this library, and the same library from another folder.
Every one has one thread. What counts are seconds of the processor, since other work on
the machine lengthens only those of the clock; both are written. Objectives are ||X - W
H|| in float64, W the exact loadings on the H found. Where our default settings, five
starts, take longer than scikit-learn, which has one, fits from one start are stopped
early, until one is as low; so they are for more factors than `MOST_BY_DEFAULT`.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from bench_nmf import RESULTS, coordinate_descent, describe, ours
from sklearn.datasets import load_digits

from sklearn_microarch.decomposition.nnls._loadings import nonnegative_loadings

# Iterations after which a fit from one start is stopped.
LADDER = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 500)

# Of more factors, five starts take minutes.
MOST_BY_DEFAULT = 64

# An objective is as low as another at this factor of it.
AS_LOW = 1 + 1e-4

# Fits shorter than this are repeated, and the fastest counts.
SHORT_S, N_REPEATS = 1.0, 3


def digits() -> np.ndarray:
    """Return grey levels of hand-written digits, (1797, 64)."""
    return load_digits().data


def faces() -> np.ndarray:
    """Return sums of bright spots, each at its place, (1000, 1024)."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:32, :32]
    places, widths = rng.uniform(0, 32, (300, 2)), rng.uniform(1, 5, 300)
    spots = [
        np.exp(-((y - a) ** 2 + (x - b) ** 2) / (2 * s**2))
        for (a, b), s in zip(places, widths, strict=True)
    ]
    weights = rng.gamma(0.3, size=(1000, 300))
    parts = weights @ np.reshape(spots, (300, -1))
    return parts + rng.uniform(0, 0.05 * parts.mean(), parts.shape)


def relu() -> np.ndarray:
    """Return half-zero activations of a random layer, (2000, 512)."""
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(2000, 20)) @ rng.normal(size=(20, 512))
    return np.maximum(inputs + 0.5 * rng.normal(size=inputs.shape), 0)


def deficient() -> np.ndarray:
    """Return rows of rank 12, (2000, 128)."""
    rng = np.random.default_rng(2)
    return rng.gamma(0.5, size=(2000, 12)) @ rng.gamma(0.5, size=(12, 128))


def dependent() -> np.ndarray:
    """Return mixtures of 40 parts, half of them near the others, (2000, 64)."""
    rng = np.random.default_rng(3)
    parts = rng.gamma(0.5, size=(40, 64))
    parts[20:] = parts[:20] + 1e-3 * rng.uniform(size=(20, 64))
    return rng.gamma(0.5, size=(2000, 40)) @ parts + rng.gamma(0.1, size=(2000, 64))


MADE = {
    "digits": (digits, (2, 15, 30, 50, 60)),
    "faces-like": (faces, (2, 15, 64, 256)),
    "ReLU": (relu, (2, 15, 64, 256)),
    "rank-deficient": (deficient, (8, 15, 40)),
    "nearly dependent": (dependent, (15, 40)),
}

# Rows and numbers of factors of features that are read from a file.
OF_REAL = {1_000: (2, 15, 50), 10_000: (2, 15, 50), 100_000: (15,), 1_000_000: (15,)}
OF_RICH = OF_REAL


def cases(options: argparse.Namespace):
    """Yield the name, the rows and the numbers of factors of each case."""
    for name, (make, ks) in MADE.items():
        yield name, make, ks
    for name, path, sizes in (
        ("real", options.real, OF_REAL),
        ("rich", options.rich, OF_RICH),
    ):
        for n_rows, ks in sizes.items() if path else ():
            yield f"{name} {n_rows}", lambda p=path, n=n_rows: take(p, n), ks


def take(path: Path, n_rows: int) -> np.ndarray:
    """Return so many rows of a file, evenly."""
    rows = np.load(path, mmap_mode="r")
    kept = np.unique(np.linspace(0, len(rows) - 1, n_rows).astype(np.intp))
    return np.array(rows[kept], dtype=np.float32)


def fit(model, X: np.ndarray) -> dict:
    """Return components, and seconds of the clock and the processor."""
    walls, cpus = [], []
    while not walls or (sum(walls) < SHORT_S and len(walls) < N_REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        model.fit_transform(X)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {
        "cpu_s": min(cpus),
        "wall_s": min(walls),
        "iterations": int(model.n_iter_),
        "components": model.components_.tolist(),
    }


def objective(X: np.ndarray, components: list) -> float:
    """Return the norm of what exact loadings leave, in float64."""
    H = np.array(components, dtype=np.float64)
    lengths = np.linalg.norm(H, axis=1, keepdims=True)
    H /= np.where(lengths > 0, lengths, 1.0)
    squares = 0.0
    for start in range(0, len(X), 100_000):
        rows = X[start : start + 100_000].astype(np.float64)
        squares += float(np.sum((rows - nonnegative_loadings(rows, H) @ H) ** 2))
    return float(np.sqrt(squares))


class Library:
    """A process with this library, from a folder or as it is installed."""

    def __init__(self, folder: Path | None) -> None:
        environment = dict(os.environ)
        if folder is not None:
            environment["PYTHONPATH"] = str(folder)
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fit(self, path: str, k: int, **settings) -> dict:
        """Return what a fit of the rows in a file found."""
        self._process.stdin.write(json.dumps([path, k, settings]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process ended while fitting k={k}")
        return json.loads(answer)

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()


def serve() -> None:
    """Answer each line of the input with a fit."""
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        path, k, settings = json.loads(line)
        print(json.dumps(fit(ours(k, 0, **settings), np.load(path))), flush=True)


def judged_fit(library: Library, path: str, X: np.ndarray, k: int, **settings) -> dict:
    """Return a fit with its objective, without the components."""
    found = library.fit(path, k, **settings)
    return {"objective": objective(X, found.pop("components"))} | found


def compare(path: str, X: np.ndarray, k: int, now: Library, before: Library | None):
    """Return what each found; ours also at their objective, if the default is slow."""
    theirs = fit(coordinate_descent(k, 0), X)
    theirs["objective"] = objective(X, theirs.pop("components"))
    many = k > MOST_BY_DEFAULT
    settings = {"n_init": 1} if many else {}
    mine = judged_fit(now, path, X, k, **settings)
    row = {"sklearn": theirs, "ours": mine, "starts": 1 if many else 5}
    if before is not None and not many:
        row["before"] = judged_fit(before, path, X, k)
    reached = mine if mine["objective"] <= AS_LOW * theirs["objective"] else None
    if reached is None or mine["cpu_s"] > theirs["cpu_s"]:
        for max_iter in LADDER:
            stopped = judged_fit(now, path, X, k, n_init=1, max_iter=max_iter)
            if stopped["objective"] <= AS_LOW * theirs["objective"]:
                if reached is None or stopped["cpu_s"] < reached["cpu_s"]:
                    reached = stopped | {"max_iter": max_iter}
                break
            if stopped["iterations"] < max_iter:
                break
    row["equal"] = reached
    return row


def report(name: str, k: int, row: dict) -> None:
    """Print one line of the table."""
    theirs, mine, equal = row["sklearn"], row["ours"], row["equal"]
    before = row.get("before", {}).get("cpu_s", float("nan"))
    ratio = theirs["cpu_s"] / equal["cpu_s"] if equal else float("nan")
    lower = mine["objective"] / theirs["objective"]
    print(
        f"{name:<18}{k:>4}{row['starts']:>3}{theirs['cpu_s']:>10.3f}{mine['cpu_s']:>9.3f}{before:>9.3f}"
        f"{lower:>10.4f}{theirs['cpu_s'] / mine['cpu_s']:>9.2f}{ratio:>9.2f}",
        flush=True,
    )


def main() -> None:
    """Print the table and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", type=Path, help="float32 .npy of features")
    parser.add_argument("--rich", type=Path, help="features of more directions")
    parser.add_argument("--before", type=Path, help="folder of another commit")
    parser.add_argument("--only", nargs="+", help="names of cases")
    parser.add_argument("--name", default="solvers", help="of the result's file")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    warnings.simplefilter("ignore")
    RESULTS.mkdir(exist_ok=True)
    columns = ("sklearn", "ours", "before", "objective", "default", "equal")
    print(f"{'data':<18}{'k':>4}  *" + "".join(f"{column:>9}" for column in columns))
    table: dict[str, dict] = {}
    with contextlib.ExitStack() as stack:
        libraries = [Library(None)]
        libraries += [Library(options.before)] if options.before else []
        for library in libraries:
            stack.callback(library.close)
        path = str(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "X.npy")
        for name, make, ks in cases(options):
            if options.only and name not in options.only:
                continue
            X = make()
            np.save(path, X)
            table[name] = {"data": describe(X), "k": {}}
            for k in ks:
                row = compare(path, X, k, libraries[0], (*libraries[1:], None)[0])
                table[name]["k"][k] = row
                report(name, k, row)
                written = json.dumps(table, indent=1) + "\n"
                (RESULTS / f"{options.name}.json").write_text(written)


if __name__ == "__main__":
    main()
