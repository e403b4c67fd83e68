"""How many networks a 3 x 3 search over k and lambda trains, with a pipeline's memory.

Run on a synthetic slice; counted in every process, not estimated. Times are of one
run on one machine, and only their ratios mean anything.
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


def count_trainings(*, memory: bool, n_jobs: int | None, warm: bool) -> dict:
    """Run the search in a fresh cache; return trainings and seconds."""
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
        pipe.set_params(
            features=network, memory=str(Path(folder) / "cache") if memory else None
        )

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
        return {
            "trainings": len(log.read_text().splitlines()),
            "seconds": round(seconds, 1),
        }


def main() -> None:
    """Print the table and write it as JSON."""
    cases = {
        "no memory, 1 job": {"memory": False, "n_jobs": None, "warm": False},
        "memory, 1 job": {"memory": True, "n_jobs": None, "warm": False},
        "memory, 2 jobs": {"memory": True, "n_jobs": 2, "warm": False},
        "memory, warmed, 2 jobs": {"memory": True, "n_jobs": 2, "warm": True},
    }
    results = {}
    for name, case in cases.items():
        results[name] = count_trainings(**case)
        print(f"{name:<26} {results[name]['trainings']:>3} trainings", end="")
        print(f" {results[name]['seconds']:>8.1f} s", flush=True)
    out = Path(__file__).parent / "results" / "bench_search.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
