"""What becomes of damaged and altered model files; size and time beside joblib.

Each file is a model file with one change. *Damaged*: bits flipped, cut short, bytes
swapped, put in or taken out. *Signed*: a member changed and all sums written anew, as
someone would who wants the change to pass: a node of the schema replaced, moved,
renamed to what is foreign, or a byte of an array or the schema changed. Counted is
whether loading gives a typed error, an equal model, or another model; and whether it
imports, unpickles, starts or writes anything, which Python's audit events tell.

    python bench_model_file.py --files 3000
"""

import argparse
import copy
import io
import json
import os
import random
import statistics
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import joblib
from sklearn.pipeline import Pipeline

from sklearn_microarch import (
    PatchSampler,
    fit_drift_reference,
    load_model,
    make_microarch_pipeline,
    save_model,
)
from sklearn_microarch.datasets import make_thalamocortical_phantom
from sklearn_microarch.exceptions import ModelFileError

RESULTS = Path(__file__).parent / "results"
# Names that run something, and some that exist and are not on the list.
FOREIGN = [
    ("os", "system"),
    ("posix", "system"),
    ("builtins", "eval"),
    ("subprocess", "Popen"),
    ("pathlib", "Path"),
    ("antigravity", "geohash"),
    ("sklearn.tree._tree", "Tree"),
    ("numpy", "load"),
    ("mylab.networks", "Net"),
]
LOADERS = ["FunctionNode", "MethodNode", "PartialNode", "ObjectNode", "TypeNode"]
LOADERS += ["ListNode", "DictNode", "NdArrayNode", "ConstructorFromReduceNode"]
# What a file that is only read never causes.
RUNS = ("pickle.find_class", "os.system", "os.exec", "subprocess.Popen", "socket.")
RUNS += ("os.mkdir", "os.remove", "os.rename", "shutil.", "ctypes.", "import", "open")


def fitted(*, seed: int, small: bool) -> Pipeline:
    """Return a pipeline with a drift reference; its network is the default or small.

    What a file takes depends on the sizes of the steps, not on how long they learned.
    """
    shape, size, rows = ((256, 1024), 24, 60) if small else ((350, 1400), 128, 64)
    phantom = make_thalamocortical_phantom(shape=shape, six_class=True, random_state=0)
    sampler = PatchSampler(size, n_patches_per_roi=rows, stride=16, random_state=seed)
    pipe = make_microarch_pipeline(sampler=sampler, random_state=seed)
    pipe.set_params(features__max_epochs=1)
    if small:
        pipe.set_params(features__n_features=16, nmf__n_components=6)
    else:
        sampler.set_params(border="reflect")
    rows, regions = sampler.sample(phantom.images[0], phantom.rois[0])
    pipe.fit(rows, regions)
    fit_drift_reference(pipe, phantom.images[0], n_draws=50, random_state=0)
    return pipe


def damaged(data: bytes, rng: random.Random) -> tuple[str, bytes]:
    """Return a file with one kind of damage, and what it is called."""
    at, other = rng.randrange(len(data)), rng.randrange(len(data))
    few = rng.randrange(1, 65)
    changed = bytearray(data)
    kind = rng.choice(
        ["flip", "flips", "cut", "swap", "insert", "remove", "zero", "end"]
    )
    if kind == "flip":
        changed[at] ^= 1 << rng.randrange(8)
    elif kind == "flips":
        for _ in range(rng.randrange(2, 20)):
            changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == "cut":
        del changed[at:]
    elif kind == "swap":
        changed[at], changed[other] = changed[other], changed[at]
    elif kind == "insert":
        changed[at:at] = rng.randbytes(few)
    elif kind == "remove":
        del changed[at : at + few]
    elif kind == "zero":
        changed[at : at + few] = bytes(len(changed[at : at + few]))
    else:
        # Where the directory and the sum of the manifest are.
        changed[-rng.randrange(1, min(8000, len(changed)))] ^= 1 << rng.randrange(8)
    return kind, bytes(changed)


