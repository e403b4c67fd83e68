"""How often clusters of a gradient are called more than one, and true ones missed.

Rows are drawn on a grid of 60 x 90 places, of eight factors with noise that neighbours
share, so that the truth is known:

- gradients without borders: along a line; along an arc, one factor after another; over
  both directions, straight or as bumps; and nothing but noise;
- as many groups as are asked for, side by side, with steps between them of 1, 0.5 or
  0.25 of what factors vary by.

Called more than a gradient is what has a p value of 0.05 and less: of 19 gradients none
is as stable. 2000 of the 5400 rows are used.

    python benchmarks/bench_cluster_number.py --scenes 20
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy import ndimage, stats

from sklearn_microarch.clustering import stability_of_clusters

RESULTS = Path(__file__).parent / "results" / "bench_cluster_number.json"
SHAPE, N_FACTORS, BLOCK, NOISE, GRAIN = (60, 90), 8, 10, 0.25, 2.0
GRADIENTS = ("line", "arc", "plane", "bumps", "noise")
GROUPS, STEPS, MOST_P = (2, 3, 4, 5), (1.0, 0.5, 0.25), 0.05
QUICK = {"n_draws": 19, "max_samples": 2000}


def places() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return depth (n,) with a wavy border, height (n,) and the block (n,)."""
    row, column = np.mgrid[: SHAPE[0], : SHAPE[1]]
    depth = column / SHAPE[1] + 0.06 * np.sin(row / 9.0)
    depth = (depth - depth.min()) / np.ptp(depth)
    blocks = row // BLOCK * SHAPE[1] + column // BLOCK
    return depth.ravel(), row.ravel() / SHAPE[0], blocks.ravel()


def gradient_of(kind: str, rng: RandomState) -> NDArray[np.float64]:
    """Return the means (n, 8) of rows that change smoothly."""
    depth, height, _ = places()
    if kind == "line":
        return 2 * np.outer(depth, rng.standard_normal(N_FACTORS))
    if kind == "arc":
        return bumps(depth[:, None], np.linspace(0, 1, N_FACTORS)[:, None], 0.15)
    if kind == "plane":
        both = rng.standard_normal((2, N_FACTORS))
        return 2 * np.column_stack([depth, height]) @ both
    if kind == "bumps":
        peaks = rng.random_sample((N_FACTORS, 2))
        return bumps(np.column_stack([depth, height]), peaks, 0.4)
    return np.zeros((len(depth), N_FACTORS))


def bumps(
    at: NDArray[np.float64], peaks: NDArray[np.float64], width: float
) -> NDArray[np.float64]:
    """Return how near places (n, d) are to peaks (8, d), 0 to 2."""
    squares = ((at[:, None] - peaks) ** 2).sum(axis=2)
    return 2 * np.exp(-0.5 * squares / width**2)


def groups_of(n: int, step: float, rng: RandomState) -> NDArray[np.float64]:
    """Return the means (n, 8) of rows in groups side by side."""
    depth, _, _ = places()
    group = np.minimum((depth * n).astype(int), n - 1)
    return (2 * step * rng.random_sample((n, N_FACTORS)))[group]


def with_noise(means: NDArray[np.float64], rng: RandomState) -> NDArray[np.float64]:
    """Return rows (n, 8), not negative; half of the noise is shared by neighbours."""
    smooth = np.stack(
        [
            ndimage.gaussian_filter(rng.standard_normal(SHAPE), GRAIN).ravel()
            for _ in range(N_FACTORS)
        ],
        axis=1,
    )
    noise = smooth / smooth.std() + rng.standard_normal(means.shape)
    return np.maximum(means + 0.3 + NOISE / np.sqrt(2) * noise, 0.0)


def count(
    name: str, made: list[tuple[NDArray[np.float64], int]], seeds: range
) -> dict[str, object]:
    """Return how many of some scenes are called more than a gradient."""
    _, _, blocks = places()
    stabilities = [
        stability_of_clusters(rows, [n], blocks, random_state=seed, **QUICK)
        for (rows, n), seed in zip(made, seeds, strict=True)
    ]
    called = sum(bool(one.p_values[0] <= MOST_P) for one in stabilities)
    exact = stats.binomtest(called, len(made)).proportion_ci(method="exact")
    row = {
        "drawn": name,
        "scenes": len(made),
        "more than a gradient": called,
        "interval": [round(exact.low, 3), round(exact.high, 3)],
        "stability": round(float(np.mean([s.observed.mean() for s in stabilities])), 2),
        "of gradients": round(
            float(np.mean([s.gradient.mean() for s in stabilities])), 2
        ),
    }
    print(row, flush=True)
    return row


def main() -> None:
    """Count, print, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=20)
    parser.add_argument("--first", type=int, default=1000, help="seed")
    options = parser.parse_args()
    seeds, table = range(options.first, options.first + options.scenes), []
    for kind in GRADIENTS:
        made = []
        for seed in seeds:
            rng = RandomState(seed)
            n = GROUPS[seed % len(GROUPS)]
            made.append((with_noise(gradient_of(kind, rng), rng), n))
        table.append(count(kind, made, seeds))
    for step in STEPS:
        made = []
        for seed in seeds:
            rng = RandomState(seed)
            n = GROUPS[seed % len(GROUPS)]
            made.append((with_noise(groups_of(n, step, rng), rng), n))
        table.append(count(f"groups, steps of {step:g}", made, seeds))
    RESULTS.write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
