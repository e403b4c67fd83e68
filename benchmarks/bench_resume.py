"""Maps killed again and again: nothing may be lost, and no byte may differ.

A small slice is mapped with ``resume=True`` to OME-Zarr and to TIFF files, where
nothing is yet and over earlier maps. The process is killed (SIGKILL) at random
moments, and before and after each rename; it may be killed again while it goes on.
Counted is what stands at the path then, what share of the finished work is kept, and
whether the files
are those of a mapping that nobody disturbed.

    python bench_resume.py --kills 60
    python bench_resume.py --kills 0 --cost 1420x5805 --stride 1

Each mapping is a fork of this process, so a system with ``fork`` is needed.
"""

import argparse
import json
import os
import resource
import shutil
import signal
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

import sklearn_microarch.mapping._map_rows as row_loop
from sklearn_microarch import PatchSampler, make_microarch_pipeline, map_slice
from sklearn_microarch._whole import _move, _place
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.mapping import open_maps
from sklearn_microarch.mapping.resume._ledger import Ledger

OUTS = {"OME-Zarr": "maps.zarr", "TIFF": "maps"}
# Of the earlier maps, and of those that take their place.
EARLIER, STRIDE = 8, 2


def fitted(shape, patch_size):
    """Return a pipeline fitted on a small phantom, and a slice to map."""
    small = make_thalamocortical_phantom(
        2, shape=(256, 1024), six_class=True, z_step_um=40.0, random_state=0
    )
    sampler = PatchSampler(patch_size, n_patches_per_roi=60, random_state=0)
    pipe = make_microarch_pipeline(
        sampler=sampler, n_components=8, n_clusters=3, random_state=0
    ).set_params(features__max_epochs=2, features__device="cpu")
    pipe.fit(*sampler.sample(small.images[0], small.rois[0]))
    image = small.images[1]
    if shape is not None:
        repeats = [
            -(-want // had) for want, had in zip(shape, image.shape, strict=True)
        ]
        image = image.replace(data=np.tile(image.data, repeats)[: shape[0], : shape[1]])
    return pipe, image


def in_child(function, *, kill_after=None):
    """Run a function in a fork, which may be killed; return its status and seconds."""
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            function()
            status = 0
        finally:
            os._exit(status)
    if kill_after is not None:
        while time.monotonic() - started < kill_after:
            if os.waitpid(child, os.WNOHANG)[0]:
                return 0, time.monotonic() - started
            time.sleep(0.001)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return status, time.monotonic() - started


def count_rows(log):
    """Write down how many rows are finished, as they are."""
    iterate = row_loop.iterate_rows

    def counted(*arguments, **settings):
        for piece in iterate(*arguments, **settings):
            # What follows is where it is kept.
            yield piece
            with log.open("a") as file:
                file.write(f"{len(piece[0])}\n")

    row_loop.iterate_rows = counted


def kill_at(number, moment, *, by_exchange):
    """Kill this process before or after its nth rename."""
    calls = 0

    def watched(function):
        def call(*arguments, **settings):
            nonlocal calls
            calls += 1
            if calls == number and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            found = function(*arguments, **settings)
            if calls == number and moment == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            return found

        return call

    for name in ("rename", "replace"):
        setattr(os, name, watched(getattr(os, name)))
    _place.exchange = watched(_move.exchange if by_exchange else lambda *_: False)
    return lambda: calls


def content(folder):
    """Return the bytes of all files in a folder but hidden ones of work; {} of none."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def hidden(folder):
    """Return what is left of work anywhere in a folder."""
    return [
        path.name
        for path in folder.rglob(".*")
        if path.name.endswith((".unfinished", ".lock", ".part"))
    ]


class Subject:
    """One kind of output with the bytes it should have."""

    def __init__(self, kind, pipe, image, folder):
        self.kind, self.pipe, self.image = kind, pipe, image
        self.folder, self.log = folder, folder / "log"
        self.out = folder / OUTS[kind]
        self.earlier = self._bytes_of(EARLIER)
        self.expected = self._bytes_of(STRIDE)

    def _bytes_of(self, stride):
        self.clear()
        status, self.seconds = in_child(lambda: self.map(stride=stride, resume=False))
        assert status == 0
        return content(self.out)

    def map(self, *, stride=STRIDE, **settings):
        """Map the slice to where maps may be."""
        settings = {"resume": True, "overwrite": True, **settings}
        map_slice(self.pipe, self.image, stride=stride, out=self.out, **settings)

    def clear(self):
        """Begin with nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def begin(self, over_earlier):
        """Begin with nothing, or with earlier maps."""
        self.clear()
        for name, data in self.earlier.items() if over_earlier else ():
            (self.out / name).parent.mkdir(parents=True, exist_ok=True)
            (self.out / name).write_bytes(data)

    def standing(self):
        """Return in a word what stands at the path."""
        found = content(self.out)
        if not found:
            return "nothing"
        for name, whole in (("earlier", self.earlier), ("new", self.expected)):
            if found == whole:
                return name
            if all(whole.get(name) == data for name, data in found.items()):
                return "part"
        return "mixture"

    def kept(self):
        """Return rows kept and rows finished."""
        finished = (
            sum(map(int, self.log.read_text().split())) if self.log.exists() else 0
        )
        works = list(self.folder.rglob(".*.unfinished"))
        lines = [work for work in works if (work / "ledger.txt").exists()]
        kept = [len(p.rows) for work in lines for p in Ledger(work, {}).pieces()]
        return sum(kept), finished


def try_once(subject, over_earlier, kills, rng, counts):
    """Kill a mapping, perhaps twice, go on, and count what comes of it."""
    subject.begin(over_earlier)
    for at, kill in enumerate(kills):
        subject.log.unlink(missing_ok=True) if at == 0 else None
        status, _ = kill(subject)
        counts["kills"] += status == signal.SIGKILL
    state = subject.standing()
    pending = any(path.name == "commit.json" for path in subject.folder.rglob("*.json"))
    kept, finished = subject.kept()
    if not pending and state != "new":
        counts["finished"] += finished
        counts["kept"] += min(kept, finished)
    counts[f"stands: {state}"] += 1
    lost = state == "mixture" or (
        not pending
        and state not in (("earlier", "new") if over_earlier else ("nothing", "new"))
    )
    if pending:
        counts["pending"] += 1
        status, _ = in_child(lambda: open_maps(subject.out))
        lost |= status != 0 or subject.standing() != "new"
    elif kept and rng.random() < 0.2:
        counts["damaged"] += 1
        _damage(subject, rng)
    counts["lost"] += lost
    status, _ = in_child(subject.map)
    differs = status != 0 or subject.standing() != "new"
    counts["differs"] += differs
    counts["strays"] += bool(hidden(subject.folder))
    counts["trials"] += 1
    if lost or differs:
        print(
            "PROBLEM",
            subject.kind,
            over_earlier,
            state,
            status,
            pending,
            file=sys.stderr,
        )


def _damage(subject, rng):
    """Flip one bit of what is kept."""
    for path in subject.folder.rglob(".*.unfinished/values"):
        data = bytearray(path.read_bytes())
        data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(data))


