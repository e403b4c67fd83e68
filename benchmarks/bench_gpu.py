"""The whole slice on a GPU, step by step, beside the CPU: seconds and deviations.

Features and loadings are computed on the device; they come back between the steps, as
estimators hand numpy arrays on. The mixture and the selection have no path on a device.
The first pass over a part of the slice is not timed.

    python bench_gpu.py                          # where torch finds a GPU
    python bench_gpu.py --device cpu:0 --quick   # to try the script

Where there is no such device, this is said and nothing is written.
"""

import argparse
import copy
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from _dense_sizes import FULL, QUICK
from _dense_subject import prepare
from _dense_turns import describe_machine
from sklearn.pipeline import Pipeline

from sklearn_microarch import Patches, SliceImage, map_slice

RESULTS = Path(__file__).parent / "results" / "bench_gpu.json"
N_WARM = 20_000  # patches of the pass that is not timed


def timed(seconds: dict[str, float], name: str, work: Callable) -> object:
    """Return what work gives, and note how long it took."""
    start = time.perf_counter()
    found = work()
    seconds[name] = time.perf_counter() - start
    return found


def features_of(pipeline: Pipeline, patches: Patches) -> np.ndarray:
    """Return the features of all patches, as a mapping computes them."""
    network = pipeline["features"]
    out = np.empty((len(patches), network.n_features), dtype=np.float32)
    for rows, found in network.iter_transform(patches, step=1):
        out[rows] = found
    return out


def run(model: Pipeline, image: SliceImage, patches: Patches, device: str) -> tuple:
    """Return seconds of each step on a device, and what the steps give."""
    pipeline = copy.deepcopy(model)
    pipeline.set_params(features__device=device, nmf__device=device)
    pipeline[:-1].transform(patches[:N_WARM])
    seconds: dict[str, float] = {}
    features = timed(seconds, "features", lambda: features_of(pipeline, patches))
    loadings = timed(seconds, "loadings", lambda: pipeline["nmf"].transform(features))
    chosen = pipeline["select"].transform(loadings)
    mixture = copy.deepcopy(pipeline["cluster"])
    timed(seconds, "mixture, fit (CPU)", lambda: mixture.fit(chosen))
    clusters = timed(
        seconds, "clusters (CPU)", lambda: pipeline["cluster"].predict(chosen)
    )
    found = timed(
        seconds,
        "novelty",
        lambda: pipeline["features"].novelty_from_features(features),
    )
    timed(
        seconds,
        "map_slice, all maps",
        lambda: map_slice(pipeline, image, check_drift=False),
    )
    return seconds, {
        "features": features,
        "loadings": loadings,
        "novelty": found,
        "clusters": clusters,
    }


def compare(found: dict, expected: dict) -> dict[str, float]:
    """Return largest differences as shares of the largest value, and equal clusters."""
    table = {
        name: float(
            np.abs(found[name] - expected[name]).max() / np.abs(expected[name]).max()
        )
        for name in ("features", "loadings", "novelty")
    }
    equal = float((found["clusters"] == expected["clusters"]).mean())
    return table | {"share of equal clusters": equal}


def run_lower_precision(model: Pipeline, patches: Patches, device: str) -> tuple:
    """Return seconds and features with bfloat16."""
    pipeline = copy.deepcopy(model)
    pipeline.set_params(features__device=device, features__precision="bfloat16")
    features_of(pipeline, patches[:N_WARM])
    seconds: dict[str, float] = {}
    found = timed(seconds, "features", lambda: features_of(pipeline, patches))
    return seconds["features"], found


def main() -> None:
    """Print the table, and write it where all of the slice was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true", help="a small part, not kept")
    parser.add_argument("--model", type=Path, help="a saved, fitted pipeline")
    options = parser.parse_args()
    on_gpu = options.device.startswith("cuda")
    if on_gpu and not torch.cuda.is_available():
        print("bench_gpu: skipped, torch finds no CUDA device here")
        return
    subject = prepare(options.model, QUICK if options.quick else FULL)
    patches = subject.pipeline[0].cut(subject.image, stride=1)
    cases, values = {}, {}
    for device in ("cpu", options.device):
        cases[device], values[device] = run(
            subject.pipeline, subject.image, patches, device
        )
        for name, value in cases[device].items():
            print(f"{device:<8} {name:<22} {value:>8.2f} s", flush=True)
    deviations = compare(values[options.device], values["cpu"])
    seconds, rough = run_lower_precision(subject.pipeline, patches, options.device)
    exact = values["cpu"]["features"]
    cases[options.device]["features, bfloat16"] = seconds
    deviations["features, bfloat16"] = float(np.abs(rough - exact).max() / exact.max())
    for name, value in deviations.items():
        print(f"deviation, {name:<26} {value:.3g}")
    card = torch.cuda.get_device_name(options.device) if on_gpu else None
    results = {
        "machine": describe_machine() | {"card": card},
        "subject": subject.source,
        "patches": len(patches),
        "seconds": cases,
        "deviations": deviations,
    }
    if on_gpu and not options.quick:
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
