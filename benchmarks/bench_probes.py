"""What features hold of layers and barrels, which the network was never told about.

Networks are trained on the regions of one phantom slice. Ridge regression learns to
read the share of every cortical layer, and of barrels, in the patch from the features
of four other slices of that specimen, and is judged on a fifth, and on a slice of
another specimen. R2 over the cortex: 1 is all, 0 what the mean tells. Phantoms without
layers or barrels in their images, for both, give the zero of the scale.

Slices are several, since features that vary in more directions need more rows to find
the right one: read from half of one slice, the R2 tells of that need as well.

    python bench_probes.py --seeds 3
"""

import argparse
import json
import time
import warnings
from dataclasses import dataclass
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
from sklearn_microarch.metrics import evaluation_centres

RESULTS = Path(__file__).parent / "results"
SIZE = 128
STRIDE = 16
CORTEX = 1
# The probe learns from these slices of the specimen, on a coarser grid.
PROBED_UM = (300.0, 600.0, 900.0, 1200.0)
PROBE_STRIDE = 32
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


@dataclass(frozen=True)
class SliceTruth:
    """Annotated centres of a slice, their regions, and what the cortex is made of.

    Parameters
    ----------
    patches : Patches
    labels : ndarray of shape (n,)
    layers : ndarray of shape (n_cortical, n_layers)
    barrels : ndarray of shape (n_cortical, 1)
        Shares of the patch, of the rows that are cortex.
    """

    patches: Patches
    labels: NDArray
    layers: NDArray
    barrels: NDArray

    @property
    def cortex(self) -> NDArray[np.bool_]:
        """Which rows are cortex."""
        return self.labels == CORTEX


def read_truth(phantom, stride: int) -> SliceTruth:
    """Return the annotated centres of a phantom slice, on a grid."""
    patches, labels = evaluation_centres(
        PatchSampler(SIZE), phantom.images[0], phantom.rois[0], step=stride
    )
    centres = patches.positions[labels == CORTEX, 1:]
    layers = phantom.layers[0]
    barrels = (phantom.barrels[0] > 0).astype(np.uint8)
    return SliceTruth(
        patches,
        labels,
        shares(layers, np.unique(layers[layers > 0]), centres),
        shares(barrels, [1], centres),
    )


def fit_probe(features: list[NDArray], targets: list[NDArray]):
    """Return a linear map from features to targets, of several slices."""
    groups = np.repeat(np.arange(len(features)), [len(rows) for rows in features])
    X, Y = np.concatenate(features), np.concatenate(targets)
    # Neighbours are almost copies: left out one by one, they would ask for no
    # penalty at all.
    apart = LeaveOneGroupOut().split(X, groups=groups)
    ridge = RidgeCV(PENALTIES, cv=list(apart))
    return make_pipeline(StandardScaler(), ridge).fit(X, Y)


def train(net: CNNFeatureExtractor, patches: Patches, labels: NDArray):
    """Return the trained network, and the seconds it took."""
    start = time.perf_counter()
    return net.fit(patches, labels), time.perf_counter() - start


def judge(
    net: CNNFeatureExtractor, judged: SliceTruth, probed: list[SliceTruth]
) -> dict[str, float]:
    """Return accuracy, what features hold, and the probes, on one slice."""
    features = net.transform(judged.patches)
    probabilities = net.predict_proba_from_features(features)
    logits = np.log(np.maximum(probabilities.astype(float), 1e-30))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollapsedFeaturesWarning)
        report = feature_report(features, logits, judged.labels)
    predicted = net.classes_[probabilities.argmax(axis=1)]
    found = {
        "balanced_accuracy": recall_score(judged.labels, predicted, average="macro"),
        "participation_ratio": report.participation_ratio,
        "dead_units": report.dead_unit_share,
        "explained_by_logits": report.explained_by_logits,
    }
    learned = [net.transform(one.patches.take(one.cortex)) for one in probed]
    for name in ("layers", "barrels"):
        probe = fit_probe(learned, [getattr(one, name) for one in probed])
        found[f"r2_{name}"] = r2_score(
            getattr(judged, name),
            probe.predict(features[judged.cortex]),
            multioutput="variance_weighted",
        )
    return {name: float(value) for name, value in found.items()}


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
    plain = {"layers": False, "barrels": False}
    same, other = (TRAINED_SPECIMEN, 150.0), (TRAINED_SPECIMEN + 1, 0.0)
    slices = {
        "same specimen, 150 um away": (same, {}),
        "another specimen": (other, {}),
        "another specimen, no layers, no barrels": (other, plain),
    }
    judged = {
        name: (
            read_truth(phantom(*where, **switches), STRIDE),
            [
                read_truth(phantom(TRAINED_SPECIMEN, z_um, **switches), PROBE_STRIDE)
                for z_um in PROBED_UM
            ],
        )
        for name, (where, switches) in slices.items()
    }
    table: dict[str, dict[str, list[dict]]] = {}
    for seed in range(options.seeds):
        sampler = PatchSampler(SIZE, n_patches_per_roi=2000, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FewPatchesWarning)
            patches, labels = sampler.sample(trained.images[0], trained.rois[0])
        for name, net in networks(seed).items():
            trained_net, seconds = fit(net, patches, labels)
            for which, (one, probed) in judged.items():
                found = judge(trained_net, one, probed) | {"fit_seconds": seconds}
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
