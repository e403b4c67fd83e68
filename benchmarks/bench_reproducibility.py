"""Why factors differ between two fits, and what makes them agree.

The annotated slice is cut in two strips, and two networks are trained on each: fits are
of the same tissue with another seed, or of separate tissue with separate seeds. Their
factors are matched by their maps on the same cells: the correlation over the slice, and
inside regions (region means taken out). One cause of the spread is changed at a time:
the start of the NMF, the rows it learns from, the seed, the tissue. How much of it is
only another way to write the same is told by a linear layer: it reads the factors of
one network from the features of another. Then remedies; see `remedies`.

Beside each stands what it costs, on blocks that nothing was learned from: how much of
the network's own 64 features, and of the patch's grey levels, scales and directions, a
linear layer reads from the loadings; the recall of regions; on a phantom, the R2 of
cortical layers and of barrels.

    python benchmarks/bench_reproducibility.py
    python benchmarks/bench_reproducibility.py --phantom 31
    python benchmarks/bench_reproducibility.py --small 11 12 13
"""

import argparse
import json
import warnings
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
from _last_layer import LEAST_SPREAD, above_and_below, named_features
from _reproducibility_figures import agreement, costs, told_by_other
from _reproducibility_subject import Subject
from numpy.typing import NDArray
from sklearn.decomposition import FastICA
from sklearn.preprocessing import StandardScaler

from sklearn_microarch import NMFEmbedder

RESULTS = Path(__file__).parent / "results" / "bench_reproducibility.json"
N_FACTORS, FEWER = 15, (4, 6, 8, 10)
# Strip and seed of each network.
NETWORKS = ((0, 100), (1, 101), (0, 102), (1, 103))


