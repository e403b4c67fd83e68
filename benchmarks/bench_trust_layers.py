"""How often a trust report with layers and their depth calls nothing "supported".

Specimens of phantoms whose layers are uneven, so that a layer is more than its depth.
Maps are drawn, or are statistics of altered pictures, so that the truth is known:

- depth only: cell density that falls smoothly, stain that fades from the pia, and a
  band at one depth everywhere;
- flaws that reports have no term for: knife chatter, a fold, a bleached tile;
- nothing: grey statistics of a cortex whose grey levels have random phases, and of one
  without layers and barrels;
- true: one layer, blurred by half a patch, with structure of its own, and noise; and
  another at half the contrast, with as much structure of its own.

Every map "reproduces", as in ``bench_trust.py``. No threshold was chosen on the
specimens counted here; ``--tuning`` has those it was.

`--slices 2` takes slices of the same animal, 2 mm apart; `--life-size` three specimens
of 1420 x 5805 pixels, whose layers are about a patch thick; `--pictures` adds the
reports on altered pictures, of one slice.

    python bench_trust_layers.py
    python bench_trust_layers.py --slices 2
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from bench_trust import (
    LARGE,
    Frame,
    blurred,
    count,
    judged,
    places_in,
    softened,
    specimens,
    write,
)
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.utils import Bunch

from sklearn_microarch import RoiMap
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.sampling import Patches
from sklearn_microarch.trust._lay_cells import lay_cells
from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.nulls._surrogates import draw_noise

RESULTS = Path(__file__).parent / "results" / "bench_trust_layers.json"
COUNTED = range(421, 441)
# Layers run down the frame, which is as long as 29 of these patches.
SMALL = Frame((700, 2800), 24, 12)
FIRST_LAYER = 100
APART_UM = 2000.0
CONTRASTS = {"one layer": 1.0, "half the contrast": 0.5}


def phantom_of(
    specimen: int, frame: Frame, n_slices: int = 1, *, layers: bool = True
) -> Bunch:
    """Return slices whose layers change their thickness along the cortex."""
    return make_thalamocortical_phantom(
        n_slices=n_slices,
        z_step_um=APART_UM,
        shape=frame.shape,
        six_class=True,
        variation=0.5,
        uneven_layers=0.3,
        layers=layers,
        barrels=layers,
        random_state=specimen,
    )


def cells_of(phantom: Bunch, frame: Frame) -> TissueCells:
    """Return the cells of a slice: layers in place of the cortex, and their depth."""
    names = {**phantom.roi_names}
    names |= {FIRST_LAYER + code: name for code, name in phantom.layer_names.items()}
    found, rois = [], []
    for regions, layers in zip(phantom.rois, phantom.layers, strict=True):
        codes = np.where(layers > 0, FIRST_LAYER + layers.astype(int), regions)
        here = {code: name for code, name in names.items() if (codes == code).any()}
        found.append(codes)
        rois.append(RoiMap(codes, here))
    places = places_in(found, frame.patch // 2, frame.step)
    patches = Patches(phantom.images, places, frame.patch)
    depths = [one.astype(float) for one in phantom.depths]
    return lay_cells(patches, rois, frame.step, unannotated_code=0, depth=depths)


def draw_depths(cells: TissueCells, rng: RandomState) -> dict[str, list[NDArray]]:
    """Return maps (n,) that follow depth in the cortex, and are flat elsewhere."""
    depth, inside = np.nan_to_num(cells.depths), np.isfinite(cells.depths)
    rate, top = rng.uniform(1.5, 4), rng.uniform(0.15, 0.4)
    band = (depth > top) & (depth < top + rng.uniform(0.2, 0.35)) & inside
    return {
        "density falls with depth": [inside * (1 - depth)],
        "stain fades from the pia": [inside * np.exp(-rate * depth)],
        "band at one depth": [softened(cells, band)],
    }


def draw_flaws(cells: TissueCells, rng: RandomState) -> dict[str, list[NDArray]]:
    """Return maps (n,) of what a knife, a mount and a lamp do."""
    rows, cols = cells.at[:, 1].astype(float), cells.at[:, 2].astype(float)
    patch, angle = cells.patch, rng.uniform(0, np.pi)
    across = rows * np.sin(angle) + cols * np.cos(angle)
    chatter = np.sin(2 * np.pi * across / (patch * rng.uniform(1.5, 4)))
    lean = rng.uniform(-0.5, 0.5)
    away = cols - rng.uniform(0.2, 0.8) * cols.max() - lean * rows
    fold = np.exp(-((away / patch) ** 2)) - 0.5 * np.exp(-((away / patch - 1.5) ** 2))
    first = [rng.uniform(0, 0.7) * one.max() for one in (rows, cols)]
    edge = rng.uniform(4, 8) * patch
    tile = (rows >= first[0]) & (rows < first[0] + edge)
    tile &= (cols >= first[1]) & (cols < first[1] + edge)
    return {
        "knife chatter": [chatter],
        "fold": [fold],
        "bleached tile": [tile + 0.1 * draw_noise(cells, patch, rng)],
    }


def is_layer(region: str) -> bool:
    """Tell whether a region is a layer of the cortex."""
    return region.startswith("L")


def draw_layers(cells: TissueCells, rng: RandomState) -> dict[str, list[NDArray]]:
    """Return maps (n,) that mark one layer each, another at half the contrast."""
    layers = [at for at, name in enumerate(cells.regions) if is_layer(name)]
    found = {}
    chosen = rng.permutation(layers)[:2]
    for at, (kind, contrast) in zip(chosen, CONTRASTS.items(), strict=True):
        marked = blurred(cells, at)
        own = 0.4 * marked * draw_noise(cells, cells.patch, rng)
        found[kind] = [contrast * marked + own]
    return found


def random_phases(pixels: NDArray, inside: NDArray, rng: RandomState) -> NDArray:
    """Return a slice (height, width) whose cortex has its spectrum, and no order."""
    values = pixels.astype(float)
    mean, spread = values[inside].mean(), values[inside].std()
    filled = np.where(inside, values, mean) - mean
    phases = np.angle(np.fft.rfft2(rng.standard_normal(values.shape)))
    waves = np.abs(np.fft.rfft2(filled)) * np.exp(1j * phases)
    drawn = np.fft.irfft2(waves, values.shape)
    drawn *= spread / drawn[inside].std()
    return np.where(inside, drawn + mean, values)


def statistics(pixels: NDArray, cells: TissueCells) -> list[NDArray]:
    """Return mean, spread and edges (n,) of the patch around each cell."""
    values = pixels.astype(float)
    mean = ndimage.uniform_filter(values, SMALL.patch)
    spread = ndimage.uniform_filter(values**2, SMALL.patch) - mean**2
    edges = ndimage.uniform_filter(
        ndimage.gaussian_gradient_magnitude(values, 1), SMALL.patch
    )
    rows, cols = cells.at[:, 1:].T * SMALL.step
    return [one[rows, cols] for one in (mean, np.sqrt(np.maximum(spread, 0)), edges)]


def report_on_drawn(specimen: int, options: argparse.Namespace) -> list[dict]:
    """Return verdicts on maps drawn on one specimen."""
    rng = RandomState(specimen)
    frame = LARGE if options.life_size else SMALL
    cells = cells_of(phantom_of(specimen, frame, options.slices), frame)
    drawn = draw_depths(cells, rng) | draw_flaws(cells, rng) | draw_layers(cells, rng)
    rows = judged(cells, drawn, options.n_shifts, rng)
    return [row | {"specimen": specimen} for row in rows]


def reports_on_pictures(specimen: int, n_shifts: int) -> list[dict]:
    """Return verdicts of two reports on altered pictures of one specimen."""
    rng = RandomState(specimen)
    phantom, plain = (phantom_of(specimen, SMALL, layers=one) for one in (True, False))
    cells, rows = cells_of(phantom, SMALL), []
    pixels = np.asarray(phantom.images[0].pixels)
    unordered = random_phases(pixels, phantom.layers[0] > 0, rng)
    for kind, picture in (
        ("cortex of random phases", unordered),
        ("cortex without layers", np.asarray(plain.images[0].pixels)),
    ):
        maps = {kind: statistics(picture, cells)}
        flat = replace(cells, grey=_low_pass(picture, cells))
        rows += judged(flat, maps, n_shifts, rng)
    return [row | {"specimen": specimen} for row in rows]


def _low_pass(pixels: NDArray, cells: TissueCells) -> NDArray:
    """Return the low-pass grey level (n,) of an altered picture."""
    smooth = ndimage.gaussian_filter(pixels.astype(float), 2 * SMALL.patch)
    rows, cols = cells.at[:, 1:].T * SMALL.step
    return smooth[rows, cols]


def named(row: dict) -> dict:
    """Return a row, called by what it claims: only the cortex of pictures is altered.

    What marks a region beside it may be right.
    """
    elsewhere = row["name"].startswith("cortex") and not is_layer(row["region"])
    return row | ({"name": f"{row['name']}, elsewhere"} if elsewhere else {})


def main() -> None:
    """Print counts and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-shifts", type=int, default=499)
    parser.add_argument("--slices", type=int, default=1)
    parser.add_argument("--life-size", action="store_true")
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    rows: list[dict] = []
    key = "pictures" if options.pictures else f"slices_{options.slices}"
    key += "_of_life_size" if options.life_size else ""
    for specimen in specimens(options, COUNTED):
        begin = time.perf_counter()
        if options.pictures:
            found = reports_on_pictures(specimen, options.n_shifts)
        else:
            found = report_on_drawn(specimen, options)
        rows += [named(row) for row in found]
        print(f"{specimen}, {time.perf_counter() - begin:.0f} s", flush=True)
        if not options.tuning:
            results = {"n_shifts": options.n_shifts, "counts": count(rows)}
            write(options.out, {key: results | {"maps": rows}})
    print(json.dumps(count(rows), indent=1))


if __name__ == "__main__":
    main()
