"""How often a trust report calls nothing "supported", and misses what is there.

Maps drawn on the regions of phantom specimens, so that the truth is known:

- nothing: smooth random maps, of the grain of half a patch to four patches;
- nuisances: lines of the scan, a smooth gradient, the tissue's edge, low-pass grey;
- true: a region, blurred by half a patch, with structure of its own inside, and noise.

Every map "reproduces": another network would show the same with other noise, which
is the hardest case, as only the tests against chance and nuisances are left. No
threshold was chosen on the specimens counted here; `--tuning` has those it was.

`--slices 2` takes slices of the same animal, 2 mm apart; `--life-size` three specimens
of 1420 x 5805 pixels; `--networks` trains small networks, on phantoms with and without
cortical layers.

    python bench_trust.py
    python bench_trust.py --slices 2
    python bench_trust.py --networks 2
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy import ndimage, stats

from sklearn_microarch import PatchSampler, RoiMap, make_microarch_pipeline
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.sampling import Patches
from sklearn_microarch.trust import trust_report
from sklearn_microarch.trust._gather_figures import gather_figures
from sklearn_microarch.trust._lay_cells import lay_cells
from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust._verdicts_on import verdicts_on
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork
from sklearn_microarch.trust.nulls._surrogates import draw_noise

RESULTS = Path(__file__).parent / "results" / "bench_trust.json"
COUNTED, TUNING, LIFE_SIZE = range(401, 421), range(80, 86), range(441, 444)
N_SMOOTH, N_TRUE, NOISE = 3, 3, 0.3
APART_UM = 2000.0


@dataclass(frozen=True)
class Frame:
    """Height and width of slices, edge of patches and of cells, in pixels."""

    shape: tuple[int, int]
    patch: int
    step: int


SMALL, LARGE = Frame((350, 1400), 40, 8), Frame((1420, 5805), 128, 16)


def specimens(options: argparse.Namespace, counted: range) -> range:
    """Return which specimens are judged."""
    if options.tuning:
        return TUNING
    return LIFE_SIZE if options.life_size else counted


def cells_of(specimen: int, frame: Frame, n_slices: int = 1) -> TissueCells:
    """Return the cells of phantom slices: their regions and a rim of tissue."""
    phantom = make_thalamocortical_phantom(
        n_slices=n_slices,
        z_step_um=APART_UM,
        shape=frame.shape,
        six_class=True,
        variation=0.5,
        random_state=specimen,
    )
    half, rois = frame.patch // 2, []
    for regions in phantom.rois:
        codes = np.unique(regions[regions > 0]).tolist()
        rois.append(RoiMap(regions, {code: phantom.roi_names[code] for code in codes}))
    places = places_in(phantom.rois, half, frame.step)
    patches = Patches(phantom.images, places, frame.patch)
    return lay_cells(patches, rois, frame.step, unannotated_code=0)


def places_in(rois: Sequence[NDArray], half: int, step: int) -> NDArray[np.int64]:
    """Return slice, row and column (n, 3) of a grid on regions and half a patch more.

    A patch around each lies in the frame.
    """
    found = []
    for index, codes in enumerate(rois):
        tissue = ndimage.binary_dilation(codes > 0, iterations=half)
        height, width = tissue.shape
        tissue[:half], tissue[height - half :] = False, False
        tissue[:, :half], tissue[:, width - half :] = False, False
        at = np.argwhere(tissue[::step, ::step]) * step
        found.append(np.column_stack([np.full(len(at), index), at]))
    return np.concatenate(found)


def standard(values: NDArray) -> NDArray:
    """Return values of mean 0 and variance 1."""
    return (values - values.mean()) / values.std()


def blurred(cells: TissueCells, region: int) -> NDArray:
    """Return where a region is (n,), blurred by half a patch."""
    return softened(cells, cells.codes == region)


def softened(cells: TissueCells, marked: NDArray) -> NDArray:
    """Return where cells are marked (n,), blurred by half a patch, on each slice."""
    found = np.empty(len(marked))
    for index in range(len(cells.shapes)):
        here = cells.at[:, 0] == index
        grid = cells.lay_out(marked.astype(float), index, 0.0)
        soft = ndimage.gaussian_filter(grid, cells.patch / 2)
        found[here] = soft[tuple(cells.at[here, 1:].T)]
    return found


def draw_truth(cells: TissueCells, rng: RandomState) -> dict[str, list[NDArray]]:
    """Return noiseless maps (n,) by kind."""
    widths = cells.patch * np.exp(rng.uniform(np.log(0.5), np.log(4), N_SMOOTH))
    rows, cols = cells.at[:, 1], cells.at[:, 2]
    slope = rng.standard_normal(4)
    x, y = standard(cols.astype(float)), standard(rows.astype(float))
    sizes = np.bincount(cells.codes[cells.annotated])
    chosen = rng.choice(len(sizes), N_TRUE, replace=False)
    return {
        "smooth": [draw_noise(cells, width, rng) for width in widths],
        "lines": [rng.standard_normal(rows.max() + 1)[rows]],
        "gradient": [slope[0] * x + slope[1] * y + slope[2] * x * y],
        "edge": [np.exp(-cells.edge_distance() / cells.patch)],
        "grey": [cells.grey],
        "true": [
            blurred(cells, region) * (1 + 0.4 * draw_noise(cells, cells.patch, rng))
            for region in chosen
        ],
    }


def noisy(truth: list[NDArray], cells: TissueCells, rng: RandomState) -> NDArray:
    """Return maps (n, k) with noise of half a patch's grain."""
    width = cells.patch / 2
    return np.column_stack(
        [standard(one) + NOISE * draw_noise(cells, width, rng) for one in truth]
    )