def at_random(rng):
    """Return a kill at a random moment of a mapping."""

    def kill(subject):
        def work():
            count_rows(subject.log)
            subject.map()

        return in_child(work, kill_after=rng.uniform(0, 1.1 * subject.seconds))

    return kill


def at_rename(number, moment, *, by_exchange):
    """Return a kill before or after a rename."""

    def kill(subject):
        def work():
            kill_at(number, moment, by_exchange=by_exchange)
            count_rows(subject.log)
            subject.map()

        return in_child(work)

    return kill


def n_renames(subject, over_earlier, *, by_exchange):
    """Return how many renames a mapping makes."""
    subject.begin(over_earlier)
    log = subject.folder / "renames"

    def work():
        calls = kill_at(0, "never", by_exchange=by_exchange)
        subject.map()
        log.write_text(str(calls()))

    assert in_child(work)[0] == 0
    return int(log.read_text())


def count_kills(pipe, image, n_random, folder, *, every=1):
    """Return counts by kind of output, start and kind of kill."""
    rng = np.random.default_rng(0)
    table = {}
    for kind in OUTS:
        subject = Subject(kind, pipe, image, folder / kind)
        for over_earlier in (False, True):
            start = "over earlier maps" if over_earlier else "fresh"
            counts = table[f"{kind}, {start}, random"] = Counter()
            for _ in range(n_random // (2 * len(OUTS))):
                kills = [at_random(rng)] * (1 + int(rng.random() < 0.3))
                try_once(subject, over_earlier, kills, rng, counts)
            counts = table[f"{kind}, {start}, at renames"] = Counter()
            for by_exchange in (
                (True, False) if kind == "OME-Zarr" and over_earlier else (True,)
            ):
                total = n_renames(subject, over_earlier, by_exchange=by_exchange)
                for number in range(1, total + 1, every):
                    for moment in ("before", "after"):
                        kill = at_rename(number, moment, by_exchange=by_exchange)
                        try_once(subject, over_earlier, [kill], rng, counts)
    return {name: dict(counts) for name, counts in table.items()}


def cost_of_ledger(pipe, image, stride, folder, n_turns=3):
    """Return seconds of a mapping with and without what resuming takes, in turns."""
    found = {"without": [], "with": []}
    for _ in range(n_turns):
        for name, resume in (("without", False), ("with", True)):
            out = folder / f"{name}.zarr"
            log = folder / "seconds"

            def work(out=out, resume=resume, log=log):
                started = time.monotonic()
                map_slice(pipe, image, stride=stride, out=out, resume=resume)
                wall = time.monotonic() - started
                used = resource.getrusage(resource.RUSAGE_SELF)
                log.write_text(json.dumps([wall, used.ru_utime + used.ru_stime]))

            assert in_child(work)[0] == 0
            found[name].append(json.loads(log.read_text()))
            shutil.rmtree(out)
    best = {name: np.min(seconds, axis=0).tolist() for name, seconds in found.items()}
    (wall, used), (wall_with, used_with) = best["without"], best["with"]
    return {
        "shape": list(image.shape),
        "stride": stride,
        "seconds": best,
        "cost_wall": wall_with / wall - 1,
        "cost_cpu": used_with / used - 1,
    }


def main() -> None:
    """Print the table and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=60, help="at random moments")
    parser.add_argument("--every", type=int, default=1, help="of the renames")
    parser.add_argument("--cost", help="HEIGHTxWIDTH of a slice to time")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--model", type=Path, help="a joblib of a pipeline and a slice")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    found = {}
    with tempfile.TemporaryDirectory() as name:
        if options.kills:
            pipe, image = (
                joblib.load(options.model) if options.model else fitted(None, 24)
            )
            started = time.monotonic()
            found["kills"] = count_kills(
                pipe, image, options.kills, Path(name), every=options.every
            )
            found["minutes"] = (time.monotonic() - started) / 60
            for title, counts in found["kills"].items():
                print(title, json.dumps(counts))
        if options.cost:
            shape = tuple(int(edge) for edge in options.cost.split("x"))
            pipe, image = fitted(shape, 128)
            found["cost"] = cost_of_ledger(pipe, image, options.stride, Path(name))
            print(json.dumps(found["cost"]))
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "bench_resume.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(known | found, indent=1) + "\n")


if __name__ == "__main__":
    main()
