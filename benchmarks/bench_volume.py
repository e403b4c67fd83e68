"""Mapping a volume on the cores of this machine: rate, estimate, memory and kills.

A phantom volume is mapped with one and two workers, and by `map_slice` plane by plane
in one process of one thread, in one run. The estimate made before stands beside what
then happened. Each plane is compared with `map_slice`, to the bit. With ``--kills``,
workers and whole runs are killed at random moments, and the bytes of what comes out in
the end compared with those of a run that nobody stopped.

    python benchmarks/bench_volume.py --planes 12
    python benchmarks/bench_volume.py --planes 40 --shape 256 1024 --kills 10 5
"""

import argparse
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
import warnings
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from _local_workers import local_workers

from sklearn_microarch import PatchSampler, make_microarch_pipeline, map_slice
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.model_file import save_model
from sklearn_microarch.volumes import estimate_volume, map_volume, open_volume

RESULTS = Path(__file__).parent / "results" / "bench_volume.json"
KINDS = ("factors", "clusters", "region_probabilities", "predicted_regions", "novelty")
SPACING_UM = 40.0


def make_volume(folder, n_planes, shape):
    """Write planes of a phantom as .npy, memory-mapped; return path and pipeline."""
    warnings.simplefilter("ignore")
    found = make_thalamocortical_phantom(
        n_planes, shape=shape, six_class=True, z_step_um=SPACING_UM, random_state=0
    )
    import zarr

    array = zarr.create_array(
        folder / "grey.zarr",
        shape=(n_planes, *shape),
        dtype="u1",
        chunks=(1, min(512, shape[0]), min(512, shape[1])),
        config={"write_empty_chunks": True},
    )
    for at, image in enumerate(found.images):
        array[at] = image.data
    size = 128 if min(shape) >= 1000 else 24
    sampler = PatchSampler(size, n_patches_per_roi=200, random_state=0)
    pipe = make_microarch_pipeline(sampler=sampler, random_state=0)
    pipe.set_params(features__max_epochs=2, features__device="cpu")
    rows, labels = sampler.sample(found.images[0], found.rois[0])
    return save_model(pipe.fit(rows, labels), folder / "model.microarch")


def opened(folder):
    """Return the volume on disk."""
    import zarr

    array = zarr.open_array(folder / "grey.zarr", mode="r")
    volume = open_volume(array, pixel_size_um=1.17, spacing_um=SPACING_UM, name="brain")
    return volume.share_grey_levels()


def mapped(folder, out, n_workers, **settings):
    """Map with so many workers; return the report, and each worker's peak memory."""
    with local_workers(n_workers) as client:
        report = map_volume(
            folder / "model.microarch",
            opened(folder),
            out,
            client=client,
            check_drift=False,
            **settings,
        )
        return report, client.run(peak_memory)


def peak_memory():
    """Return the most bytes that this process has held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def alone(folder, planes, settings):
    """Return the seconds that `map_slice` takes for each plane, in this process."""
    torch.set_num_threads(1)
    from sklearn_microarch.model_file import load_model

    pipe, volume, seconds = load_model(folder / "model.microarch"), opened(folder), []
    for plane in planes:
        image = volume.plane(plane)
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as place:
            out = Path(place) / "maps.zarr"
            map_slice(pipe, image, out=out, check_drift=False, **settings)
        seconds.append(time.perf_counter() - start)
    return seconds


def side_by_side(folder, planes, settings, n_processes):
    """Return the seconds of `map_slice` in processes of their own, at the same time.

    Cores that work at the same time share caches and memory: a rate of two workers is
    one of two such processes, and not twice that of one.
    """
    jobs = [
        (folder, planes[start::n_processes], settings) for start in range(n_processes)
    ]
    # Starting workers, Dask sets it in this process too.
    os.environ.pop("MALLOC_TRIM_THRESHOLD_", None)
    context = multiprocessing.get_context("spawn")
    with context.Pool(n_processes) as pool:
        return list(chain.from_iterable(pool.starmap(alone, jobs)))


def count_unequal(folder, out, planes, settings):
    """Return in how many planes a value differs from those of `map_slice`."""
    from sklearn_microarch.model_file import load_model

    torch.set_num_threads(1)
    pipe, volume = load_model(folder / "model.microarch"), opened(folder)
    unequal = 0
    for plane in planes:
        maps = open_maps(out, z=plane)
        expected = map_slice(pipe, volume.plane(plane), check_drift=False, **settings)
        unequal += not all(
            np.array_equal(
                np.asarray(getattr(maps, kind)),
                np.asarray(getattr(expected, kind)),
                equal_nan=True,
            )
            for kind in KINDS
        )
    return unequal


def bytes_of(folder):
    """Return the content of every file."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


def _run_in_process(folder, out, settings):
    os.setpgrp()
    mapped(folder, out, 2, **settings)