def judged(
    cells: TissueCells, truth: dict[str, list[NDArray]], n_shifts: int, rng: RandomState
) -> list[dict]:
    """Return the verdicts of one report, with the kind each map was drawn as."""
    kinds = [kind for kind, maps in truth.items() for _ in maps]
    drawn = [one for maps in truth.values() for one in maps]
    n_regions = len(cells.regions)
    logits = np.column_stack([blurred(cells, region) for region in range(n_regions)])
    logits += 0.05 * rng.standard_normal(logits.shape)
    networks = [
        MapsOfNetwork(
            noisy(drawn, cells, rng), np.empty((len(cells.at), 0)), logits, kinds, []
        )
        for _ in range(3)
    ]
    found = gather_figures(cells, networks[0], networks[1:], n_shifts, rng)
    return [dict(vars(one)) for one in verdicts_on(found, kinds, [])]


def interval(n_hits: int, n_cases: int) -> list[float]:
    """Return the exact interval of a share, of 95 %."""
    found = stats.binomtest(n_hits, n_cases).proportion_ci(method="exact")
    return [round(float(found.low), 3), round(float(found.high), 3)]


def count(rows: list[dict]) -> dict:
    """Return how often each kind was called what."""
    counted = {}
    for kind in dict.fromkeys(row["name"] for row in rows):
        verdicts = [row["verdict"] for row in rows if row["name"] == kind]
        n_supported = verdicts.count("supported")
        counted[kind] = {
            "cases": len(verdicts),
            "supported": n_supported,
            "interval": interval(n_supported, len(verdicts)),
            "verdicts": {one: verdicts.count(one) for one in sorted(set(verdicts))},
        }
    return counted


def run_maps(options: argparse.Namespace) -> dict:
    """Judge drawn maps of all specimens: nothing alone, and all kinds together."""
    alone, mixed = [], []
    frame = LARGE if options.life_size else SMALL
    for specimen in specimens(options, COUNTED):
        begin, rng = time.perf_counter(), RandomState(specimen)
        cells = cells_of(specimen, frame, options.slices)
        truth = draw_truth(cells, rng)
        nothing = {"smooth": truth["smooth"]}
        alone += judged(cells, nothing, options.n_shifts, rng)
        mixed += judged(cells, draw_truth(cells, rng), options.n_shifts, rng)
        seconds = time.perf_counter() - begin
        print(f"{specimen}, {seconds:.0f} s", json.dumps(count(mixed)), flush=True)
        results = {
            "n_shifts": options.n_shifts,
            "specimens": len(alone) // N_SMOOTH,
            "reports_of_nothing": count(alone),
            "reports_of_all_kinds": count(mixed),
            "maps": alone + mixed,
        }
        if not options.tuning:
            more = f"_of_{options.slices}_slices" if options.slices > 1 else ""
            more += "_of_life_size" if options.life_size else ""
            write(options.out, {f"drawn_maps{more}": results})
    return results


def run_networks(options: argparse.Namespace) -> dict:
    """Judge factors of small networks, with and without cortical layers."""
    rows = []
    for number in range(options.networks):
        for layers in (True, False):
            phantom = make_thalamocortical_phantom(
                shape=(256, 1024),
                six_class=True,
                layers=layers,
                barrels=layers,
                random_state=301 + number,
            )
            size = phantom.pixel_size_um
            rois = RoiMap(phantom.rois[0], phantom.roi_names, pixel_size_um=size)
            sampler = PatchSampler(24, n_patches_per_roi=200, random_state=0)
            pipe = make_microarch_pipeline(
                sampler=sampler, n_components=8, n_clusters=4, random_state=0
            ).set_params(features__max_epochs=5, features__device="cpu")
            begin = time.perf_counter()
            pipe.fit(*sampler.sample(phantom.images[0], rois))
            report = trust_report(
                pipe,
                phantom.images[0],
                rois,
                n_seeds=2,
                n_shifts=options.n_shifts,
                random_state=0,
            )
            minutes = (time.perf_counter() - begin) / 60
            words = "layers" if layers else "no layers"
            print(f"{words}, {minutes:.1f} min\n{report}", flush=True)
            rows += [
                dict(vars(one)) | {"specimen": 301 + number, "layers": layers}
                for one in report.verdicts
            ]
            write(options.out, {"networks": rows})
    return {"networks": rows}


def write(path: Path, results: dict) -> None:
    """Add results to those of other runs in the file."""
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(known | results, indent=1) + "\n")


def main() -> None:
    """Print counts and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-shifts", type=int, default=499)
    parser.add_argument("--slices", type=int, default=1)
    parser.add_argument("--life-size", action="store_true")
    parser.add_argument("--networks", type=int, default=0)
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    if options.networks:
        run_networks(options)
        return
    results = run_maps(options)
    for key in ("reports_of_nothing", "reports_of_all_kinds"):
        print(key, json.dumps(results[key], indent=1))


if __name__ == "__main__":
    main()
