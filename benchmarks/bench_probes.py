"""What features hold of layers and barrels, which the network was never told about.

Networks are trained on the regions of one phantom slice. On another slice of the same
specimen, and on one of another specimen, ridge regression reads the share of every
cortical layer, and of barrels, in the patch from its features: fitted on one half of
the cortex (alternate stripes of rows, patches across them left out), judged on the
other. R2 over the cortex: 1 is all, 0 what the mean tells. Phantoms without layers or
barrels in their images give the zero of the scale.

    python bench_probes.py --seeds 3
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import joblib
import numpy as np
from _first_network import FirstNetwork
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score, recall_score
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_microarch import (
    CNNFeatureExtractor,
    Patches,
    PatchSampler,
    feature_report,
)
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.exceptions import CollapsedFeaturesWarning, FewPatchesWarning
from sklearn_microarch.model_selection import evaluation_centres

RESULTS = Path(__file__).parent / "results"
SIZE = 128
STRIDE = 16
CORTEX = 1
# Alternate stripes of this width across the cortex are fitted and judged.
STRIPE = 2 * SIZE
TRAINED_SPECIMEN = 2
PENALTIES = np.logspace(0, 6, 13)


def networks(seed: int) -> dict[str, CNNFeatureExtractor]:
    """Return what is compared, by name; all trained as the default is."""
    settings = {"validation": None, "random_state": seed}
    return {
        "default": CNNFeatureExtractor(**settings),
        "first network": CNNFeatureExtractor(FirstNetwork, **settings),
        "for the labels only": CNNFeatureExtractor(
            module_params={"n_region_features": 64}, **settings
        ),
    }


def shares(truth: NDArray, codes: NDArray, centres: NDArray) -> NDArray:
    """Return which share of the patch around each centre has each code."""
    rows, cols = centres.T
    return np.column_stack(
        [
            ndimage.uniform_filter((truth == code).astype(np.float32), SIZE)[rows, cols]
            for code in codes
        ]
    )


def probe(features: NDArray, targets: NDArray, rows: NDArray) -> float:
    """Return the R2 of a linear map, fitted and judged on alternate stripes."""
    stripe, within = np.divmod(rows, STRIPE)
    # Patches that reach into the next stripe are left out.
    inside = (within >= SIZE // 2) & (within < STRIPE - SIZE // 2)
    scores = []
    for part in (0, 1):
        fit, judged = inside & (stripe % 2 == part), inside & (stripe % 2 != part)
        # Neighbours are almost copies: left out one by one, they would ask for no
        # penalty at all.
        apart = LeaveOneGroupOut().split(features[fit], groups=stripe[fit])
        ridge = RidgeCV(PENALTIES, cv=list(apart))
        model = make_pipeline(StandardScaler(), ridge)
        predicted = model.fit(features[fit], targets[fit]).predict(features[judged])
        scores.append(
            r2_score(targets[judged], predicted, multioutput="variance_weighted")
        )
    return float(np.mean(scores))


def train(net: CNNFeatureExtractor, patches: Patches, labels: NDArray):
    """Return the trained network, and the seconds it took."""
    start = time.perf_counter()
    return net.fit(patches, labels), time.perf_counter() - start


def judge(net: CNNFeatureExtractor, phantom) -> dict[str, float]:
    """Return accuracy, what features hold, and the probes, on one slice."""
    image, rois = phantom.images[0], phantom.rois[0]
    patches, labels = evaluation_centres(PatchSampler(SIZE), image, rois, step=STRIDE)
    features = net.transform(patches)
    probabilities = net.predict_proba_from_features(features)
    logits = np.log(np.maximum(probabilities.astype(float), 1e-30))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollapsedFeaturesWarning)
        report = feature_report(features, logits, labels)
    predicted = probabilities.argmax(axis=1)
    cortex = labels == CORTEX
    centres = patches.positions[cortex, 1:]
    layers = phantom.layers[0]
    barrels = (phantom.barrels[0] > 0).astype(np.uint8)
    targets = {
        "layers": shares(layers, np.unique(layers[layers > 0]), centres),
        "barrels": shares(barrels, [1], centres),
    }
    return {
        "balanced_accuracy": float(
            recall_score(labels, net.classes_[predicted], average="macro")
        ),
        "participation_ratio": float(report.participation_ratio),
        "dead_units": float(report.dead_unit_share),
        "explained_by_logits": float(report.explained_by_logits),
    } | {
        f"r2_{name}": probe(features[cortex], target, centres[:, 0])
        for name, target in targets.items()
    }


def main() -> None:
    """Print the table and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--shape", type=int, nargs=2, default=(1420, 5805))
    parser.add_argument("--cache", help="folder that keeps trained networks")
    options = parser.parse_args()
    shape = tuple(options.shape)
    fit = joblib.Memory(options.cache, verbose=0).cache(train)

    def phantom(specimen: int, z_um: float, **switches: bool):
        return make_thalamocortical_phantom(
            shape=shape,
            z_um=[z_um],
            six_class=True,
            random_state=specimen,
            **switches,
        )

    trained = phantom(TRAINED_SPECIMEN, 0.0)
    judged = {
        "same specimen, 150 um away": phantom(TRAINED_SPECIMEN, 150.0),
        "another specimen": phantom(TRAINED_SPECIMEN + 1, 0.0),
        "another specimen, no layers, no barrels": phantom(
            TRAINED_SPECIMEN + 1, 0.0, layers=False, barrels=False
        ),
    }
    table: dict[str, dict[str, list[dict]]] = {}
    for seed in range(options.seeds):
        sampler = PatchSampler(SIZE, n_patches_per_roi=2000, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FewPatchesWarning)
            patches, labels = sampler.sample(trained.images[0], trained.rois[0])
        for name, net in networks(seed).items():
            trained_net, seconds = fit(net, patches, labels)
            for which, one in judged.items():
                found = judge(trained_net, one) | {"fit_seconds": seconds}
                table.setdefault(which, {}).setdefault(name, []).append(found)
                cells = "  ".join(f"{key} {value:.3f}" for key, value in found.items())
                print(f"seed {seed}  {which:<40}{name:<20}{cells}", flush=True)
    for which, rows in table.items():
        for name, found in rows.items():
            means = {key: float(np.mean([f[key] for f in found])) for key in found[0]}
            print(f"mean  {which:<40}{name:<20}", json.dumps(means))
    results = {"shape": shape, "trained_on": TRAINED_SPECIMEN, "table": table}
    (RESULTS / "bench_probes.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
