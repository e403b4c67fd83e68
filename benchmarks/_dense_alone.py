"""Work done in a process of its own, for its peak memory and its seconds."""

import hashlib
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from _dense_subject import left_part
from _dense_turns import product_rate, use_threads
from sklearn.pipeline import Pipeline

from sklearn_microarch import Patches, SliceImage, map_slice
from sklearn_microarch.mapping import MicroarchMaps


def run_alone(function: Callable, *args: Any) -> dict:
    """Return what a function returns in a fresh process that does nothing else."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as process:
        return process.submit(function, *args).result()


def evaluate(extractor: Any, patches: Patches) -> int:
    """Compute features as a map does, piece by piece; return of how many patches."""
    return sum(len(rows) for rows, _ in extractor.iter_transform(patches, step=1))


def features_alone(pipeline: Pipeline, image: SliceImage, part: str | Patches) -> dict:
    """Evaluate patches of a slice; return the peak memory.

    Parameters
    ----------
    pipeline : Pipeline
    image : SliceImage
    part : str or Patches
        What to evaluate, or which share of the tissue, such as "1/4".
    """
    use_threads()
    at_rest = peak_memory()
    if isinstance(part, str):
        part = left_part(pipeline[0].cut(image, stride=1), part)
    evaluate(pipeline[1], part)
    return {"peak_mb": peak_memory() / 1e6, "libraries_mb": at_rest / 1e6}


def map_alone(
    pipeline: Pipeline, image: SliceImage, memory_limit: str, out: Path | None
) -> dict:
    """Map a slice; return seconds, peak memory and a digest of each kind of map."""
    use_threads()
    at_rest = peak_memory()
    before = product_rate()
    start = time.perf_counter()
    maps = map_slice(pipeline, image, stride=1, memory_limit=memory_limit, out=out)
    seconds = time.perf_counter() - start
    peak = peak_memory()
    return {
        "seconds": seconds,
        "peak_mb": peak / 1e6,
        "libraries_mb": at_rest / 1e6,
        "product_gflops": (before + product_rate()) / 2e9,
        "digests": digests(maps),
    }


def digests(maps: MicroarchMaps) -> dict[str, str]:
    """Return a checksum of the values of each kind of map, wherever they are."""
    found = {}
    for kind in ("factors", "region_probabilities", "clusters"):
        values = getattr(maps, kind)
        if values is None:
            continue
        digest = hashlib.sha256(repr(tuple(values.shape)).encode())
        for top in range(0, values.shape[0], 128):
            rows = np.asarray(values[top : top + 128])
            # One bit pattern for all NaN; clusters of one type.
            plain = np.nan_to_num(rows, nan=-1.0) if rows.dtype.kind == "f" else rows
            dtype = np.float32 if rows.dtype.kind == "f" else np.int64
            digest.update(np.ascontiguousarray(plain, dtype=dtype).tobytes())
        found[kind] = digest.hexdigest()
    return found


def peak_memory() -> int:
    """Return the bytes this process held at most so far.

    On Linux, ``getrusage`` counts what the parent held when it started a child; the
    kernel's mark for the memory of this process alone does not.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return 1024 * int(line.split()[1])
    raise OSError("/proc/self/status states no peak memory")
