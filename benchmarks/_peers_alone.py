"""Peers one at a time: each in a process of its own, with a limit of time."""

import contextlib
import multiprocessing
import os
import time
import traceback
import warnings
from collections.abc import Callable
from importlib.metadata import packages_distributions, version
from importlib.util import find_spec
from multiprocessing.connection import Connection
from typing import NamedTuple

from bench_nmf import memory_mb

# Read by the libraries of a process when they are loaded.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)

# Seconds for imports, which are not what is measured.
START_LIMIT_S = 300.0

# Seconds to end by itself once it has answered.
EXIT_LIMIT_S = 10.0

# Makes ready what is not timed, imports and arrays, and returns what is.
Prepare = Callable[..., Callable[[], dict]]


class Peer(NamedTuple):
    """A contender, whether or not it is installed."""

    module: str
    prepare: Prepare

    def version(self) -> str | None:
        """Return its version; None where it is not installed."""
        if find_spec(self.module) is None:
            return None
        # An editable install has no files of its own to be found by.
        packages = packages_distributions().get(self.module, [self.module])
        return version(packages[0])


def limit_threads(n_threads: int) -> None:
    """Let the processes that follow use so many threads each."""
    for name in THREAD_VARIABLES:
        os.environ[name] = str(n_threads)


def threads_allowed() -> int:
    """Return the number of threads, for libraries that want to be told."""
    return int(os.environ[THREAD_VARIABLES[0]])


def run_peer(peer: Peer, limit_s: float, *arguments) -> dict | str:
    """Return what a peer found; or in words why it found nothing."""
    installed = peer.version()
    if installed is None:
        return "not installed"
    found = run_within(limit_s, peer.prepare, *arguments)
    return found if isinstance(found, str) else {"version": installed} | found


def run_within(limit_s: float, prepare: Prepare, *arguments) -> dict | str:
    """Call what ``prepare`` returns in a fresh process, and end it after a time.

    Returns
    -------
    dict or str
        What was returned, with the seconds it took, unless it has its own, those
        of all its threads, and the peak of memory in MB above what the process
        held before. A string says that there is none, and why.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(there, prepare, arguments))
    process.start()
    there.close()
    try:
        for stage, limit in (("start", START_LIMIT_S), ("finish", limit_s)):
            if not here.poll(limit):
                return f"did not {stage} within {limit:g} s"
            found = here.recv()
            if found is not None:
                process.join(EXIT_LIMIT_S)
                return found
    except EOFError:
        process.join()
        return f"its process ended with exit code {process.exitcode}"
    finally:
        process.kill()
        process.join()
    raise AssertionError("the process answers twice at most")


def _answer(connection: Connection, prepare: Prepare, arguments: tuple) -> None:
    """Send None when all is ready, then what was found or the error."""
    warnings.simplefilter("ignore")
    try:
        # What peers print would stand in the middle of the tables.
        with contextlib.redirect_stdout(None):
            work = prepare(*arguments)
            connection.send(None)
            before = memory_mb("VmRSS")
            start, cpu_start = time.perf_counter(), time.process_time()
            found = work()
            measured = {
                "seconds": time.perf_counter() - start,
                "cpu_seconds": time.process_time() - cpu_start,
                "peak_mb": memory_mb("VmHWM") - before,
            }
        connection.send(measured | found)
    except Exception as error:
        connection.send(traceback.format_exception_only(error)[-1].strip())
