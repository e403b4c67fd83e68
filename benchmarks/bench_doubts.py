"""Errors planted into annotations: how many come first, and how many doubts are false.

Studies of eight phantom animals, a section each. In each study five sections have an
error: the whole annotation mirrored, two regions swapped, one region called by
another's name, and two borders off by 150 um. All studies make one list, by evidence.

- How many of the errors are among as many first doubts, and among all.
- How many doubts there are where every annotation is right.

    python bench_doubts.py --studies 4
"""

import argparse
import json
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch import (
    CNNFeatureExtractor,
    Doubts,
    PatchSampler,
    SliceImage,
    find_doubts,
    make_microarch_pipeline,
)
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.exceptions import MissingRegionsWarning

RESULTS = Path(__file__).parent / "results"
SHAPE, N_SECTIONS, BORDER_UM = (700, 2800), 8, 150.0
# No setting was chosen on these.
FIRST_SPECIMEN = 51
CORTEX, STRIATUM, VP, ZI, WM, HYPOTHALAMUS = 1, 2, 4, 5, 6, 7
NEIGHBOURS = [(VP, ZI), (ZI, VP), (ZI, HYPOTHALAMUS), (WM, CORTEX), (WM, STRIATUM)]
LARGE = [CORTEX, STRIATUM, VP, ZI, HYPOTHALAMUS]


@dataclass(frozen=True)
class Planted:
    """An error, the slice it is in, and the pixels (height, width) it changed."""

    kind: str
    slice: str
    changed: NDArray[np.bool_]


def flip(codes: NDArray, rng: np.random.Generator) -> tuple[str, NDArray]:
    """Mirror an annotation."""
    words, axis = [("left-right", 1), ("up-down", 0)][int(rng.integers(2))]
    return f"mirrored {words}", np.flip(codes, axis)


def swap(codes: NDArray, rng: np.random.Generator) -> tuple[str, NDArray]:
    """Give two regions each other's name."""
    one, other = rng.choice(LARGE, 2, replace=False)
    swapped = np.where(codes == one, other, np.where(codes == other, one, codes))
    return f"{one} and {other} swapped", swapped


def rename(codes: NDArray, rng: np.random.Generator) -> tuple[str, NDArray]:
    """Call a region by another's name."""
    one, other = rng.choice(LARGE, 2, replace=False)
    return f"{one} called {other}", np.where(codes == one, other, codes)


def move_border(codes: NDArray, rng: np.random.Generator) -> tuple[str, NDArray]:
    """Let a region reach 150 um into its neighbour."""
    grows, shrinks = NEIGHBOURS[int(rng.integers(len(NEIGHBOURS)))]
    distance = ndimage.distance_transform_edt(codes != grows) * 1.17
    taken = (codes == shrinks) & (distance <= BORDER_UM)
    return f"border of {grows} in {shrinks}", np.where(taken, grows, codes)


ERRORS = (flip, swap, rename, move_border, move_border)


def study(number: int) -> tuple[list[SliceImage], list[NDArray], dict[int, str]]:
    """Return the slices of a study and their right annotation."""
    images, codes = [], []
    for at in range(N_SECTIONS):
        seed = FIRST_SPECIMEN + number * N_SECTIONS + at
        phantom = make_thalamocortical_phantom(
            shape=SHAPE, six_class=True, variation=0.5, random_state=seed
        )
        images.append(phantom.images[0].replace(name=f"animal {seed}"))
        codes.append(phantom.rois[0].astype(int))
    return images, codes, phantom.roi_names


def plant(
    images: list[SliceImage], codes: list[NDArray], number: int
) -> tuple[list[NDArray], list[Planted]]:
    """Return annotations with errors in some sections, and the errors."""
    rng = np.random.default_rng(number)
    wrong, planted = list(codes), []
    chosen = rng.permutation(len(codes))[: len(ERRORS)]
    for at, error in zip(chosen.tolist(), ERRORS, strict=True):
        words, wrong[at] = error(codes[at], rng)
        changed = wrong[at] != codes[at]
        planted.append(Planted(words, images[at].name, changed))
    return wrong, planted


def judge(images: list, codes: list, names: dict, options: argparse.Namespace):
    """Return the doubts of a study."""
    pipeline = make_microarch_pipeline(sampler=PatchSampler(random_state=0))
    network = CNNFeatureExtractor(
        max_epochs=options.epochs,
        max_patches_per_class=options.patches,
        validation=None,
        random_state=0,
    )
    pipeline.set_params(features=network)
    with warnings.catch_warnings():
        # A region called by another's name is missing.
        warnings.simplefilter("ignore", MissingRegionsWarning)
        return find_doubts(
            images, codes, names, pipeline=pipeline, hold_out=options.hold_out
        )


def rows_of(doubts: Doubts, planted: list[Planted]) -> list[dict]:
    """Return a row for each doubt, with the error it points to, if any."""
    rows = []
    for doubt in doubts:
        mask = doubts.mask(doubt)
        hits = [
            error.kind
            for error in planted
            if error.slice == doubt.slice and error.changed[mask].mean() >= 0.5
        ]
        rows.append(
            {
                "what": str(doubt),
                "kind": doubt.kind,
                "slice": doubt.slice,
                "evidence": doubt.evidence,
                "points_to": hits[0] if hits else None,
            }
        )
    return rows


def count(rows: list[dict], planted: list[Planted]) -> dict:
    """Return how many errors are among the first doubts, and among all."""
    rows = sorted(rows, key=lambda row: -row["evidence"])

    def found(some: list[dict]) -> set:
        return {(row["slice"], row["points_to"]) for row in some if row["points_to"]}

    first, every = found(rows[: len(planted)]), found(rows)
    return {
        "planted": len(planted),
        "doubts": len(rows),
        "doubts_that_point_to_none": sum(row["points_to"] is None for row in rows),
        "found_among_as_many_first": len(first),
        "found_at_all": len(every),
        "not_found": [
            f"{error.slice}: {error.kind}"
            for error in planted
            if (error.slice, error.kind) not in every
        ],
    }


def main() -> None:
    """Print counts and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--patches", type=int, default=500)
    parser.add_argument("--hold-out", default="auto")
    parser.add_argument("--out", type=Path, default=RESULTS / "bench_doubts.json")
    options = parser.parse_args()
    planted_rows, right_rows, planted, begin = [], [], [], time.perf_counter()
    for number in range(options.studies):
        images, codes, names = study(number)
        wrong, errors = plant(images, codes, number)
        rows = rows_of(judge(images, wrong, names, options), errors)
        clean = rows_of(judge(images, codes, names, options), [])
        planted, planted_rows = planted + errors, planted_rows + rows
        right_rows += clean
        seconds = time.perf_counter() - begin
        print(f"study {number}, {seconds:.0f} s:", json.dumps(count(rows, errors)))
        for row in rows + clean:
            print("   ", json.dumps(row), flush=True)
        results = {
            "epochs": options.epochs,
            "patches_of_each_region": options.patches,
            "hold_out": options.hold_out,
            "wrong": count(planted_rows, planted),
            "right": {
                "sections": (number + 1) * N_SECTIONS,
                "doubts": len(right_rows),
                "evidence": sorted(round(row["evidence"], 2) for row in right_rows),
            },
            "doubts": sorted(planted_rows, key=lambda row: -row["evidence"]),
            "doubts_of_right_annotations": right_rows,
        }
        options.out.write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps({key: results[key] for key in ("wrong", "right")}, indent=1))


if __name__ == "__main__":
    main()
