"""How long a volume takes on more workers than this machine has: events, simulated.

A worker starts, loads the library, and then takes plane after plane. What all share is
simulated as queues that serve one at a time: the client and scheduler, which hand out
each plane, and the disk, which is read and written. The seconds of a plane are an
argument, measured elsewhere (`bench_volume`). What client and scheduler take for a task
is measured here, with tasks that do nothing, and what a worker takes to start as well.
That cores of one machine share its memory is not simulated.

    python benchmarks/simulate_volume.py --plane-seconds 32 --scatter 0.05

With ``--out`` the figures go to a file.
"""

import argparse
import heapq
import json
import time
from pathlib import Path

import numpy as np
from _local_workers import local_workers

from sklearn_microarch.volumes.running._ask_workers import ask_workers

WORKERS = (1, 2, 4, 8, 16, 32, 64)


def nothing(number):
    """Do what a task without work does."""
    return number


def load_library():
    """Load what a worker needs before its first plane."""
    from sklearn_microarch.mapping import map_slice

    return map_slice.__module__


def measure_overhead(n_tasks, n_workers=2):
    """Return the seconds that a cluster takes to start, and for a task without work."""
    start = time.perf_counter()
    with local_workers(n_workers) as client:
        client.run(load_library)
        list(ask_workers(client, nothing, [(0,)] * n_workers))
        opening = time.perf_counter() - start
        start = time.perf_counter()
        found = list(ask_workers(client, nothing, ((at,) for at in range(n_tasks))))
        seconds = time.perf_counter() - start
    assert len(found) == n_tasks
    return opening, seconds / n_tasks


class Queue:
    """Something that serves one after the other."""

    def __init__(self):
        self.free_at = 0.0

    def serve(self, at, seconds):
        """Return when a request that comes at a moment is done."""
        self.free_at = max(self.free_at, at) + seconds
        return self.free_at


def simulate(plane_seconds, n_workers, *, opening, overhead, io_seconds, before):
    """Return the seconds from the call to the last plane.

    ``plane_seconds`` are those of each plane without the disk, in the order in which
    they are handed out; ``io_seconds`` what the shared disk takes for each, ``before``
    what passes before planes are handed out.
    """
    scheduler, disk = Queue(), Queue()
    # When a worker is free, or a plane of its comes to be written; the next first.
    events = [(before + opening, at, "free", 0.0) for at in range(n_workers)]
    heapq.heapify(events)
    waiting = list(plane_seconds)[::-1]
    end = before
    while events:
        now, worker, what, seconds = heapq.heappop(events)
        if what == "free" and waiting:
            handed = scheduler.serve(now, overhead)
            event = (handed + waiting.pop(), worker, "write", io_seconds)
        elif what == "write":
            event = (disk.serve(now, seconds), worker, "free", 0.0)
            end = max(end, event[0])
        else:
            continue
        heapq.heappush(events, event)
    return end


def table(options, opening, overhead):
    """Return a row of figures for each number of workers."""
    generator = np.random.default_rng(0)
    wait = options.megabytes / options.disk_rate
    # What a worker measured had the disk in it.
    pure = max(0.0, options.plane_seconds - wait)
    spread = np.sqrt(np.log1p(options.scatter**2))
    seconds = pure * generator.lognormal(-(spread**2) / 2, spread, options.planes)
    rows = []
    for n_workers in WORKERS:
        took = simulate(
            seconds,
            n_workers,
            opening=opening,
            overhead=overhead,
            io_seconds=wait,
            before=options.before,
        )
        rows.append(
            {
                "workers": n_workers,
                "seconds": took,
                "planes per hour": 3600 * options.planes / took,
                "of all the time at work": (seconds.sum() + wait * options.planes)
                / (n_workers * took),
            }
        )
    return rows


def main():
    """Measure what a task costs, simulate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plane-seconds", type=float, required=True)
    parser.add_argument("--scatter", type=float, default=0.05, help="sd over mean")
    parser.add_argument("--planes", type=int, default=720)
    parser.add_argument("--before", type=float, default=30.0, help="grey levels, plan")
    parser.add_argument("--megabytes", type=float, default=300.0, help="of a plane")
    parser.add_argument("--disk-rate", type=float, default=500.0, help="MB/s, of all")
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--overhead", type=float, help="seconds; None: measured")
    parser.add_argument("--opening", type=float, help="seconds; None: measured")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    opening, overhead = options.opening, options.overhead
    if opening is None or overhead is None:
        found = measure_overhead(options.tasks)
        opening = found[0] if opening is None else opening
        overhead = found[1] if overhead is None else overhead
    print(f"a worker starts in {opening:.1f} s; a task costs {1000 * overhead:.2f} ms")
    rows = table(options, opening, overhead)
    for row in rows:
        print(
            f"{row['workers']:3d} workers: {row['seconds'] / 3600:6.2f} h, "
            f"{row['of all the time at work']:.0%} of their time at work"
        )
    if options.out is not None:
        known = {key: value for key, value in vars(options).items() if key != "out"}
        found = known | {"opening": opening, "overhead": overhead, "rows": rows}
        options.out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
