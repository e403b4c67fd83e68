"""How often check_slice warns of right annotations, and finds wrong ones.

Each specimen's annotation gets a hand's jitter: borders displaced smoothly by 20 um
(root mean square, renewed over 120 um). It is checked as it is, and moved by 100, 200
and 290 um in a random direction, turned by 3 degrees, mirrored, and drawn at twice or
half its size about the slice's first pixel or its middle. The margins of the check were
chosen on phantoms of seeds 100 to 119 and 300 to 319; those here are of others.

    python bench_check_slice.py --specimens 42
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sklearn_microarch import PatchSampler, SliceImage
from sklearn_microarch.checking._find_tissue import find_tissue
from sklearn_microarch.checking._findings import LEAST_TISSUE
from sklearn_microarch.checking._judge_placement import judge_placement
from sklearn_microarch.checking._texture import read_texture
from sklearn_microarch.datasets import fetch_prasad2020, make_thalamocortical_phantom
from sklearn_microarch.exceptions import DataNotFoundError

RESULTS = Path(__file__).parent / "results"
JITTER_UM, RENEWED_UM = 20.0, 120.0
SLIPS_UM = (100, 200, 290)
FIRST_SEED = 400


def jitter(rois: NDArray, pixel_size_um: float, rng: np.random.Generator) -> NDArray:
    """Return regions whose borders are displaced as by a hand."""
    steps = []
    for _ in range(2):
        knots = [int(n * pixel_size_um / RENEWED_UM) + 4 for n in rois.shape]
        places = np.meshgrid(
            *[np.arange(n) * pixel_size_um / RENEWED_UM for n in rois.shape],
            indexing="ij",
        )
        field = ndimage.map_coordinates(rng.standard_normal(knots), places, order=3)
        steps.append(field / field.std() * JITTER_UM / pixel_size_um)
    rows, cols = np.indices(rois.shape)
    return ndimage.map_coordinates(
        rois, [rows + steps[0], cols + steps[1]], order=0, mode="nearest"
    )


def cases(
    rois: NDArray, pixel_size_um: float, rng: np.random.Generator
) -> Iterator[tuple[str, NDArray]]:
    """Yield annotations by name: the right one, and wrong ones."""
    yield "right", jitter(rois, pixel_size_um, rng)
    drawn = jitter(rois, pixel_size_um, rng)
    for slip in SLIPS_UM:
        angle = rng.uniform(0, 2 * np.pi)
        step = slip / pixel_size_um * np.array([np.sin(angle), np.cos(angle)])
        yield f"slip of {slip} um", ndimage.shift(drawn, step, order=0)
    way = rng.choice([-3.0, 3.0])
    yield "turn of 3 degrees", ndimage.rotate(drawn, way, reshape=False, order=0)
    yield "mirrored left-right", drawn[:, ::-1]
    yield "mirrored up-down", drawn[::-1]
    middle = (np.array(drawn.shape) - 1) / 2 * rng.integers(2)
    for name, scale in (("twice the size", 2.0), ("half the size", 0.5)):
        offset = middle - middle / scale
        matrix = np.eye(2) / scale
        yield name, ndimage.affine_transform(drawn, matrix, offset, order=0)


def look(
    title: str, image: SliceImage, rois: NDArray, names: dict, seed: int
) -> list[dict]:
    """Return what is said of each case of one slice.

    As `check_slice` says it: tissue and texture, which are the same for all cases, are
    found once, and what has nothing to do with the place of regions is left out.
    """
    rng = np.random.default_rng(seed)
    pixel_size_um = image.pixel_size_um or 1.0
    tissue, _ = find_tissue(image, PatchSampler())
    texture = read_texture(image, tissue, pixel_size_um, np.random.RandomState(0))
    found = []
    for name, annotation in cases(rois.astype(np.int64), pixel_size_um, rng):
        codes = annotation[: rois.shape[0], : rois.shape[1]]
        placement = judge_placement(texture.sample(codes), texture, max(names) + 1)
        shares = [tissue[codes == code].mean() for code in np.unique(codes) if code]
        better = placement.better
        found.append(
            {
                "slice": title,
                "case": name,
                "verdict": placement.verdict,
                "better": better.placement.describe() if better else "",
                "off tissue": bool(min(shares) < LEAST_TISSUE),
            }
        )
    return found


def look_at_phantom(number: int) -> list[dict]:
    """Return what is said of one specimen; sizes and difficulties take turns."""
    seed = FIRST_SEED + number
    shape = ((350, 1400), (700, 2800))[number % 2]
    difficulty = ("easy", "medium", "hard")[number % 3]
    phantom = make_thalamocortical_phantom(
        shape=shape, difficulty=difficulty, random_state=seed
    )
    title = f"{difficulty} {shape[0]} x {shape[1]}"
    return look(title, phantom.images[0], phantom.rois[0], phantom.roi_names, seed)


def look_at_real(seed: int) -> list[dict]:
    """Return what is said of the real slice; nothing where it is not there."""
    try:
        data = fetch_prasad2020()
    except DataNotFoundError:
        return []
    return look("real", data.image, data.rois, data.roi_names, seed)


def rates(rows: list[dict]) -> dict[str, dict[str, float]]:
    """Return shares by case."""
    table = {}
    for case in dict.fromkeys(row["case"] for row in rows):
        here = [row for row in rows if row["case"] == case]
        moved = [row["verdict"] == "misplaced" for row in here]
        off = [row["off tissue"] for row in here]
        table[case] = {
            "n": len(here),
            "misplaced": float(np.mean(moved)),
            "off tissue": float(np.mean(off)),
            "either": float(np.mean(np.logical_or(moved, off))),
            "cannot tell": float(
                np.mean([row["verdict"] == "cannot tell" for row in here])
            ),
        }
    return table


def main() -> None:
    """Print the tables and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--specimens", type=int, default=42)
    parser.add_argument("--real", type=int, default=4, help="jitters of the real slice")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    work = [joblib.delayed(look_at_phantom)(at) for at in range(options.specimens)]
    work += [joblib.delayed(look_at_real)(seed) for seed in range(options.real)]
    rows = []
    for found in joblib.Parallel(options.jobs, return_as="generator")(work):
        rows += found
        words = [f"{row['case']}: {row['verdict']}" for row in found]
        print(*words, sep="; ", flush=True)
    groups = {
        "all": rows,
        "phantoms of 350 x 1400": [row for row in rows if "350 x" in row["slice"]],
        "phantoms of 700 x 2800": [row for row in rows if "700 x" in row["slice"]],
        "real slice": [row for row in rows if row["slice"] == "real"],
    }
    tables = {name: rates(some) for name, some in groups.items()}
    for name, table in tables.items():
        print(name)
        for case, found in table.items():
            cells = "  ".join(f"{key} {value:.3g}" for key, value in found.items())
            print(f"  {case:<22}{cells}")
    results = {"rates": tables, "rows": rows}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "bench_check_slice.json").write_text(
        json.dumps(results, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
