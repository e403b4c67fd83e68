"""How often maps of two networks agree inside regions by accident, and pass for more.

On phantom specimens, as in ``bench_trust.py``. Each network has maps that mark the same
regions, and smooth structure beside it, of the grain of half a patch to four patches:

- alone: structure of its own in each network, so that what agrees does by accident;
- shared: half of the variance inside is what our network shows.

A report has six maps and two other networks. The count is of maps whose agreement
inside regions is .5 and more, of those with p at or below .05, and of those with both.

    python bench_trust_accidents.py
"""

import argparse
import json
from pathlib import Path

import numpy as np
from bench_trust import COUNTED, SMALL, TUNING, cells_of, interval, write
from numpy.random import RandomState
from numpy.typing import NDArray

from sklearn_microarch.trust._gather_figures import agree
from sklearn_microarch.trust._judge_map import SAME_WITHIN
from sklearn_microarch.trust._limits import MOST_P
from sklearn_microarch.trust._tissue_cells import TissueCells
from sklearn_microarch.trust.again._by_accident import agree_by_accident
from sklearn_microarch.trust.again._maps_of import MapsOfNetwork
from sklearn_microarch.trust.nulls._surrogates import draw_noise

RESULTS = Path(__file__).parent / "results" / "bench_trust_accidents.json"
N_MAPS, N_OTHERS, STEP, N_SPECIMENS = 6, 2, 3.0, 10
SHARED = {"alone": 0.0, "shared": 0.5}


def draw_networks(
    cells: TissueCells, shared: float, rng: RandomState
) -> list[MapsOfNetwork]:
    """Return maps of our network and of others, which share some of the variance."""
    widths = cells.patch * np.exp(rng.uniform(np.log(0.5), np.log(4), N_MAPS))
    regions = np.arange(N_MAPS) % len(cells.regions)
    marked = STEP * (cells.codes[:, None] == regions)
    ours = structure(cells, widths, rng)
    inside = [ours] + [
        np.sqrt(shared) * ours + np.sqrt(1 - shared) * structure(cells, widths, rng)
        for _ in range(N_OTHERS)
    ]
    nothing = np.empty((len(cells.at), 0))
    return [MapsOfNetwork(marked + one, nothing, nothing, [], []) for one in inside]


def structure(cells: TissueCells, widths: NDArray, rng: RandomState) -> NDArray:
    """Return smooth random maps (n, k), of variance 1."""
    return np.column_stack([draw_noise(cells, width, rng) for width in widths])


def count_accidents(rows: list[dict]) -> dict:
    """Return how many maps agree by .5, are beyond accident, and both, by kind."""
    counted = {}
    for kind in SHARED:
        own = [row for row in rows if row["kind"] == kind]
        agrees = [row["again_within"] >= SAME_WITHIN for row in own]
        beyond = [row["p_within"] <= MOST_P for row in own]
        both = sum(np.logical_and(agrees, beyond).tolist())
        reports = {row["specimen"] for row, one in zip(own, beyond, strict=True) if one}
        counted[kind] = {
            "maps": len(own),
            "agree": sum(agrees),
            "beyond_accident": sum(beyond),
            "both": both,
            "interval": interval(both, len(own)),
            "reports_with_one_beyond": len(reports),
        }
    return counted


def main() -> None:
    """Print counts and write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-draws", type=int, default=199)
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    rows: list[dict] = []
    specimens = TUNING if options.tuning else COUNTED[:N_SPECIMENS]
    for specimen in specimens:
        cells, rng = cells_of(specimen, SMALL), RandomState(specimen)
        for kind, shared in SHARED.items():
            ours, *others = draw_networks(cells, shared, rng)
            _, within = agree(cells, ours, others)
            p_within = agree_by_accident(
                cells, ours, others, within, n_draws=options.n_draws, rng=rng
            )
            rows += [
                {
                    "kind": kind,
                    "specimen": specimen,
                    "again_within": float(one),
                    "p_within": float(p_value),
                }
                for one, p_value in zip(within, p_within, strict=True)
            ]
    counts = {"n_draws": options.n_draws, "counts": count_accidents(rows)}
    print(json.dumps(counts, indent=1))
    if not options.tuning:
        write(options.out, counts | {"maps": rows})


if __name__ == "__main__":
    main()
