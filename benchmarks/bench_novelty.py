"""What novelty calls unknown: known tissue, regions withheld, folds, tears, bubbles.

A network is trained on the regions of a phantom slice, and judges one of another
specimen: every annotated centre of a grid, more than a patch from a border of its
region, and nearer; and centres of artefacts planted there. Then each region in turn is
withheld from the training, with all patches that share a pixel with one of its own, and
the other specimen's rows of that region are to be told from those of the others.

On the real slice TRN, ZI and hypothalamus are withheld one by one. There is no second
annotated slice: rows of the other regions are judged that lie in strips which share no
pixel with what was trained on.

    python bench_novelty.py --specimens 2 3 4 --cache novelty
    python bench_novelty.py --specimens --real --cache novelty
"""

import argparse
import json
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np
from _planted_artefacts import ARTEFACTS, plant_artefacts
from numpy.typing import NDArray

from sklearn_microarch import (
    CNNFeatureExtractor,
    Patches,
    PatchSampler,
    SliceImage,
    SpatialBlockKFold,
)
from sklearn_microarch.datasets import fetch_prasad2020, make_thalamocortical_phantom
from sklearn_microarch.exceptions import FewPatchesWarning, UnscoredRegionsWarning
from sklearn_microarch.metrics import (
    NoveltyReport,
    evaluation_centres,
    novelty_report,
)
from sklearn_microarch.model_selection import border_distance, leave_one_region_out

RESULTS = Path(__file__).parent / "results" / "bench_novelty.json"
SIZE, STEP = 128, 16
OTHER = 100
REGIONS = {1: "cortex", 2: "striatum", 3: "TRN", 4: "VP", 5: "ZI", 6: "WM"}
REGIONS |= {7: "hypothalamus"}
WITHHELD_REAL = (3, 5, 7)


def slice_of(seed: int, shape: tuple[int, int]) -> tuple[SliceImage, NDArray]:
    """Return a slice of a phantom specimen and its regions."""
    phantom = make_thalamocortical_phantom(
        shape=shape, six_class=True, random_state=seed
    )
    return phantom.images[0], phantom.rois[0]


def sample(image: SliceImage, rois: NDArray, seed: int) -> tuple[Patches, NDArray]:
    """Return the patches a network may be trained on, and their regions."""
    sampler = PatchSampler(SIZE, n_patches_per_roi=2000, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewPatchesWarning)
        return sampler.sample(image, rois)


def train(
    patches: Patches, labels: NDArray, seed: int
) -> tuple[CNNFeatureExtractor, float]:
    """Return a trained network, and the seconds it took."""
    start = time.perf_counter()
    net = CNNFeatureExtractor(random_state=seed).fit(patches, labels)
    return net, time.perf_counter() - start


