"""Why factors differ between two fits, and what makes them agree.

Networks of several seeds are trained on one annotated slice, two more on separate
strips of it. Their factors are matched by their maps on the same cells: the correlation
over the slice, and inside regions (region means taken out). One cause of the spread is
changed at a time: the start of the NMF, the rows it learns from, the seed of the
network, the tissue that the network is trained on. Then remedies: fewer factors,
features on one scale, features of two networks together, and those read by a linear
layer from one of them, as a distilled network would. Beside each stands what it costs:
the error of reconstruction on blocks that the factors were not learned from, and, on a
phantom, how well layers and barrels are read from the loadings.

    python benchmarks/bench_reproducibility.py
    python benchmarks/bench_reproducibility.py --phantom 31
"""

import argparse
import json
import warnings
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import joblib
import numpy as np
from bench_probes import shares
from features import read_slice
from numpy.typing import NDArray
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_microarch import CNNFeatureExtractor, NMFEmbedder, PatchSampler
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.model_selection import SpatialBlockKFold
from sklearn_microarch.spatial import spatial_blocks
from sklearn_microarch.trust.again._agreement import found_again

RESULTS = Path(__file__).parent / "results" / "bench_reproducibility.json"
CACHE = Path(__file__).parent / "out" / "reproducibility"
STRIDE, N_FACTORS = 8, 15
FOUND_AGAIN, FOUND_INSIDE = 0.8, 0.5
FEWER = (4, 6, 8, 10, 12)


class Subject:
    """A slice, its cells, and the features that networks give for them."""

    def __init__(self, phantom: int | None) -> None:
        self.truth: NDArray | None = None
        if phantom is None:
            self.name = "real"
            self.image, self.rois = read_slice(six_class=True)
        else:
            self.name = f"phantom{phantom}"
            made = make_thalamocortical_phantom(six_class=True, random_state=phantom)
            self.image, self.rois = made.images[0], made.rois[0]
        self.sampler = PatchSampler(stride=STRIDE, random_state=0)
        self.rows, self.labels = self.sampler.sample(self.image, self.rois)
        self.cells = self.sampler.fit(self.rows).transform(self.image)
        at = self.cells.positions[:, 1:]
        self.codes = np.asarray(self.rois)[tuple(at.T)].astype(np.int64) - 1
        block = spatial_blocks(self.cells, block_size=512).labels
        # Neighbours in a chequerboard of blocks are never in one half.
        self.half = np.random.default_rng(0).permutation(block.max() + 1)[block] % 2
        if phantom is not None:
            layers, barrels = made.layers[0], (made.barrels[0] > 0).astype(np.uint8)
            kinds = np.unique(layers[layers > 0])
            self.truth = np.column_stack(
                [shares(layers, kinds, at), shares(barrels, [1], at)]
            )

    def features(self, name: str, rows: NDArray, seed: int) -> NDArray[np.float32]:
        """Return features (n_cells, 64) of a network trained on some rows."""
        CACHE.mkdir(exist_ok=True, parents=True)
        network = CNNFeatureExtractor(random_state=seed)
        settings = joblib.hash((network.get_params(), self.rows[rows]))
        path = CACHE / f"{self.name}-{name}-{settings[:8]}.npy"
        if not path.exists():
            network.fit(self.rows[rows], self.labels[rows])
            np.save(path, network.transform(self.cells))
            print(f"trained {self.name} {name}", flush=True)
        return np.load(path)


def learn(
    features: NDArray,
    subject: Subject,
    *,
    k: int = N_FACTORS,
    half: int | None = None,
    seed: int = 0,
) -> tuple[NDArray, float]:
    """Return loadings (n_cells, k), and the relative error on the other blocks."""
    kept = np.ones(len(features), bool) if half is None else subject.half == half
    nmf = NMFEmbedder(k, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nmf.fit(features[kept])
        # The error is always that of rows that were not learned from.
        judge = NMFEmbedder(k, random_state=seed).fit(features[subject.half == 0])
    unseen = features[subject.half == 1]
    missed = unseen - judge.inverse_transform(judge.transform(unseen))
    return nmf.transform(features), float(
        np.linalg.norm(missed) / np.linalg.norm(unseen)
    )


def read_layers(loadings: NDArray, subject: Subject) -> list[float] | None:
    """Return R2 of layers (their mean) and barrels, read on the other blocks."""
    if subject.truth is None:
        return None
    cortex = subject.codes == 0
    seen, unseen = cortex & (subject.half == 0), cortex & (subject.half == 1)
    ridge = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 7)))
    told = ridge.fit(loadings[seen], subject.truth[seen]).predict(loadings[unseen])
    scores = r2_score(subject.truth[unseen], told, multioutput="raw_values")
    return [float(scores[:-1].mean()), float(scores[-1])]


