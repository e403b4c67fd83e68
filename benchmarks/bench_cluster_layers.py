"""Whether clusters are layers: how the covariances of a mixture decide it.

Phantom specimens of life size whose layers vary in thickness by up to 30 %. A network
is trained on the regions of one slice, and factors and clusters are fitted to it;
clusters are compared with layers in its cortex, in that of a slice 175 um away, and in
that of another animal: adjusted mutual information, over the whole cortex and within
ten bands of depth, where depth tells next to nothing. Beside factors stand the
network's features and four grey statistics, each with free covariances
(``shrinkage=0``), with the default, and with one for all (``shrinkage=1``).

The same mixtures are fitted to the factors of mosaics of textures, two of which have
one name: adjusted Rand index with the two inside that name, and with all five.

    python bench_cluster_layers.py --specimens 55 57 --mosaics 3 4 5

Settings were chosen on specimens 51 and 53 and mosaics 0, 1 and 2. Features are kept in
``out/``, so that a run can be stopped and taken up again.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
from _discovery_rows import factors_of, handmade
from _discovery_scene import Settings, cells_of
from numpy.typing import NDArray
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from sklearn.utils import Bunch

from sklearn_microarch import (
    CNNFeatureExtractor,
    GMMClusterer,
    NMFEmbedder,
    PatchSampler,
)
from sklearn_microarch.datasets import make_texture_mosaic, make_thalamocortical_phantom
from sklearn_microarch.spatial import border_distance

RESULTS = Path(__file__).parent / "results" / "bench_cluster_layers.json"
OUT = Path(__file__).parent / "out" / "cluster_layers"
SHAPE, CORTEX, APART_UM, SIZE, STRIDE = (1420, 5805), 1, 175.0, 128, 16
N_PATCHES, N_MOSAIC_PATCHES, N_BANDS = 400, 100, 10
SLICES = {"own": "the same slice", "near": "175 um away", "other": "another animal"}
SHRINKAGES, N_CLUSTERS = (0.0, 0.75, 1.0), (4, 5)


def phantom_of(specimen: int) -> Bunch:
    """Return two slices of a specimen, 175 um apart."""
    return make_thalamocortical_phantom(
        n_slices=2,
        z_step_um=APART_UM,
        shape=SHAPE,
        six_class=True,
        uneven_layers=0.3,
        random_state=specimen,
    )


def network(n_patches: int) -> CNNFeatureExtractor:
    """Return a network that is trained briefly."""
    return CNNFeatureExtractor(
        max_patches_per_class=n_patches,
        validation=None,
        unannotated=-1,
        random_state=0,
    )


def features_of(specimen: int) -> dict[str, NDArray]:
    """Return features, layers and depths of the three slices, from the cache if known.

    The other animal is the specimen of the next number.
    """
    path = OUT / f"specimen{specimen}.npz"
    if path.exists():
        return dict(np.load(path))
    ours = phantom_of(specimen)
    sampler = PatchSampler(SIZE, stride=STRIDE, min_tissue=0.9, random_state=0)
    rows, labels = sampler.training_rows(ours.images[0], ours.rois[0])
    sampler.fit(rows)
    net = network(N_PATCHES).fit(rows, labels)
    found = {}
    shown = {
        "own": (ours, 0),
        "near": (ours, 1),
        "other": (phantom_of(specimen + 1), 0),
    }
    for name, (phantom, index) in shown.items():
        cells = sampler.transform(phantom.images[index])
        codes = phantom.rois[index][tuple(cells.positions[:, 1:].T)]
        cells, codes = cells.take(np.flatnonzero(codes)), codes[codes > 0]
        at = tuple(cells.positions[:, 1:].T)
        layers, depths = phantom.layers[index][at], phantom.depths[index][at]
        cortex = (codes == CORTEX) & (layers > 0) & np.isfinite(depths)
        found |= {
            f"{name}_F": net.transform(cells),
            f"{name}_lay": layers,
            f"{name}_dep": depths.astype(float),
            f"{name}_c": cortex,
            f"{name}_grey": handmade(cells.take(np.flatnonzero(cortex)))[
                "grey statistics"
            ],
        }
    OUT.mkdir(exist_ok=True, parents=True)
    np.savez(path, **found)
    return found


def agreement(layers: NDArray, depths: NDArray, clusters: NDArray) -> list[float]:
    """Return the adjusted mutual information over all, and its mean within bands."""
    cuts = np.quantile(depths, np.linspace(0, 1, N_BANDS + 1)[1:-1])
    bands = np.searchsorted(cuts, depths)
    inside = [
        adjusted_mutual_info_score(layers[bands == one], clusters[bands == one])
        for one in range(N_BANDS)
    ]
    sizes = np.bincount(bands, minlength=N_BANDS)
    whole = adjusted_mutual_info_score(layers, clusters)
    return [float(whole), float(np.average(inside, weights=sizes))]


def of_specimen(specimen: int) -> list[dict]:
    """Return the agreement of all mixtures of one specimen with its layers."""
    known = features_of(specimen)
    factors = NMFEmbedder(15, random_state=0).fit(known["own_F"])
    cortex = {name: known[f"{name}_F"][known[f"{name}_c"]] for name in SLICES}
    offered = {
        "factors": {name: factors.transform(rows) for name, rows in cortex.items()},
        "features": cortex,
        "grey statistics": {name: known[f"{name}_grey"] for name in SLICES},
    }
    rows = []
    for n_clusters in N_CLUSTERS:
        for seen, of_slices in offered.items():
            for shrinkage in SHRINKAGES:
                mixture = GMMClusterer(n_clusters, shrinkage=shrinkage, random_state=0)
                mixture.fit(of_slices["own"])
                for name, place in SLICES.items():
                    here = known[f"{name}_c"]
                    whole, inside = agreement(
                        known[f"{name}_lay"][here],
                        known[f"{name}_dep"][here],
                        mixture.predict(of_slices[name]),
                    )
                    rows.append(
                        {
                            "specimen": specimen,
                            "clusters": n_clusters,
                            "of": seen,
                            "shrinkage": shrinkage,
                            "slice": place,
                            "layers": round(whole, 3),
                            "within bands": round(inside, 3),
                        }
                    )
    return rows


def of_mosaic(seed: int) -> list[dict]:
    """Return the agreement of mixtures of factors with the textures of one mosaic."""
    sizes = Settings()
    made = make_texture_mosaic(
        shape=sizes.mosaic_shape, piece_um=sizes.piece_um, random_state=seed
    )
    cells, codes, rows, labels = cells_of(
        made.images[0], made.rois[0], sizes, tissue=None
    )
    features = network(N_MOSAIC_PATCHES).fit(rows, labels).transform(cells)
    factors = factors_of(features, 0)
    at = tuple(cells.positions[:, 1:].T)
    textures, hidden = made.textures[0][at], codes == 1
    inner = border_distance(made.textures[0])[at][hidden] > SIZE / 2
    found = []
    for shrinkage in SHRINKAGES:
        two, five = (
            GMMClusterer(n, shrinkage=shrinkage, random_state=0) for n in (2, 5)
        )
        clusters = two.fit_predict(factors[hidden])
        truth = textures[hidden]
        found.append(
            {
                "mosaic": seed,
                "shrinkage": shrinkage,
                "hidden": round(adjusted_rand_score(truth, clusters), 3),
                "off borders": round(
                    adjusted_rand_score(truth[inner], clusters[inner]), 3
                ),
                "five textures": round(
                    adjusted_rand_score(textures, five.fit_predict(factors)), 3
                ),
            }
        )
    return found


def means(rows: list[dict], by: tuple[str, ...], of: tuple[str, ...]) -> list[dict]:
    """Return means over specimens or mosaics."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in by), []).append(row)
    return [
        dict(zip(by, key, strict=True))
        | {name: round(float(np.mean([row[name] for row in some])), 3) for name in of}
        for key, some in groups.items()
    ]


def main() -> None:
    """Print means and write them as JSON, with the figures of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--specimens", type=int, nargs="*", default=[55, 57])
    parser.add_argument("--mosaics", type=int, nargs="*", default=[3, 4, 5])
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    layers = [row for one in options.specimens for row in of_specimen(one)]
    mosaics = [row for one in options.mosaics for row in of_mosaic(one)]
    results = {
        "layers": means(
            layers,
            ("clusters", "of", "shrinkage", "slice"),
            ("layers", "within bands"),
        ),
        "mosaics": means(
            mosaics, ("shrinkage",), ("hidden", "off borders", "five textures")
        ),
        "of each specimen": layers,
        "of each mosaic": mosaics,
    }
    for row in results["layers"] + results["mosaics"]:
        print(json.dumps(row))
    options.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
