"""What a 3 x 3 search over k and lambda trains and evaluates, with and without memory.

Run on a synthetic slice; counted in every process, not estimated. "Passes" are sets
of rows that pass a network to give features, of training rows and of held-out ones.
Times are of one run on one machine, and only their ratios mean anything.
"""

import json
import tempfile
import time
from pathlib import Path

from counting import CountingExtractor, gap_with_log
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from sklearn_microarch import (
    PatchSampler,
    SpatialBlockKFold,
    factor_localization_scorer,
    make_microarch_pipeline,
)
from sklearn_microarch.datasets import make_thalamocortical_phantom

GRID = {"nmf__n_components": [10, 12, 15], "select__lam": [0.3, 0.5, 1.0]}


def count_work(*, memory: tuple[str, ...], n_jobs: int | None, warm: bool) -> dict:
    """Run the search in a fresh cache; return trainings, passes and seconds."""
    phantom = make_thalamocortical_phantom(six_class=True, random_state=0)
    sampler = PatchSampler(48, n_patches_per_roi=300, random_state=0)
    patches, labels = sampler.sample(phantom.images[0], phantom.rois[0])
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "trainings.txt"
        log.touch()
        network = CountingExtractor(
            gap_with_log,
            module_params={"log": str(log)},
            max_epochs=2,
            unannotated=-1,
            random_state=0,
        )
        pipe = make_microarch_pipeline(sampler=sampler, random_state=0)
        pipe.set_params(features=network)
        pipe.set_params(**dict.fromkeys(memory, str(Path(folder) / "cache")))

        def search(grid: dict, jobs: int | None) -> None:
            GridSearchCV(
                clone(pipe),
                grid,
                cv=SpatialBlockKFold(3),
                scoring=factor_localization_scorer,
                error_score="raise",
                n_jobs=jobs,
            ).fit(patches, labels)

        start = time.perf_counter()
        if warm:
            search({name: values[:1] for name, values in GRID.items()}, None)
        search(GRID, n_jobs)
        seconds = time.perf_counter() - start
        lines = log.read_text().splitlines()
        trainings = lines.count("fit")
        rows = sum(int(line.split()[0]) for line in lines if line != "fit")
        return {
            "trainings": trainings,
            "passes": len(lines) - trainings,
            "rows_passed": rows,
            "seconds": round(seconds, 1),
        }


def main() -> None:
    """Print the table and write it as JSON."""
    steps, both = ("memory",), ("memory", "features__memory")
    cases = {
        "no memory, 1 job": {"memory": (), "n_jobs": None, "warm": False},
        "steps only, 1 job": {"memory": steps, "n_jobs": None, "warm": False},
        "memory, 1 job": {"memory": both, "n_jobs": None, "warm": False},
        "memory, 2 jobs": {"memory": both, "n_jobs": 2, "warm": False},
        "memory, warmed, 2 jobs": {"memory": both, "n_jobs": 2, "warm": True},
    }
    results = {}
    for name, case in cases.items():
        found = results[name] = count_work(**case)
        print(f"{name:<26} {found['trainings']:>3} trainings", end="")
        print(f" {found['passes']:>3} passes of {found['rows_passed']:>6} rows", end="")
        print(f" {found['seconds']:>8.1f} s", flush=True)
    out = Path(__file__).parent / "results" / "bench_search.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
