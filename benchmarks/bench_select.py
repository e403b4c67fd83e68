"""Counting coverage and leakage: one pass against the published loops.

The published rule looks at every factor, region and sample. It is timed as the loop
over samples it is written as, on few rows and scaled up, and as masks of whole arrays,
which is the best NumPy makes of it. All counts must be the same integers.

    python bench_select.py --loadings loadings.npy --rows 1000000
"""

import json
from pathlib import Path

import numpy as np
from loadings import best_seconds, parse_rows, read_loadings

from sklearn_microarch import CoverageLeakageSelector, lam_path, select_factors

N_REGIONS = 6
ROWS_OF_A_LOOP = 2000
LAMS = np.linspace(0.0, 2.0, 41)


def labels_in_runs(n_rows: int) -> np.ndarray:
    """Return labels as along the rows of a map: long runs, one in seven unannotated."""
    rng = np.random.default_rng(0)
    runs = rng.integers(50, 1000, size=n_rows // 50 + 1)
    labels = rng.integers(-1, N_REGIONS, size=len(runs))
    return np.repeat(labels, runs)[:n_rows]


def count_by_samples(loadings: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Count as the rule is written: coverage and leakage, sample by sample."""
    counts = np.zeros((2, loadings.shape[1], N_REGIONS), dtype=np.int64)
    for factor in range(loadings.shape[1]):
        for region in range(N_REGIONS):
            coverage = leakage = 0
            for loading, label in zip(loadings[:, factor], labels, strict=True):
                coverage += loading > 0 and label == region
                leakage += loading > 0 and label != region
            counts[:, factor, region] = coverage, leakage
    return counts


def count_by_masks(loadings: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Count the same by masks of whole arrays."""
    counts = np.zeros((2, loadings.shape[1], N_REGIONS), dtype=np.int64)
    for factor in range(loadings.shape[1]):
        for region in range(N_REGIONS):
            active, inside = loadings[:, factor] > 0, labels == region
            counts[0, factor, region] = (active & inside).sum()
            counts[1, factor, region] = (active & ~inside).sum()
    return counts


def main() -> None:
    """Print the table and write it as JSON."""
    options = parse_rows(__doc__.splitlines()[0])
    loadings = read_loadings(options)
    n_rows = len(loadings)
    labels = labels_in_runs(n_rows)
    few, few_labels = loadings[:ROWS_OF_A_LOOP], labels[:ROWS_OF_A_LOOP]
    shuffled = np.random.default_rng(1).permutation(labels)
    names = np.array([*"ABCDEF", ""])[labels]

    by_masks = count_by_masks(loadings, labels)
    selection = select_factors(loadings, labels, unannotated=-1)
    equal = np.array_equal(by_masks, [selection.coverage, selection.leakage])
    equal &= np.array_equal(
        count_by_samples(few, few_labels), count_by_masks(few, few_labels)
    )
    cases = {
        "published, array masks": lambda: count_by_masks(loadings, labels),
        "select_factors": lambda: select_factors(loadings, labels, unannotated=-1),
        "select_factors, names": lambda: select_factors(
            loadings, names, unannotated=""
        ),
        "select_factors, labels in no order": lambda: select_factors(
            loadings, shuffled, unannotated=-1
        ),
        f"lam_path, {len(LAMS)} prices": lambda: lam_path(
            loadings, labels, LAMS, unannotated=-1
        ),
        "CoverageLeakageSelector.fit": lambda: CoverageLeakageSelector(
            unannotated=-1
        ).fit(loadings, labels),
    }
    loop = best_seconds(lambda: count_by_samples(few, few_labels), n_repeats=1)
    seconds = {"published, sample by sample (scaled up)": loop * n_rows / len(few)}
    seconds |= {name: best_seconds(case, n_repeats=3) for name, case in cases.items()}
    by_sample, masks = list(seconds.values())[:2]
    print(f"{n_rows} rows, {loadings.shape[1]} factors; counts equal: {equal}")
    for name, value in seconds.items():
        print(f"{name:<42} {value:>10.4f} s", end="")
        print(f" {by_sample / value:>10.0f} x {masks / value:>8.1f} x", flush=True)
    out = Path(__file__).parent / "results" / f"{options.name or 'bench_select'}.json"
    out.parent.mkdir(exist_ok=True)
    results = {"rows": n_rows, "counts_equal": bool(equal), "seconds": seconds}
    out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
