"""Loadings to measure with, and processes of their own to measure in."""

import argparse
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from features import dense_features

from sklearn_microarch import NMFEmbedder

N_FACTORS = 15


def parse_rows(description: str) -> argparse.Namespace:
    """Return the options that say which rows to measure on."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--loadings", type=Path, help=".npy, (n, k), float32")
    parser.add_argument("--features", type=Path, help=".npy, (n, 64), float32")
    parser.add_argument("--rows", type=int, default=200_000, help="rows to use")
    parser.add_argument("--name", help="of the result's file")
    parser.add_argument(
        "--single",
        action="store_true",
        help="no scikit-learn in float64, which is slower than in float32",
    )
    return parser.parse_args()


def read_loadings(options: argparse.Namespace) -> np.ndarray:
    """Return C-contiguous float32 loadings of the first rows."""
    if options.loadings is not None:
        found = np.load(options.loadings, mmap_mode="r")[: options.rows]
        return np.ascontiguousarray(found, dtype=np.float32)
    features = read_features(options)
    return NMFEmbedder(N_FACTORS, random_state=0).fit_transform(features)


def read_features(options: argparse.Namespace) -> np.ndarray:
    """Return dense features of a slice, read from a file or computed."""
    if options.features is None:
        return dense_features(options.rows or 200_000)
    found = np.load(options.features, mmap_mode="r")[: options.rows]
    return np.ascontiguousarray(found, dtype=np.float32)


def run_alone(function: Callable, *args: Any) -> tuple[Any, int]:
    """Return a function's result from a fresh process, and its peak memory.

    The peak is in bytes, above what the process held before the call; the function
    opens its arrays itself.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure_memory, (function, args))


def best_seconds(function: Callable, *, n_repeats: int) -> float:
    """Return the seconds of the fastest of several calls."""
    seconds = []
    for _ in range(n_repeats):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _measure_memory(function: Callable, args: tuple) -> tuple[Any, int]:
    before = _memory("VmRSS")
    # Linux: sets the peak back to what is held now.
    Path("/proc/self/clear_refs").write_text("5")
    result = function(*args)
    return result, _memory("VmHWM") - before


def _memory(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return 1024 * int(line.split()[1])
    raise KeyError(field)
