"""Mappings in forks of this process that are killed, and what they leave.

Parts of `bench_resume` and `soak_resume`. A system with ``fork`` is
needed.
"""

import os
import shutil
import signal
import time
import traceback

import numpy as np

import sklearn_microarch.mapping._map_rows as row_loop
from sklearn_microarch import PatchSampler, make_microarch_pipeline, map_slice
from sklearn_microarch._whole import _move, _place
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.mapping.resume._ledger import LINES, VALUES, Ledger

OUTS = {"OME-Zarr": "maps.zarr", "TIFF": "maps"}
# Of the earlier maps, and of those that take their place.
EARLIER, STRIDE = 8, 4
# How a fork ends that was stopped by an exception, as with Ctrl-C.
RAISED = 130


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


def in_child(function, *, kill=None, by=signal.SIGKILL):
    """Run a function in a fork; return how it ended, as `os.waitpid` says, and seconds.

    ``kill`` is a function of seconds that tells when the signal ``by`` is sent.
    """
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            function()
            status = 0
        except KeyboardInterrupt:
            status = RAISED
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(status)
    while kill is not None:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status, time.monotonic() - started
        if kill(time.monotonic() - started):
            os.kill(child, by)
            break
        time.sleep(0.002)
    _, status = os.waitpid(child, 0)
    return status, time.monotonic() - started


def was_killed(status, by=signal.SIGKILL):
    """Tell whether a fork ended by a signal, or by what was raised because of it."""
    return status == by or os.waitstatus_to_exitcode(status) == RAISED


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
    swap = _move.swap_places if by_exchange else lambda *_: False
    _place.swap_places = watched(swap)
    return lambda: calls


def content(folder):
    """Return the bytes of all files in a folder but hidden ones of work; {} of none."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def hidden(folder, *ends):
    """Return what is left of work anywhere in a folder."""
    return [
        path.name
        for path in folder.rglob(".*")
        if path.name.endswith(ends or (".unfinished", ".lock", ".part"))
    ]


def damage(folder, rng):
    """Flip one bit of what is kept, if anything is."""
    for path in folder.rglob(f".*.unfinished/{VALUES}"):
        data = bytearray(path.read_bytes())
        if data:
            data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
            path.write_bytes(bytes(data))


class Subject:
    """One kind of output with the bytes it should have."""

    def __init__(self, kind, pipe, image, folder):
        self.kind, self.pipe, self.image = kind, pipe, image
        self.folder, self.log = folder, folder / "log"
        self.out = folder / OUTS[kind]
        self.earlier = self._bytes_of(EARLIER)
        self.expected = self._bytes_of(STRIDE)
        # Seconds of a mapping, and from its first piece to its end.
        self.seconds, self.working = self._measure()

    def _bytes_of(self, stride):
        self.clear()
        status, _ = in_child(lambda: self.map(stride=stride, resume=False))
        assert status == 0
        return content(self.out)

    def _measure(self):
        self.clear()
        first = []

        def look(seconds):
            if not first and self.n_lines():
                first.append(seconds)
            return False

        status, seconds = in_child(self.map, kill=look)
        assert status == 0
        assert content(self.out) == self.expected
        return seconds, seconds - first[0]

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

    def is_complete(self):
        """Tell whether the new maps are said to be complete, but not yet moved."""
        return any(self.folder.rglob(".*.unfinished/commit.json"))

    def n_lines(self):
        """Return how many pieces are said to be kept."""
        place = self.folder if self.kind == "OME-Zarr" else self.out
        try:
            found = [path.read_text() for path in place.glob(f".*.unfinished/{LINES}")]
        except FileNotFoundError:
            # It is on its way, or gone.
            return 0
        return sum(bool(line) for lines in found for line in lines.splitlines())

    def kept(self):
        """Return rows kept and rows finished."""
        finished = (
            sum(map(int, self.log.read_text().split())) if self.log.exists() else 0
        )
        works = list(self.folder.rglob(".*.unfinished"))
        lines = [work for work in works if (work / LINES).exists()]
        kept = [len(p.rows) for work in lines for p in Ledger(work, {}).pieces()]
        return sum(kept), finished


def at_random(rng, *, by=signal.SIGKILL, anywhere=False, prepare=None):
    """Return a kill at a random moment after a piece is kept, to the end of the work.

    Or ``anywhere`` in it. It returns how the mapping ended. ``prepare`` goes first,
    in the fork.
    """

    def kill(subject):
        longest = subject.seconds if anywhere else subject.working
        before, wait = subject.n_lines(), rng.uniform(0, longest)
        moments = [wait] if anywhere else []

        def is_time(seconds):
            if not moments and subject.n_lines() > before:
                moments.append(seconds + wait)
            return bool(moments) and seconds > moments[0]

        def work():
            if prepare is not None:
                prepare()
            count_rows(subject.log)
            subject.map()

        status, _ = in_child(work, kill=is_time, by=by)
        if status == 0 and not anywhere:
            # It was quicker than the one that was measured.
            subject.working *= 0.8
        return status

    return kill


def at_rename(number, moment, *, by_exchange):
    """Return a kill before or after a rename."""

    def kill(subject):
        def work():
            kill_at(number, moment, by_exchange=by_exchange)
            count_rows(subject.log)
            subject.map()

        return in_child(work)[0]

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
