"""What grows with the number of planes: memory of client and workers, time of a plane.

Volumes of so many tiny planes are mapped, each by its own process with two workers.
Planes so small take next to no time, so that what is left is what a plane costs beside
its pixels: its task, its files, its record.

    python bench_many_planes.py --planes 50 500
"""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
import warnings
from pathlib import Path

import joblib
import numpy as np
from _local_workers import local_workers
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from sklearn_microarch import CNNFeatureExtractor, PatchSampler
from sklearn_microarch.volumes import map_volume, open_volume

RESULTS = Path(__file__).parent / "results" / "bench_many_planes.json"
SHAPE, STRIDE, N_WORKERS = (64, 96), 8, 2


def fitted(path):
    """Write a small model."""
    warnings.simplefilter("ignore")
    grey = tissue(1)[0]
    rois = np.repeat([[1, 2]], SHAPE[1] // 2, axis=1).repeat(SHAPE[0], axis=0)
    sampler = PatchSampler(16, n_patches_per_roi=30, tissue=None, random_state=0)
    network = CNNFeatureExtractor(max_epochs=1, n_features=8, random_state=0)
    pipe = make_pipeline(sampler, network, PCA(2), KMeans(2, random_state=0))
    joblib.dump(pipe.fit(*sampler.sample(grey, rois)), path)


def tissue(n_planes):
    """Return planes of noise, of which one half is darker."""
    generator = np.random.default_rng(0)
    grey = generator.integers(80, 120, (n_planes, *SHAPE), dtype=np.uint8)
    grey[:, :, SHAPE[1] // 2 :] //= 2
    return grey


def peak_memory():
    """Return the most bytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def map_planes(folder, n_planes, answer):
    """Map so many planes from a zarr array, and send the figures."""
    import zarr

    array = zarr.create_array(
        folder / f"{n_planes}.zarr", data=tissue(n_planes), chunks=(1, *SHAPE)
    )
    warnings.simplefilter("ignore")
    with local_workers(N_WORKERS) as client:
        volume = open_volume(array, pixel_size_um=1.17, spacing_um=5.0)
        before = peak_memory()
        start = time.perf_counter()
        report = map_volume(
            joblib.load(folder / "model.joblib"),
            volume,
            folder / f"maps{n_planes}.zarr",
            client=client,
            stride=STRIDE,
            check_drift=False,
            allow_pixel_size_mismatch=True,
        )
        seconds = time.perf_counter() - start
        assert report.mapped == list(range(n_planes)), str(report)
        planes = np.array(report.plane_seconds[N_WORKERS:])
        third = max(1, len(planes) // 3)
        answer.send(
            {
                "planes": n_planes,
                "seconds": seconds,
                "seconds for each plane": seconds * N_WORKERS / n_planes,
                "of these in its worker": float(planes.mean()),
                "the first third": float(np.median(planes[:third])),
                "the last third": float(np.median(planes[-third:])),
                "client before": before,
                "client": peak_memory(),
                "workers": list(client.run(peak_memory).values()),
            }
        )


def main():
    """Map, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--planes", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    found = []
    with tempfile.TemporaryDirectory() as place:
        fitted(Path(place) / "model.joblib")
        for n_planes in options.planes:
            ours, theirs = context.Pipe()
            arguments = (Path(place), n_planes, theirs)
            run = context.Process(target=map_planes, args=arguments)
            run.start()
            # So that the end of a run that fails is heard here.
            theirs.close()
            found.append(ours.recv())
            run.join()
            print(found[-1], flush=True)
    options.out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