def centres(image: SliceImage, rois: NDArray) -> tuple[Patches, NDArray]:
    """Return every annotated centre of a grid, and its region."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnscoredRegionsWarning)
        return evaluation_centres(PatchSampler(SIZE), image, rois, step=STEP)


def known_tissue(net: CNNFeatureExtractor, image: SliceImage, rois: NDArray) -> dict:
    """Return which share of known tissue is called unknown, by distance and region."""
    patches, labels = centres(image, rois)
    distance = border_distance(rois)[tuple(patches.positions[:, 1:].T)]
    unknown = net.novelty(patches) > 1
    inside = distance > SIZE
    return {
        "inside": share(unknown[inside]),
        "near_a_border": share(unknown[~inside]),
        "anywhere": share(unknown),
        "by_region": {
            REGIONS[code]: share(unknown[labels == code])
            for code in np.unique(labels).tolist()
        },
    }


def artefacts(net: CNNFeatureExtractor, image: SliceImage, rois: NDArray, seed: int):
    """Return which share of the centres in each kind of artefact is called unknown."""
    pixels, planted = plant_artefacts(image.pixels, rois > 0, seed)
    patches, numbers = centres(image.replace(data=pixels), planted)
    unknown = net.novelty(patches) > 1
    return {
        name: share(unknown[numbers == number])
        for number, name in enumerate(ARTEFACTS, start=1)
    }


def share(found: NDArray[np.bool_]) -> float:
    """Return the share that is true, NaN of none."""
    return float(found.mean()) if len(found) else float("nan")


def judge(
    net: CNNFeatureExtractor, patches: Patches, labels: NDArray, region: int
) -> NoveltyReport:
    """Return how well a region is told from all others."""
    return novelty_report(
        net.novelty(patches), labels != region, nearest=net.predict(patches)
    )


def as_plain(report: NoveltyReport) -> dict:
    """Return the figures of a report with names of regions."""
    return {
        "auroc": report.auroc,
        "known_called_unknown": report.known_share,
        "called_unknown": report.unknown_share,
        "looks_like": {REGIONS[r]: v for r, v in report.looks_like.items()},
        "auroc_against": {REGIONS[r]: v for r, v in report.auroc_of_region.items()},
    }


def run_specimen(
    seed: int, shape: tuple[int, int], withhold: Sequence[int], fit: joblib.Memory
) -> dict:
    """Train on one specimen, judge another; then withhold each region."""
    patches, labels = sample(*slice_of(seed, shape), seed)
    image, rois = slice_of(seed + OTHER, shape)
    net, seconds = fit(patches, labels, seed)
    found = {
        "specimen": seed,
        "judged": seed + OTHER,
        "fit_seconds": seconds,
        "calibration": net.novelty_calibration_,
        "known": known_tissue(net, image, rois),
        "artefacts": artefacts(net, image, rois, seed),
        "withheld": {},
    }
    print(json.dumps(found, indent=1), flush=True)
    judged = centres(image, rois)
    if not withhold:
        return found
    for region, rows, _ in leave_one_region_out(patches, labels, regions=withhold):
        net, _ = fit(patches.take(rows), labels[rows], seed)
        report = judge(net, *judged, region)
        print(f"specimen {seed}, {REGIONS[region]} withheld\n{report}", flush=True)
        found["withheld"][REGIONS[region]] = as_plain(report)
    return found


def run_real(fit: joblib.Memory, withhold: Sequence[int]) -> dict:
    """Withhold regions of the real slice, judged on strips that were held out."""
    data = fetch_prasad2020()
    # Internal capsule and corpus callosum are white matter; TRN is a region here.
    rois = np.array([0, 1, 2, 3, 4, 5, 6, 7, 6], dtype=np.uint8)[data.rois]
    patches, labels = sample(data.image, rois, 0)
    kept, held_out = next(SpatialBlockKFold(3).split(patches, labels))
    found = {}
    for region, rows, withheld in leave_one_region_out(
        patches, labels, regions=withhold
    ):
        rows = np.intersect1d(rows, kept)
        net, _ = fit(patches.take(rows), labels[rows], 0)
        judged = np.union1d(held_out[labels[held_out] != region], withheld)
        report = judge(net, patches.take(judged), labels[judged], region)
        print(f"real slice, {REGIONS[region]} withheld\n{report}", flush=True)
        found[REGIONS[region]] = as_plain(report)
    return found


def main() -> None:
    """Print the tables and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--specimens", type=int, nargs="*", default=(2, 3, 4))
    parser.add_argument(
        "--withhold", type=int, nargs="*", help="codes; all of the phantom's, if left"
    )
    parser.add_argument("--real", action="store_true", help="also the real slice")
    parser.add_argument("--shape", type=int, nargs=2, default=(1420, 5805))
    parser.add_argument("--cache", help="folder that keeps trained networks")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    fit = joblib.Memory(options.cache, verbose=0).cache(train)
    codes = (1, 2, 4, 5, 6, 7) if options.withhold is None else options.withhold
    results: dict = {"shape": list(options.shape)}
    results["specimens"] = [
        run_specimen(seed, tuple(options.shape), codes, fit)
        for seed in options.specimens
    ]
    if options.real:
        results["real"] = run_real(fit, options.withhold or WITHHELD_REAL)
    options.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