def children_of(pid):
    """Return the processes that a process started, and theirs."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        text = " ".join((task / "children").read_text() for task in tasks)
    except OSError:
        return []
    found = [int(one) for one in text.split()]
    return found + [below for one in found for below in children_of(one)]


def kill_some(folder, out, settings, kills):
    """Kill workers and clients of runs to one place; return the kills there were."""
    n_workers, n_clients = kills
    generator = np.random.default_rng(0)
    killed = {"workers": 0, "clients": 0}
    context = multiprocessing.get_context("spawn")
    a_run = max(1, n_workers // max(1, n_clients))
    while killed["workers"] < n_workers or killed["clients"] < n_clients:
        run = context.Process(target=_run_in_process, args=(folder, out, settings))
        run.start()
        workers = min(a_run, n_workers - killed["workers"])
        before = n_mapped(out)
        while run.is_alive() and n_mapped(out) == before:
            time.sleep(0.05)
        while run.is_alive() and workers:
            time.sleep(3 * generator.random())
            busy = [pid for pid in children_of(run.pid) if _is_worker(pid)]
            if busy:
                os.kill(int(generator.choice(busy)), signal.SIGKILL)
                killed["workers"] += 1
                workers -= 1
        time.sleep(6 * generator.random())
        if run.is_alive() and killed["clients"] < n_clients:
            below = children_of(run.pid)
            os.kill(run.pid, signal.SIGKILL)
            killed["clients"] += 1
            for pid in below:
                # A cluster job that ends takes its workers along.
                if Path(f"/proc/{pid}").exists():
                    os.kill(pid, signal.SIGKILL)
        run.join()
        print(killed, n_mapped(out), "planes are there", flush=True)
        if run.exitcode == 0:
            # It came to its end: the next kills are of planes that are mapped again.
            _forget_some(out, generator)
    return killed


def n_mapped(out):
    """Return how many planes have their record."""
    return len(list((Path(out) / "planes").glob("0*/zarr.json")))


def _is_worker(pid):
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return False
    # The processes that map have torch loaded; the others are helpers of Python.
    return b"spawn_main" in words and memory * 4096 > 250e6


def _forget_some(out, generator):
    for path in (Path(out) / "planes").glob("0*"):
        if generator.random() < 0.5:
            shutil.rmtree(path)


def main():
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--planes", type=int, default=12)
    parser.add_argument("--shape", type=int, nargs=2, default=(1420, 5805))
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--compared", type=int, default=4, help="planes of one worker")
    parser.add_argument("--kills", type=int, nargs=2, default=(0, 0))
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    settings = {"stride": options.stride}
    found = {"planes": options.planes, "shape": options.shape, **settings}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_volume(folder, options.planes, tuple(options.shape))
        estimate = estimate_volume(
            folder / "model.microarch", opened(folder), check_drift=False, **settings
        )
        print(estimate, flush=True)
        start = time.perf_counter()
        report, memory = mapped(folder, folder / "two.zarr", 2, **settings)
        n_bytes = sum(len(data) for data in bytes_of(folder / "two.zarr").values())
        found["two workers"] = {
            "seconds": report.seconds,
            "with the cluster": time.perf_counter() - start,
            "estimated": estimate.seconds,
            "bytes": n_bytes,
            "estimated bytes": estimate.disk_bytes,
            "memory": list(memory.values()),
            "estimated memory": estimate.memory_bytes,
            "plane seconds": report.plane_seconds,
        }
        print(json.dumps(found["two workers"]), report, flush=True)
        few = list(range(min(options.planes, options.compared)))
        report, memory = mapped(folder, folder / "one.zarr", 1, slices=few, **settings)
        found["one worker"] = {
            "plane seconds": report.plane_seconds,
            "memory": list(memory.values()),
        }
        for n in (1, 2):
            name = f"map_slice, processes: {n}"
            found[name] = side_by_side(folder, few, settings, n)
            print(name, found[name], flush=True)
        print(json.dumps(found["one worker"]), flush=True)
        planes = range(options.planes)
        found["unequal"] = count_unequal(folder, folder / "two.zarr", planes, settings)
        print("planes unequal to map_slice:", found["unequal"], flush=True)
        if sum(options.kills):
            out = folder / "killed.zarr"
            found["kills"] = kill_some(folder, out, settings, options.kills)
            report, _ = mapped(folder, out, 2, **settings)
            whole, killed = bytes_of(folder / "two.zarr"), bytes_of(out)
            found["kills"]["equal bytes"] = whole == killed
            found["kills"]["unlike"] = sorted(
                key for key in {*whole, *killed} if whole.get(key) != killed.get(key)
            )[:20]
            found["kills"]["left"] = [
                path.name for path in folder.iterdir() if path.name.startswith(".")
            ]
            print(found["kills"], flush=True)
    known = json.loads(options.out.read_text()) if options.out.exists() else []
    options.out.write_text(json.dumps([*known, found], indent=1))


if __name__ == "__main__":
    main()