def nodes_of(tree: object) -> Iterator[dict]:
    """Yield all nodes of a schema."""
    if isinstance(tree, dict):
        if isinstance(tree.get("__loader__"), str):
            yield tree
        for value in tree.values():
            yield from nodes_of(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from nodes_of(value)


def altered(members: dict[str, bytes], rng: random.Random) -> tuple[str, bytes]:
    """Return a file whose sums fit though a member was changed, and how."""
    changed = dict(members)
    kind = rng.choice(["rename", "loader", "replace", "drop", "value", "text", "array"])
    if kind == "array":
        name = rng.choice([name for name in changed if name.endswith(".npy")])
        changed[name] = damaged(changed[name], rng)[1]
    elif kind == "text":
        changed["schema.json"] = damaged(changed["schema.json"], rng)[1]
    else:
        schema = json.loads(changed["schema.json"])
        _alter_node(kind, list(nodes_of(schema)), rng)
        changed["schema.json"] = json.dumps(schema).encode()
    return kind, signed(changed)


def _alter_node(kind: str, nodes: list[dict], rng: random.Random) -> None:
    node, other = rng.choice(nodes), rng.choice(nodes)
    if kind == "rename":
        node["__module__"], node["__class__"] = rng.choice(FOREIGN)
        if rng.random() < 0.5:
            node["__loader__"] = rng.choice(LOADERS)
        # An object that is there twice must be the same in both places.
        node["__id__"] = 10**9
    elif kind == "loader":
        node["__loader__"] = rng.choice(LOADERS)
    elif kind == "replace":
        replaced = copy.deepcopy(other)
        node.clear()
        node.update(replaced)
    elif kind == "drop":
        del node[rng.choice(list(node))]
    else:
        values = [None, -1, 0, 2**70, "", "x" * 99, [], {}, "[" * 9999, "1e999", "NaN"]
        node[rng.choice(list(node))] = rng.choice(values)


def signed(members: dict[str, bytes]) -> bytes:
    """Return a model file of some members, the manifest first, with sums that fit."""
    manifest = json.loads(members["manifest.json"])
    others = {name: data for name, data in members.items() if name != "manifest.json"}
    manifest["members"] = {
        name: {"size": len(data), "sha256": sha256(data).hexdigest()}
        for name, data in others.items()
    }
    first = json.dumps(manifest).encode()
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as zip_file:
        for name, data in {"manifest.json": first, **others}.items():
            info = ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            zip_file.writestr(info, data)
        mark = f"sklearn_microarch model 0001 {sha256(first).hexdigest()}"
        zip_file.comment = mark.encode()
    return buffer.getvalue()


class Watch:
    """Notes what Python does while a file is loaded."""

    def __init__(self, path: Path) -> None:
        self._allowed, self._on = str(path), False
        self.noted: set[str] = set()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple) -> None:
        if self._on and event.startswith(RUNS):
            what = str(args[0]) if args else ""
            read_only = event == "open" and args[1] in ("r", "rb")
            known = event == "import" and what in sys.modules
            if not known and not (read_only and what == self._allowed):
                self.noted.add(f"{event} {what}")

    def load(self, path: Path) -> Pipeline:
        """Load a model and note what happens meanwhile."""
        self._on = True
        try:
            return load_model(path)
        finally:
            self._on = False


def count(
    change: Callable[[random.Random], tuple[str, bytes]],
    n_files: int,
    *,
    data: bytes,
    seed: int,
) -> dict:
    """Return what became of changed files, by kind of change."""
    rng = random.Random(seed)
    found: Counter[str] = Counter()
    by_kind: dict[str, Counter[str]] = {}
    raw: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.microarch"
        path.write_bytes(data)
        wanted, watch = joblib.hash(load_model(path)), Watch(path)
        watch.load(path)
        # What the file as it is makes Python do: read it, and nothing else.
        before = set(watch.noted)
        start = time.perf_counter()
        for _ in range(n_files):
            kind, changed = change(rng)
            path.write_bytes(changed)
            try:
                same = joblib.hash(watch.load(path)) == wanted
                outcome = "equal" if same else "another model"
            except ModelFileError:
                outcome = "typed error"
            except Exception as error:  # counted, not hidden
                outcome = "raw error"
                raw[f"{type(error).__name__}: {error}"[:200]] += 1
            found[outcome] += 1
            by_kind.setdefault(kind, Counter())[outcome] += 1
    return {
        "files": n_files,
        "seconds": round(time.perf_counter() - start, 1),
        "outcomes": dict(found),
        "by_kind": {kind: dict(counts) for kind, counts in sorted(by_kind.items())},
        "raw_errors": dict(raw),
        "noted": sorted(watch.noted - before),
        "noted_for_the_file_as_it_is": sorted(before),
    }


def beside_joblib(pipe: Pipeline, *, n_runs: int = 7) -> dict:
    """Return sizes and median times of a model file and of a joblib file."""
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "m.microarch", Path(folder) / "m.joblib"
        ways = {
            "save_model": lambda: save_model(pipe, ours, overwrite=True),
            "load_model": lambda: load_model(ours),
            "joblib.dump": lambda: joblib.dump(pipe, theirs),
            "joblib.load": lambda: joblib.load(theirs),
        }
        seconds = {}
        for name, way in ways.items():
            way()
            taken = []
            for _ in range(n_runs):
                start = time.perf_counter()
                way()
                taken.append(time.perf_counter() - start)
            seconds[name] = round(statistics.median(taken), 4)
        return {
            "bytes": {
                "microarch": ours.stat().st_size,
                "joblib": theirs.stat().st_size,
            },
            "seconds": seconds,
            "equal": joblib.hash(load_model(ours)) == joblib.hash(pipe),
        }


def main() -> None:
    """Run the counts and print them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS / "bench_model_file.json")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder:
        path = save_model(fitted(seed=0, small=True), f"{folder}/small.microarch")
        data = path.read_bytes()
    with ZipFile(io.BytesIO(data)) as zip_file:
        members = {name: zip_file.read(name) for name in zip_file.namelist()}
    ways = {
        "damaged": lambda rng: damaged(data, rng),
        "signed": lambda rng: altered(members, rng),
    }
    results = {
        name: count(way, options.files, data=data, seed=options.seed + at)
        for at, (name, way) in enumerate(ways.items())
    }
    results["beside_joblib"] = beside_joblib(fitted(seed=0, small=False))
    text = json.dumps(results, indent=1)
    print(text)
    options.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