def compare(one: tuple, other: tuple, subject: Subject) -> dict[str, object]:
    """Return how far the factors of two fits agree, and what they cost."""
    (ours, error), (theirs, _) = one, other
    whole, inside = found_again(ours.astype(float), theirs.astype(float), subject.codes)
    found = {
        "k": ours.shape[1],
        "again": int((whole >= FOUND_AGAIN).sum()),
        "inside": int(((whole >= FOUND_AGAIN) & (inside >= FOUND_INSIDE)).sum()),
        "median": float(np.median(whole)),
        "median_inside": float(np.median(inside)),
        "error": error,
    }
    layers = read_layers(ours, subject)
    if layers is not None:
        found |= {"layers_r2": layers[0], "barrels_r2": layers[1]}
    return found


def on_one_scale(features: NDArray) -> NDArray:
    """Return features divided by their root mean square."""
    return features / np.maximum(np.sqrt((features**2).mean(axis=0)), 1e-6)


def distilled(student: NDArray, teachers: NDArray, subject: Subject) -> NDArray:
    """Return what a linear layer and ReLU read of the teachers from one network."""
    layer = make_pipeline(StandardScaler(), Ridge(1.0))
    layer.fit(student[subject.half == 0], teachers[subject.half == 0])
    return np.maximum(layer.predict(student), 0.0).astype(np.float32)


def measure(subject: Subject, n_networks: int) -> dict[str, list[dict]]:
    """Return the comparisons under the name of what differs between two fits."""
    every = np.arange(len(subject.labels))
    nets = [subject.features(f"seed{seed}", every, seed) for seed in range(n_networks)]
    apart = SpatialBlockKFold(2).split(subject.rows, subject.labels)
    parts = [
        subject.features(f"strip{fold}", train, 100 + fold)
        for fold, (train, _) in enumerate(apart)
    ]
    found: dict[str, list[dict]] = {}

    def add(what: str, one: tuple, other: tuple) -> None:
        found.setdefault(what, []).append(compare(one, other, subject))
        print(what, found[what][-1], flush=True)

    for features in nets:
        add(
            "start of NMF",
            learn(features, subject, seed=0),
            learn(features, subject, seed=1),
        )
        add(
            "rows of NMF",
            learn(features, subject, half=0),
            learn(features, subject, half=1),
        )
    add_pairs(add, "seed of network", nets, lambda f: learn(f, subject))
    add_pairs(add, "seed and tissue", parts, lambda f: learn(f, subject))
    add_pairs(
        add, "features on one scale", nets, lambda f: learn(on_one_scale(f), subject)
    )
    for k in FEWER:
        add_pairs(add, f"{k} factors", nets, lambda f, k=k: learn(f, subject, k=k))
    # Groups of networks that share none.
    half = n_networks // 2
    groups = [nets[:half], nets[half : 2 * half]]
    together = [np.concatenate(group, axis=1) for group in groups]
    scaled = [on_one_scale(group) for group in together]
    taught = [
        distilled(group[0], group_features, subject)
        for group, group_features in zip(groups, scaled, strict=True)
    ]
    for k in (N_FACTORS, 10, 6):
        fit = lambda f, k=k: learn(f, subject, k=k)  # noqa: E731
        add_pairs(add, f"{half} networks together, {k} factors", together, fit)
        add_pairs(add, f"the same on one scale, {k} factors", scaled, fit)
        add_pairs(add, f"read from one of them, {k} factors", taught, fit)
    return found


def add_pairs(add: Callable, what: str, several: list[NDArray], fit: Callable) -> None:
    """Compare all pairs of fits."""
    fits = [fit(features) for features in several]
    for one, other in combinations(fits, 2):
        add(what, one, other)


def print_table(found: dict[str, list[dict]]) -> None:
    """Print means over pairs."""
    keys = list(next(iter(found.values()))[0])
    print("\n| differs | pairs |", " | ".join(keys), "|")
    print("| --- | --- |", " | ".join("---" for _ in keys), "|")
    for what, pairs in found.items():
        means = [np.mean([pair[key] for pair in pairs]) for key in keys]
        print(f"| {what} | {len(pairs)} |", " | ".join(f"{m:.3g}" for m in means), "|")


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phantom", type=int, help="specimen; else the real slice")
    parser.add_argument("--networks", type=int, default=4)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    subject = Subject(options.phantom)
    found = measure(subject, options.networks)
    print_table(found)
    known = json.loads(options.out.read_text()) if options.out.exists() else {}
    options.out.write_text(json.dumps(known | {subject.name: found}, indent=1))


if __name__ == "__main__":
    main()
