"""How far factors of one model differ between animals of other exposures.

Phantom animals differ by birth (another seed), not in their tissue. Each is imaged
otherwise, one model is trained on all, and what it says of a region is compared between
them: the ratio of the largest and the smallest mean of a factor, where the factor is
active in a fifth of the region, and the share of factors and regions in which animals
differ by more than halves of one animal do. Beside it stand the same animals at equal
exposure, and at other exposures without normalization.

    python benchmarks/bench_animals.py --animals 2 4
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np

from sklearn_microarch import PatchSampler, make_microarch_pipeline
from sklearn_microarch.datasets import alter_exposure, make_thalamocortical_phantom
from sklearn_microarch.metrics import specimen_separation

RESULTS = Path(__file__).parent / "results" / "bench_animals.json"
FIRST_SPECIMEN, STRIDE = 41, 32
EXPOSURES = (
    {"gain": 0.85, "offset": 10},
    {"gain": 1.15, "offset": -15, "blur_px": 0.5},
    {"gamma": 1.2, "shading": 0.2},
    {"offset": 20, "noise": 5.0},
)


def animals(n_animals, shape, *, altered):
    """Return slices, codes and region names of animals, each imaged otherwise."""
    slices, codes = [], []
    for number in range(n_animals):
        found = make_thalamocortical_phantom(
            shape=shape, six_class=True, random_state=FIRST_SPECIMEN + number
        )
        image = found.images[0].replace(specimen=f"animal {number + 1}")
        if altered:
            image = alter_exposure(image, random_state=number, **EXPOSURES[number])
        slices.append(image)
        codes.append(found.rois[0])
    return slices, codes, found.roi_names


def compare(n_animals, shape, *, altered, normalization, seed=0):
    """Return how far one model's factors and clusters differ between the animals."""
    slices, codes, names = animals(n_animals, shape, altered=altered)
    sampler = PatchSampler(128, random_state=seed)
    patches, labels = sampler.sample(slices, codes, names)
    pipeline = make_microarch_pipeline(sampler=sampler, random_state=seed)
    pipeline.set_params(features__normalization=normalization)
    pipeline.fit(patches, labels)
    rows, labels = pipeline[0].training_rows(slices, codes, stride=STRIDE, names=names)
    loadings = pipeline[1:3].transform(rows)
    selected = pipeline[3].transform(loadings)
    factors = specimen_separation(loadings, rows, labels, random_state=seed)
    clusters = specimen_separation(
        pipeline[-1].predict(selected), rows, labels, random_state=seed
    )
    ratios = np.array([row.ratio for row in factors.rows])
    return {
        "animals": n_animals,
        "exposures": "other" if altered else "equal",
        "normalization": normalization,
        "factors and regions": len(ratios),
        "median ratio": round(float(np.median(ratios)), 2),
        "largest ratio": round(float(ratios.max()), 2),
        "within 1.4": round(float((ratios <= 1.4).mean()), 3),
        "interval reaches below 1.4": round(
            float(np.mean([row.low <= 1.4 for row in factors.rows])), 3
        ),
        "factors tell animals apart": round(factors.share_beyond, 3),
        "clusters tell animals apart": round(clusters.share_beyond, 3),
        "largest": factors.sentences[:3] if factors.sentences else [],
    }


def main():
    """Run, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--animals", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--shape", type=int, nargs=2, default=(1420, 5805))
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    results = {"shape": list(args.shape), "rows": []}
    for n_animals in args.animals:
        for altered, normalization in (
            (True, "slice"),
            (False, "slice"),
            (True, "train"),
        ):
            row = compare(
                n_animals, args.shape, altered=altered, normalization=normalization
            )
            print(row, flush=True)
            results["rows"].append(row)
            args.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
