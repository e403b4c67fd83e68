"""What the phantom holds, and how hard its regions are to tell apart.

Densities of its label maps beside those it is drawn after, over slices of three
specimens. Then, at each level of difficulty, three classifiers trained on a slice of
one specimen and judged on a slice of another: mean and standard deviation of the
patch, and its radial spectrum, each with logistic regression, and the network.
Scores are means of the recalls of six classes, at centres drawn uniformly from the
labelled pixels of each: anywhere, and at least 40 pixels inside the region.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_microarch import CNNFeatureExtractor, Patches, PatchSampler
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.exceptions import FewPatchesWarning
from sklearn_microarch.spatial import border_distance

LIFE_SIZE = (1420, 5805)
SIZE = 128
PER_CLASS = {"network": 2000, "logistic regression": 600, "judged": 500}
# Cells per patch, then per cent of the area: cells, vessels, axons.
AIMED = {
    "cortex": (12.5, 2.6, 1.7, 0),
    "striatum": (11.5, 3.3, 1.9, 17),
    "TRN": (7.4, 2.5, 3.1, 57),
    "ZI": (14.6, 5.5, 5.9, 0),
}


def measure_densities(shape: tuple[int, int]) -> dict[str, list[float]]:
    """Return cells per patch and shares of the area, in per cent, by region."""
    cells, areas, pixels = np.zeros(9), np.zeros((3, 9)), np.zeros(9)
    for seed in range(3):
        phantom = make_thalamocortical_phantom(
            shape=shape, z_um=[0, 300], random_state=seed
        )
        for codes, structures in zip(phantom.rois, phantom.structures, strict=True):
            labels, _ = ndimage.label(structures == 2)
            boxes = ndimage.find_objects(labels)
            middle = tuple(
                np.array([(box[axis].start + box[axis].stop) // 2 for box in boxes])
                for axis in (0, 1)
            )
            cells += np.bincount(codes[middle], minlength=9)
            pixels += np.bincount(codes.ravel(), minlength=9)
            for row, kind in enumerate((2, 1, 3)):
                areas[row] += np.bincount(codes[structures == kind], minlength=9)
    shares = np.vstack([cells * SIZE**2, 100 * areas]) / pixels
    return {name: shares[:, code].tolist() for code, name in phantom.roi_names.items()}


def mean_and_deviation(patches: NDArray) -> NDArray:
    """Return (n, 2) features of patches (n, size, size)."""
    return np.column_stack([patches.mean(axis=(1, 2)), patches.std(axis=(1, 2))])


def radial_spectrum(patches: NDArray) -> NDArray:
    """Return (n, 64) features: logarithm of the power at 1 to 64 cycles a patch."""
    window = np.outer(np.hanning(SIZE), np.hanning(SIZE))
    across, along = np.fft.fftfreq(SIZE, 1 / SIZE), np.fft.rfftfreq(SIZE, 1 / SIZE)
    ring = np.rint(np.hypot(across[:, np.newaxis], along)).astype(int).ravel()
    count = np.bincount(ring)
    spectra = []
    for patch in patches:
        power = np.abs(np.fft.rfft2((patch - patch.mean()) * window)).ravel() ** 2
        spectra.append(np.bincount(ring, power)[1:65] / count[1:65])
    return np.log(np.array(spectra) + 1e-3)


def draw_centres(rois: NDArray, depth: float, n: int) -> tuple[NDArray, NDArray]:
    """Return centres (m, 2) and their regions, up to ``n`` of each, evenly drawn."""
    rng = np.random.default_rng(0)
    deep = border_distance(rois) > depth
    half = SIZE // 2
    fits = np.zeros_like(deep)
    fits[half:-half, half:-half] = True
    centres = []
    for code in np.unique(rois[rois > 0]):
        found = np.argwhere((rois == code) & deep & fits)
        centres.append(rng.permutation(found)[:n])
    centres = np.concatenate(centres)
    return centres, rois[tuple(centres.T)]


def compare(level: str, shape: tuple[int, int], *, network: bool) -> dict[str, dict]:
    """Return the scores of each classifier at one level, in per cent."""
    trained, unseen = (
        make_thalamocortical_phantom(
            shape=shape, difficulty=level, six_class=True, random_state=seed
        )
        for seed in (0, 1)
    )
    judged = {}
    for name, depth in {"anywhere": 0, "40 px inside": 40}.items():
        centres, regions = draw_centres(unseen.rois[0], depth, PER_CLASS["judged"])
        judged[name] = Patches(unseen.images[0], centres, SIZE), regions

    def sample(n: int) -> tuple[Patches, NDArray]:
        sampler = PatchSampler(SIZE, n_patches_per_roi=n, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FewPatchesWarning)
            return sampler.sample(trained.images[0], trained.rois[0])

    def scores(predict: Callable[[Patches], NDArray]) -> dict[str, float]:
        return {
            name: 100 * recall_score(regions, predict(patches), average="macro")
            for name, (patches, regions) in judged.items()
        }

    result = {}
    patches, regions = sample(PER_CLASS["logistic regression"])
    for name, features in {
        "mean and deviation": mean_and_deviation,
        "radial spectrum": radial_spectrum,
    }.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000))
        model.fit(features(np.asarray(patches, dtype=np.float32)), regions)
        result[name] = scores(
            lambda rows, model=model, features=features: model.predict(
                features(np.asarray(rows, dtype=np.float32))
            )
        )
    if network:
        start = time.perf_counter()
        cnn = CNNFeatureExtractor(random_state=0).fit(*sample(PER_CLASS["network"]))
        seconds = time.perf_counter() - start
        result["network"] = scores(cnn.predict) | {"training, s": seconds}
    return result


def main() -> None:
    """Measure, print tables, and write the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", type=int, nargs=2, default=LIFE_SIZE)
    parser.add_argument("--levels", nargs="+", default=["easy", "medium", "hard"])
    parser.add_argument("--no-network", action="store_true")
    parser.add_argument("--no-densities", action="store_true")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    shape = tuple(arguments.shape)
    results = {"shape": shape, "densities": {}, "scores": {}}
    if not arguments.no_densities:
        results["densities"] = measure_densities(shape)
    for name, found in results["densities"].items():
        aimed = "  ".join(f"{value:5.1f}" for value in AIMED.get(name, ()))
        print(f"{name:13}", "  ".join(f"{value:5.1f}" for value in found), "|", aimed)
    for level in arguments.levels:
        results["scores"][level] = compare(
            level, shape, network=not arguments.no_network
        )
        for name, found in results["scores"][level].items():
            cells = "  ".join(f"{key} {value:.1f}" for key, value in found.items())
            print(f"{level:8}{name:20}{cells}", flush=True)
    if arguments.out is not None:
        arguments.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
