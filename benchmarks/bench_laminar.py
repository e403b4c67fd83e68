"""How far the measured depth in the cortex is from the one a phantom was drawn by.

Specimens of the phantom, whose annotation stops short of the pia and whose borders are
ragged. The depth is measured from the annotation alone, and compared on every pixel
that has one. What it was drawn by follows the layers, which undulate by a few percent
where borders of regions do not: no measure from borders can reach an error of 0.

    python bench_laminar.py --specimens 10 --life-size 2
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from sklearn_microarch import RoiMap, __version__
from sklearn_microarch.anatomy import laminar_depth
from sklearn_microarch.datasets import make_thalamocortical_phantom

RESULTS = Path(__file__).parent / "results" / "bench_laminar.json"
SHAPES = {"0.82 mm high": (700, 2800), "life size": (1420, 5805)}
METHODS = ("laplace", "equal_volume")


def judge(seed: int, size: str) -> list[dict[str, object]]:
    """Return a row for each method on one specimen."""
    phantom = make_thalamocortical_phantom(shape=SHAPES[size], random_state=seed)
    rois = RoiMap(
        phantom.rois[0], phantom.roi_names, pixel_size_um=phantom.pixel_size_um
    )
    truth = phantom.depths[0].astype(np.float64)
    rows = []
    for method in METHODS:
        begin = time.perf_counter()
        found = laminar_depth(rois, method=method)
        seconds = time.perf_counter() - begin
        known = np.isfinite(found.depth)
        errors = found.depth[known] - truth[known]
        counts = found.counts()
        rows.append(
            {
                "size": size,
                "seed": seed,
                "method": method,
                "median_error": float(np.median(np.abs(errors))),
                "error_90": float(np.quantile(np.abs(errors), 0.9)),
                "bias": float(errors.mean()),
                "thickness_um": found.thickness_um,
                "share_with_depth": counts["has a depth"] / sum(counts.values()),
                "seconds": seconds,
            }
        )
        print(json.dumps(rows[-1]), flush=True)
    return rows


def main() -> None:
    """Measure, print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--specimens", type=int, default=10)
    parser.add_argument("--life-size", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=100)
    options = parser.parse_args()
    rows = []
    for size, n_specimens in zip(
        SHAPES, (options.specimens, options.life_size), strict=True
    ):
        for number in range(n_specimens):
            rows += judge(options.first_seed + number, size)
    for size in SHAPES:
        for method in METHODS:
            errors = [
                row["median_error"]
                for row in rows
                if (row["size"], row["method"]) == (size, method)
            ]
            if errors:
                print(
                    f"{size}, {method}: median error {np.median(errors):.3f} of the "
                    f"thickness, {min(errors):.3f} to {max(errors):.3f}"
                )
    RESULTS.write_text(json.dumps({"version": __version__, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
