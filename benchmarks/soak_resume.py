"""Mappings stopped in every way there is and begun again, for as long as it is told.

Each case draws what is written (OME-Zarr or TIFF files, over earlier maps or none) and
one to four stops: SIGKILL, SIGTERM, SIGTERM that acts as Ctrl-C, Ctrl-C, at any moment,
after a piece is kept, or at a rename. Between them a bit of what is kept may flip, the
maps may be opened, or another process may want to write to the same place. After the
last run, the files must be those of a mapping that nobody disturbed, with nothing left
beside them. What is not so is a finding, which is printed, and makes the status 1.

    python soak_resume.py --minutes 5

Each mapping is a fork of this process, so a system with ``fork`` is needed.
"""

import argparse
import json
import os
import signal
import tempfile
import time
import warnings
from collections import Counter
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
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
    was_killed,
)

from sklearn_microarch.exceptions import OutputInUseError
from sklearn_microarch.mapping import open_maps

# More renames than any of the mappings makes; later ones are no stops.
MOST_RENAMES = 45
REFUSED = 7


def as_ctrl_c():
    """Let SIGTERM act as Ctrl-C, as scripts are advised to."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def draw_stop(rng):
    """Return the name of a stop, its signal, and what does it to a subject."""
    anywhere = bool(rng.random() < 0.3)
    random = partial(at_random, rng, anywhere=anywhere)
    at = int(rng.integers(1, MOST_RENAMES)), str(rng.choice(["before", "after"]))
    stops = [
        ("SIGKILL", signal.SIGKILL, random()),
        ("SIGTERM", signal.SIGTERM, random(by=signal.SIGTERM)),
        (
            "SIGTERM as Ctrl-C",
            signal.SIGTERM,
            random(by=signal.SIGTERM, prepare=as_ctrl_c),
        ),
        ("Ctrl-C", signal.SIGINT, random(by=signal.SIGINT)),
        (
            "SIGKILL at a rename",
            signal.SIGKILL,
            at_rename(*at, by_exchange=bool(rng.random() < 0.5)),
        ),
    ]
    return stops[rng.integers(len(stops))]


def may_stand(subject, over_earlier, n_done):
    """Tell whether what stands at a path may stand there."""
    state = subject.standing()
    if subject.is_complete():
        return state != "mixture"
    return state == "new" or (
        not n_done and state == ("earlier" if over_earlier else "nothing")
    )


def meanwhile(subject, rng, counts, problems):
    """Do between two stops what else may happen."""
    luck = rng.random()
    if luck < 0.15:
        counts["damaged"] += 1
        damage(subject.folder, rng)
    elif luck < 0.2:
        counts["two writers"] += 1
        ends = two_at_once(subject)
        if ends[0] != 0 or ends[1] not in (0, REFUSED):
            problems.append(f"two writers: {ends}")
    elif luck < 0.6 and (subject.is_complete() or subject.standing() == "new"):
        counts["opened"] += 1
        status, _ = in_child(lambda: open_maps(subject.out))
        if status or subject.standing() != "new":
            problems.append(f"opening: {status}, stands {subject.standing()}")


def two_at_once(subject):
    """Return how a mapping ends, and another to the same place while it works."""

    def rival():
        try:
            subject.map()
        except OutputInUseError:
            os._exit(REFUSED)

    ends = []

    def begin_another(_):
        if not ends and subject.n_lines():
            ends.append(os.waitstatus_to_exitcode(in_child(rival)[0]))
        return False

    first, _ = in_child(subject.map, kill=begin_another)
    return os.waitstatus_to_exitcode(first), ends[0] if ends else 0


def run_case(subject, rng, counts):
    """Stop a mapping now and then, let it end, and return what is wrong."""
    over_earlier = bool(rng.random() < 0.5)
    subject.begin(over_earlier)
    problems, told, n_done = [], [], 0
    for _ in range(rng.integers(1, 5)):
        name, by, stop = draw_stop(rng)
        told.append(name)
        status = stop(subject)
        counts[name] += was_killed(status, by)
        n_done += status == 0
        if status and not was_killed(status, by):
            problems.append(f"{name}: ended with {status}")
        # What is raised clears up after itself.
        if status and status != by and hidden(subject.folder, ".lock", ".part"):
            problems.append(f"{name}: left {hidden(subject.folder)}")
        if not may_stand(subject, over_earlier, n_done):
            problems.append(f"{name}: stands {subject.standing()}")
        meanwhile(subject, rng, counts, problems)
        n_done += subject.standing() == "new"
    status, _ = in_child(subject.map)
    if status or subject.standing() != "new" or hidden(subject.folder):
        words = f"{status}, stands {subject.standing()}, left {hidden(subject.folder)}"
        problems.append(f"at the end: {words}")
    return [f"{subject.kind}, over {over_earlier}, {told}: {one}" for one in problems]


def main() -> int:
    """Print findings as they come, and counts at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, help="of all that is drawn; else new")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    seed = time.time_ns() % 2**32 if options.seed is None else options.seed
    rng, counts, findings = np.random.default_rng(seed), Counter(), []
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        pipe, image = fitted(None, 24)
        subjects = [Subject(kind, pipe, image, Path(name) / kind) for kind in OUTS]
        started = time.monotonic()
        while time.monotonic() - started < 60 * options.minutes:
            found = run_case(subjects[rng.integers(len(subjects))], rng, counts)
            counts["cases"] += 1
            findings += found
            for words in found:
                print(f"FINDING in case {counts['cases']}: {words}", flush=True)
        minutes = (time.monotonic() - started) / 60
    print(json.dumps({"minutes": round(minutes, 1), "findings": len(findings)}))
    print(json.dumps(counts, indent=1, sort_keys=True))
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
