"""How many rows factors and clusters need, beside what another seed changes.

Rows are drawn evenly over regions and slices of several phantom specimens with
`draw_rows`, as features of one network. Factors (`NMFEmbedder`) and clusters
(`GMMClusterer`, on the loadings of one factorization) are fitted on few and on four
times as many rows, with each of three seeds. Two fits are compared by the cosines of
matched factors, and by the adjusted Rand index of the clusters of rows that no fit saw.
A number of rows is enough where fits on few and on many rows, of one seed, agree as
well as fits on many rows with two seeds.

    python benchmarks/bench_rows.py [--few 100000] [--specimens 2]
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from sklearn_microarch import (
    CNNFeatureExtractor,
    GMMClusterer,
    NMFEmbedder,
    PatchSampler,
    SliceImage,
)
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.decomposition import match_factors
from sklearn_microarch.volumes import draw_rows

RESULTS = Path(__file__).parent / "results" / "bench_rows.json"
SEEDS, N_FACTORS, N_CLUSTERS = (0, 1, 2), 15, 8
N_SLICES, TIMES, N_UNSEEN = 2, 4, 20_000
# Small slices, patches and trainings: it is the number of rows that is looked at.
SHAPE, PATCH_SIZE, N_PATCHES, N_EPOCHS = (500, 1600), 48, 400, 4


def brains(n_specimens: int) -> tuple[list[SliceImage], list[NDArray]]:
    """Return slices of specimens that differ, and their regions."""
    images, rois = [], []
    for number in range(n_specimens):
        made = make_thalamocortical_phantom(
            N_SLICES,
            shape=SHAPE,
            six_class=True,
            z_step_um=40.0,
            variation=1,
            random_state=number,
        )
        images += [one.replace(specimen=f"m{number}") for one in made.images]
        rois += [np.asarray(one) for one in made.rois]
    return images, rois


def trained(images: list[SliceImage], rois: list[NDArray]) -> CNNFeatureExtractor:
    """Return a network that knows every specimen by one slice."""
    sampler = PatchSampler(PATCH_SIZE, n_patches_per_roi=N_PATCHES, random_state=0)
    rows = sampler.sample(images[::N_SLICES], rois[::N_SLICES])
    network = CNNFeatureExtractor(max_epochs=N_EPOCHS, validation=None, random_state=0)
    return network.fit(*rows)


def agreement_of_fits(
    fits: dict[tuple[str, int], object], agree: Callable[[object, object], float]
) -> dict[str, list[float]]:
    """Return how well fits agree over rows alone, and over seeds alone."""
    rows = [agree(fits["few", seed], fits["many", seed]) for seed in SEEDS]
    seeds = {
        f"seeds, {size} rows": [
            agree(fits[size, a], fits[size, b]) for a, b in combinations(SEEDS, 2)
        ]
        for size in ("few", "many")
    }
    return {"rows, one seed": rows} | seeds


def fit_all(
    make: Callable[[int], object], data: dict[str, NDArray]
) -> tuple[dict[tuple[str, int], object], dict[str, float]]:
    """Return a fit for each number of rows and seed, and the seconds of each number."""
    fits, seconds = {}, dict.fromkeys(data, 0.0)
    for size, seed in product(data, SEEDS):
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fits[size, seed] = make(seed).fit(data[size])
        seconds[size] += (time.perf_counter() - start) / len(SEEDS)
        print(f"fitted {type(fits[size, seed]).__name__} {size} {seed}", flush=True)
    return fits, seconds


def measure(few: int, n_specimens: int) -> dict:
    """Return the agreement of factors and of clusters, and what drawing took."""
    images, rois = brains(n_specimens)
    network = trained(images, rois)
    print("trained", flush=True)
    sampler = PatchSampler(PATCH_SIZE)
    start = time.perf_counter()
    drawn, _ = draw_rows(
        images,
        rois,
        n_rows=few * TIMES + N_UNSEEN,
        sampler=sampler,
        features=network,
        random_state=0,
    )
    took = time.perf_counter() - start
    print(f"drawn in {took:.0f} s", flush=True)
    # In random order: the first ones are as evenly drawn as all.
    unseen, many = drawn[:N_UNSEEN], drawn[N_UNSEEN:]
    data = {"few": many[:few], "many": many}
    factors, seconds = fit_all(lambda s: NMFEmbedder(N_FACTORS, random_state=s), data)
    reference = factors["many", SEEDS[0]]
    loadings = {size: reference.transform(rows) for size, rows in data.items()}
    clusters, more = fit_all(
        lambda seed: GMMClusterer(N_CLUSTERS, random_state=seed), loadings
    )
    held = reference.transform(unseen)
    cosines = agreement_of_fits(
        factors,
        lambda a, b: float(
            match_factors(a.components_, b.components_).similarity.mean()
        ),
    )
    rand = agreement_of_fits(
        clusters,
        lambda a, b: float(adjusted_rand_score(a.predict(held), b.predict(held))),
    )
    return {
        "n_rows": {size: len(rows) for size, rows in data.items()},
        "n_specimens": n_specimens,
        "n_slices": len(images),
        "n_features": int(drawn.shape[1]),
        "seconds": {"draw": took, "factors": seconds, "clusters": more},
        "mean cosine of factors": cosines,
        "rand index of clusters": rand,
    }


def main() -> None:
    """Print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--few", type=int, default=100_000)
    parser.add_argument("--specimens", type=int, default=2)
    options = parser.parse_args()
    found = measure(options.few, options.specimens)
    for what in ("mean cosine of factors", "rand index of clusters"):
        for pair, values in found[what].items():
            print(f"{what:24} {pair:18} " + " ".join(f"{v:.4f}" for v in values))
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    RESULTS.write_text(json.dumps([*known, found], indent=1) + "\n")


if __name__ == "__main__":
    main()
