"""How few annotations suffice: accuracy on an animal nobody annotated.

Phantom animals of half life size, which differ by nature (`variation=1`) and are
imaged each in its own way. Networks are trained on as many patches in all, drawn from
1, 2 or 4 sections of 1, 2 or 3 animals; from a tenth or a third of each region, in one
piece; and with every border moved by 50 or 100 um on average, one way here and another
there. Two further animals judge: every annotated centre of a grid, and the mean of the
recalls of the regions. Each line is counted with several sets of animals.

    python benchmarks/bench_few_annotations.py --sets 3
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, stats

from sklearn_microarch import CNNFeatureExtractor, PatchSampler, SliceImage
from sklearn_microarch.datasets import alter_exposure, make_thalamocortical_phantom
from sklearn_microarch.metrics import evaluation_centres

RESULTS = Path(__file__).parent / "results" / "bench_few_annotations.json"
SHAPE, PATCH, N_PATCHES, STEP = (700, 2800), 64, 400, 16
FIRST_SPECIMEN, OF_A_SET = 301, 5
SECTIONS_UM = (0, 120, 240, 360)
EXPOSURES = (
    {"gain": 0.85, "offset": 10},
    {"gain": 1.15, "offset": -15, "blur_px": 0.5},
    {"gamma": 1.2, "shading": 0.2},
    {},
    {"offset": 10, "noise": 4.0},
)
# Sections of each animal, animals, share of each region, and how far borders stray.
CASES = [
    *(
        (n_sections, n_animals, 1.0, 0)
        for n_animals in (1, 2, 3)
        for n_sections in (1, 2, 4)
    ),
    (1, 1, 0.1, 0),
    (1, 1, 0.3, 0),
    (1, 1, 1.0, 50),
    (1, 1, 1.0, 100),
]


def animal(specimen: int, number: int) -> tuple[list[SliceImage], list[NDArray], dict]:
    """Return four sections of an animal, their codes, and the regions' names."""
    found = make_thalamocortical_phantom(
        z_um=SECTIONS_UM,
        shape=SHAPE,
        variation=1.0,
        six_class=True,
        random_state=specimen,
    )
    change = EXPOSURES[number]
    images = [
        alter_exposure(image, random_state=number, **change) if change else image
        for image in found.images
    ]
    return images, found.rois, found.roi_names


def piece(codes: NDArray, share: float, rng: np.random.Generator) -> NDArray:
    """Return codes of one piece of each region: what is nearest to a place in it."""
    kept = np.zeros_like(codes)
    for code in np.unique(codes[codes > 0]).tolist():
        at = np.argwhere(codes == code)
        far = ((at - at[rng.integers(len(at))]) ** 2).sum(axis=1)
        near = at[np.argsort(far, kind="stable")[: round(share * len(at))]]
        kept[tuple(near.T)] = code
    return kept


def stray(codes: NDArray, by_px: float, rng: np.random.Generator) -> NDArray:
    """Return codes whose borders lie elsewhere, by so much on average."""
    field = np.stack(
        [
            ndimage.gaussian_filter(rng.normal(size=codes.shape), 2 * by_px)
            for _ in range(2)
        ]
    )
    field *= by_px / np.hypot(*field).mean()
    at = np.indices(codes.shape) + field
    return ndimage.map_coordinates(codes, at, order=0, mode="nearest")


def accuracy(network: CNNFeatureExtractor, judges: list) -> float:
    """Return the mean recall of the regions of animals, in per cent."""
    recalls = []
    for images, rois, names in judges:
        patches, labels = evaluation_centres(
            PatchSampler(PATCH), images[0], rois[0], names, step=STEP
        )
        right = network.predict(patches) == labels
        recalls += [right[labels == name].mean() for name in np.unique(labels)]
    return 100 * float(np.mean(recalls))


def count(first: int, seed: int) -> list[float]:
    """Return the accuracy of each case, with one set of animals."""
    animals = [animal(first + number, number) for number in range(OF_A_SET)]
    taught, judges = animals[:3], animals[3:]
    names = taught[0][2]
    found = []
    for n_sections, n_animals, share, by_um in CASES:
        rng = np.random.default_rng(seed)
        images, rois = [], []
        for pictures, codes, _ in taught[:n_animals]:
            for image, drawn in zip(
                pictures[:n_sections], codes[:n_sections], strict=True
            ):
                by_px = by_um / image.pixel_size_um
                given = stray(drawn, by_px, rng) if by_um else drawn
                images.append(image)
                rois.append(piece(given, share, rng) if share < 1 else given)
        sampler = PatchSampler(PATCH, n_patches_per_roi=N_PATCHES, random_state=seed)
        patches, labels = sampler.sample(images, rois, names)
        network = CNNFeatureExtractor(validation=None, random_state=seed)
        found.append(accuracy(network.fit(patches, labels), judges))
        print(first, CASES[len(found) - 1], round(found[-1], 1), flush=True)
    return found


def main() -> None:
    """Run, and write the results after each set of animals."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=3)
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    counted = []
    for seed in range(args.sets):
        counted.append(count(FIRST_SPECIMEN + OF_A_SET * seed, seed))
        values = np.array(counted)
        rows = [
            {
                "sections": case[0],
                "animals": case[1],
                "share of each region": case[2],
                "borders stray by (um)": case[3],
                "accuracy": round(float(of.mean()), 1),
                "of each set": of.round(1).tolist(),
                "against one section": round(float((of - values.T[0]).mean()), 1),
                "plus or minus": half_interval(of - values.T[0]),
            }
            for case, of in zip(CASES, values.T, strict=True)
        ]
        settings = {"shape": SHAPE, "patch": PATCH, "patches of a region": N_PATCHES}
        args.out.write_text(json.dumps(settings | {"rows": rows}, indent=1) + "\n")
    for row in rows:
        print(row)


def half_interval(values: NDArray) -> float | None:
    """Return half of the 95 % interval of a mean, by Student's t; None for one."""
    if len(values) < 2:
        return None
    quantile = stats.t.ppf(0.975, len(values) - 1)
    half = quantile * values.std(ddof=1) / np.sqrt(len(values))
    return round(float(half), 1)


if __name__ == "__main__":
    main()