def learn(
    features: NDArray, kept: NDArray, *, k: int = N_FACTORS, seed: int = 0
) -> NDArray:
    """Return loadings (n_cells, k) of factors learned from some of the cells."""
    nmf = NMFEmbedder(k, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nmf.fit(features[kept])
    return nmf.transform(features)


def on_one_scale(net: dict) -> NDArray:
    """Return features divided by their root mean square."""
    squares = net["features"][net["own_cells"]] ** 2
    return net["features"] / np.maximum(np.sqrt(squares.mean(axis=0)), 1e-6)


def independent(values: NDArray, kept: NDArray, k: int = N_FACTORS) -> NDArray:
    """Return k independent components (n, k), signed so that their tail is positive."""
    found = FastICA(k, whiten="unit-variance", random_state=0, max_iter=500)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found.fit(values[kept])
    sources = found.transform(values)
    skew = (sources[kept] ** 3).mean(axis=0)
    return np.maximum(sources * np.sign(skew), 0.0)


def remedies(subject: Subject) -> dict[str, Callable[[dict], NDArray]]:
    """Return what makes the loadings of a network, by name.

    Independent components are of what the last layer is given, or gives. Named features
    are another last layer; see `named_features`.
    """

    def named(net: dict, *, regions: bool = True) -> NDArray:
        rows = net["rows"]
        labels = subject.labels[rows] if regions else np.zeros(len(rows))
        described = subject.described[0][rows]
        return named_features(net["averages"], net["of_rows"], described, labels)

    def statistics(net: dict) -> NDArray:
        values = subject.described[1]
        values = values[:, values.std(axis=0) > LEAST_SPREAD]
        scaled = StandardScaler().fit(values[net["own_cells"]]).transform(values)
        return above_and_below(scaled, scaled.shape[1])

    def nmf(features: NDArray, net: dict, k: int = N_FACTORS) -> NDArray:
        return learn(features, net["own_cells"], k=k)

    n_read = max(64 // 4, 2 * len(np.unique(subject.labels)))
    ways: dict[str, Callable[[dict], NDArray]] = {
        "default": lambda net: nmf(net["features"], net),
        "features on one scale": lambda net: nmf(on_one_scale(net), net),
        "without what the head reads": lambda net: nmf(
            net["features"][:, n_read:], net
        ),
        "independent components of features": lambda net: independent(
            net["features"], net["own_cells"]
        ),
        "independent components": lambda net: independent(
            net["averages"], net["own_cells"]
        ),
        "named features": lambda net: nmf(named(net, regions=False), net),
        "named features and regions": lambda net: nmf(named(net), net),
        "statistics alone, no network": lambda net: nmf(statistics(net), net),
    }
    for k in FEWER:
        ways[f"default, {k}"] = lambda net, k=k: nmf(net["features"], net, k)
        ways[f"named features, {k}"] = lambda net, k=k: nmf(
            named(net, regions=False), net, k
        )
    return ways


def measure(subject: Subject, n_networks: int) -> dict[str, dict]:
    """Return agreement, for each pair, and costs, by what differs or is tried."""
    nets = {one: subject.network(*one) for one in NETWORKS[:n_networks]}
    apart = [pair for pair in combinations(nets, 2) if pair[0][0] != pair[1][0]]
    together = [pair for pair in combinations(nets, 2) if pair[0][0] == pair[1][0]]
    found: dict[str, dict] = {}

    def add(what: str, pairs: list[tuple[NDArray, NDArray]], paid: list[dict]) -> None:
        agreed = [agreement(*pair, subject) for pair in pairs]
        found[what] = {"pairs": agreed, "costs": paid}
        print(subject.name, what, means(found[what]), flush=True)

    own = [(net["features"], net["own_cells"]) for net in nets.values()]
    starts = [tuple(learn(*one, seed=seed) for seed in (0, 1)) for one in own]
    add("start of NMF", starts, [])
    halves = [
        tuple(learn(values, kept & (subject.half == half)) for half in (0, 1))
        for values, kept in own
    ]
    add("rows of NMF", halves, [])
    for name, way in remedies(subject).items():
        fits = {key: way(net) for key, net in nets.items()}
        paid = [costs(fits[key], nets[key], subject) for key in nets]
        if name == "default":
            if together:
                add("seed of network", [(fits[a], fits[b]) for a, b in together], paid)
            told = [
                told_by_other(fits[a], nets[b]["features"], subject) for a, b in apart
            ]
            found["told by a linear layer"] = {"correlation": told}
            print(subject.name, "told by a linear layer", np.mean(told), flush=True)
        add(name, [(fits[a], fits[b]) for a, b in apart], paid)
    return found


def means(one: dict) -> dict[str, float]:
    """Return figures as means over pairs, and costs over networks."""
    return {
        key: round(float(np.mean([row[key] for row in rows])), 3)
        for rows in (one["pairs"], one["costs"])
        for key in (rows[0] if rows else ())
    }


def print_table(found: dict[str, dict]) -> None:
    """Print means, and the lowest and highest share found again."""
    tables = {what: means(one) for what, one in found.items() if "pairs" in one}
    keys = list(max(tables.values(), key=len))
    print("\n| |", " | ".join(keys), "| again, of pairs |")
    print("| --- |", " | ".join("---" for _ in keys), "| --- |")
    for what, row in tables.items():
        again = [pair["again"] for pair in found[what]["pairs"]]
        values = " | ".join(f"{row[key]:.3g}" if key in row else "" for key in keys)
        print(f"| {what} | {values} | {min(again):.2f} to {max(again):.2f} |")


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phantom", type=int, help="specimen; else the real slice")
    parser.add_argument("--small", type=int, nargs="+", help="specimens, small slices")
    parser.add_argument("--networks", type=int, default=len(NETWORKS), help="2 to 4")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    for specimen in options.small or [options.phantom]:
        subject = Subject(specimen, small=bool(options.small))
        found = measure(subject, options.networks)
        print_table(found)
        known = json.loads(options.out.read_text()) if options.out.exists() else {}
        known[subject.name] = found
        options.out.write_text(json.dumps(known, indent=1))


if __name__ == "__main__":
    main()
