"""Maps killed again and again: nothing may be lost, and no byte may differ.

A small slice is mapped with ``resume=True`` to OME-Zarr and to TIFF files, where
nothing is yet and over earlier maps. The process is killed (SIGKILL) at random moments
after the first piece is finished, and before and after each rename; it may be killed
again while it goes on. Counted is what stands at the path then, what share of the
finished work is kept, and whether the files are those of a mapping that nobody
disturbed. And what keeping pieces costs, with and without in turns.

    python bench_resume.py --kills 15
    python bench_resume.py --kills 0 --cost 800x1600

Each mapping that is killed is a fork of this process, so a system with ``fork`` is
needed.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
import joblib
import numpy as np
import torch
from _killing import (
    OUTS,
    Subject,
    at_random,
    at_rename,
    damage,
    fitted,
    hidden,
    in_child,
    n_renames,
    was_killed,
)

from sklearn_microarch import map_slice
from sklearn_microarch.mapping import open_maps

# Of a mapping that ended before its moment came, how often another is tried.
MOST_TRIES = 4


def try_once(subject, over_earlier, kills, rng, counts):
    """Kill a mapping, perhaps twice, go on, and count what comes of it.

    Return whether the last of the kills came in time.
    """
    subject.begin(over_earlier)
    ends = [kill(subject) for kill in kills]
    counts["kills"] += sum(map(was_killed, ends))
    state, pending = subject.standing(), subject.is_complete()
    kept, finished = subject.kept()
    if not pending and state != "new":
        counts["rows finished"] += finished
        counts["rows kept"] += min(kept, finished)
    counts[f"stands: {state}"] += 1
    lost = state not in _allowed(over_earlier, pending=pending)
    if pending:
        counts["complete, not yet moved"] += 1
        status, _ = in_child(lambda: open_maps(subject.out))
        lost |= status != 0 or subject.standing() != "new"
    elif kept and rng.random() < 0.2:
        counts["damaged"] += 1
        damage(subject.folder, rng)
    counts["lost"] += lost
    status, _ = in_child(subject.map)
    differs = status != 0 or subject.standing() != "new"
    counts["differs"] += differs
    counts["strays"] += bool(hidden(subject.folder))
    counts["trials"] += 1
    if lost or differs:
        print("PROBLEM", subject.kind, over_earlier, state, status, file=sys.stderr)
    return was_killed(ends[-1])


def _allowed(over_earlier, *, pending):
    """Return what may stand at a path after a kill."""
    if pending:
        # On its way: some of either alone, which the next one brings to its end.
        return ("nothing", "earlier", "new", "part")
    return ("earlier", "new") if over_earlier else ("nothing", "new")


def count_random(subject, over_earlier, n_kills, rng):
    """Return counts of mappings that were killed at random moments."""
    counts = Counter()
    n_in_time = 0
    for _ in range(MOST_TRIES * n_kills):
        kills = [at_random(rng)] * (1 + int(rng.random() < 0.3))
        n_in_time += try_once(subject, over_earlier, kills, rng, counts)
        if n_in_time == n_kills:
            break
    return counts


def count_renames(subject, over_earlier, every, rng):
    """Return counts of mappings that were killed before and after each rename."""
    counts = Counter()
    both = subject.kind == "OME-Zarr" and over_earlier
    for by_exchange in (True, False) if both else (True,):
        total = n_renames(subject, over_earlier, by_exchange=by_exchange)
        for number in range(1, total + 1, every):
            for moment in ("before", "after"):
                kill = at_rename(number, moment, by_exchange=by_exchange)
                try_once(subject, over_earlier, [kill], rng, counts)
    return counts


def count_kills(subject, n_random, *, every=1):
    """Yield what was tried with a kind of output, and counts of what came of it."""
    rng = np.random.default_rng(0)
    for over_earlier in (False, True):
        start = "over earlier maps" if over_earlier else "fresh"
        title = f"{subject.kind}, {start}"
        yield f"{title}, random", count_random(subject, over_earlier, n_random, rng)
        yield f"{title}, at renames", count_renames(subject, over_earlier, every, rng)


def cost_of_ledger(pipe, image, stride, folder, n_turns=7):
    """Return seconds of a mapping with and without what resuming takes, in turns."""
    seconds = {False: [], True: []}
    map_slice(pipe, image, stride=stride, out=folder / "first.zarr")
    for turn in range(n_turns):
        for resume in (False, True) if turn % 2 else (True, False):
            out = folder / f"{turn}_{resume}.zarr"
            wall, used = time.monotonic(), time.process_time()
            map_slice(pipe, image, stride=stride, out=out, resume=resume)
            wall, used = time.monotonic() - wall, time.process_time() - used
            seconds[resume].append((wall, used))
            shutil.rmtree(out)
    without, with_it = np.array(seconds[False]), np.array(seconds[True])
    return {
        "shape": list(image.shape),
        "stride": stride,
        "turns": n_turns,
        "wall_s": {"without": without[:, 0].tolist(), "with": with_it[:, 0].tolist()},
        "cpu_s": {"without": without[:, 1].tolist(), "with": with_it[:, 1].tolist()},
        # Of pairs: the machine is not equally busy all along.
        "cost_wall": float(np.median(with_it[:, 0] / without[:, 0]) - 1),
        "cost_cpu": float(np.median(with_it[:, 1] / without[:, 1]) - 1),
        "cost_cpu_of_best": float(with_it[:, 1].min() / without[:, 1].min() - 1),
    }


def main() -> None:
    """Print the table and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--kills", type=int, default=15, help="at random moments, of each of four kinds"
    )
    parser.add_argument("--kinds", nargs="+", default=list(OUTS), choices=list(OUTS))
    parser.add_argument("--every", type=int, default=1, help="of the renames")
    parser.add_argument("--cost", help="HEIGHTxWIDTH of a slice to time")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--model", type=Path, help="a joblib of a pipeline and a slice")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    path = options.out / "bench_resume.json"
    found = json.loads(path.read_text()) if path.exists() else {"kills": {}}
    with tempfile.TemporaryDirectory() as name:
        if options.kills:
            pipe, image = (
                joblib.load(options.model) if options.model else fitted(None, 24)
            )
            for kind in options.kinds:
                subject = Subject(kind, pipe, image, Path(name) / kind)
                kills = count_kills(subject, options.kills, every=options.every)
                for title, counts in kills:
                    found["kills"][title] = counts
                    print(title, json.dumps(counts), flush=True)
        if options.cost:
            shape = tuple(int(edge) for edge in options.cost.split("x"))
            pipe, image = fitted(shape, 48)
            found["cost"] = cost_of_ledger(pipe, image, options.stride, Path(name))
            print(json.dumps(found["cost"]))
    options.out.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
