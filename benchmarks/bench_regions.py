"""Networks and baselines on tissue they have not seen, by spatially separate blocks.

Every annotated centre of an 8-pixel grid of the slice is judged once, by a model that
was trained on centres whose patches share no pixel with the fold's. Means of the
per-class recalls, with spatial block intervals, and the lead over the best baseline;
what the networks' features hold; and the same network trained on a random part of the
centres instead, to see what random splits make of it.

    python bench_regions.py --seeds 3

Fits are kept in the cache, so that a run can be stopped and taken up again.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
from _first_network import FirstNetwork
from _region_baselines import baselines
from features import read_slice
from numpy.typing import NDArray

from sklearn_microarch import (
    CNNFeatureExtractor,
    PatchSampler,
    __version__,
    feature_report,
)
from sklearn_microarch.exceptions import CollapsedFeaturesWarning
from sklearn_microarch.metrics import block_bootstrap, evaluation_centres, region_report
from sklearn_microarch.model_selection import SpatialBlockKFold
from sklearn_microarch.spatial import spatial_blocks

RESULTS = Path(__file__).parent / "results"
OUT = Path(__file__).parent / "out"
N_SPLITS = 3
# One seed: a yardstick of this project's own history, slow to train.
ONCE = ("first network",)


def networks(seed: int) -> dict[str, CNNFeatureExtractor]:
    """Return the networks by name: the default, earlier ones, published layers."""
    settings = {"validation": None, "random_state": seed}
    return {
        "default network": CNNFeatureExtractor(**settings),
        "for the labels only": CNNFeatureExtractor(
            module_params={"n_region_features": 64}, **settings
        ),
        "first network": CNNFeatureExtractor(FirstNetwork, **settings),
        # Without batch normalisation it diverges at the default rate.
        "published layers": CNNFeatureExtractor("paper", lr=3e-4, **settings),
    }


def contenders(seed: int) -> dict:
    """Return all that is measured, by name."""
    return networks(seed) | baselines(seed)


class Known:
    """Probabilities of patches that have been judged already, as a classifier."""

    def __init__(self, classes: NDArray, probabilities: NDArray) -> None:
        self.classes_, self.probabilities = classes, probabilities

    def predict_proba(self, X: object) -> NDArray:
        """Return them; X is known to be the same patches."""
        del X
        return self.probabilities


class Judge:
    """Centres, splits and a cache; fits a contender on a part, and asks for the rest.

    Parameters
    ----------
    step : int, unit: pixels
        Of the grid of centres.
    cache : Path
        Folder of what fits gave.
    """

    def __init__(self, step: int, cache: Path) -> None:
        self.image, self.rois = read_slice(six_class=True)
        sampler = PatchSampler(random_state=0)
        self.patches, self.labels = evaluation_centres(
            sampler, self.image, self.rois, step=step
        )
        self.splits = list(SpatialBlockKFold(N_SPLITS).split(self.patches, self.labels))
        self.classes = np.unique(self.labels)
        self.cache = cache
        cache.mkdir(exist_ok=True, parents=True)

    def judge(
        self, name: str, make: Callable, train: NDArray, test: NDArray, key: str
    ) -> dict[str, NDArray]:
        """Return probabilities and features of test rows, and seconds of the fit."""
        model = make()
        # Parameters and rows make the file's name; changed code wants a new cache.
        settings = joblib.hash((__version__, model.get_params(), train, test))
        path = self.cache / f"{name.replace(' ', '_')}-{key}-{settings[:8]}.npz"
        if path.exists():
            return dict(np.load(path))
        start = time.perf_counter()
        model.fit(self.patches[train], self.labels[train])
        seconds = time.perf_counter() - start
        found = {"seconds": np.array(seconds)}
        if isinstance(model, CNNFeatureExtractor):
            features = model.transform(self.patches[test])
            found["probabilities"] = model.predict_proba_from_features(features)
            found["features"] = features
        elif hasattr(model, "predict_proba"):
            found["probabilities"] = model.predict_proba(self.patches[test])
        else:
            # A support vector machine: all on its first choice.
            chosen = model.predict(self.patches[test])
            found["probabilities"] = (chosen[:, None] == self.classes).astype(float)
        np.savez(path, **found)
        print(f"{name}, {key}: {seconds:.0f} s", flush=True)
        return found

    def pooled(self, name: str, make: Callable, seed: int) -> dict:
        """Return what all folds of one seed gave together."""
        probabilities = np.zeros((len(self.labels), len(self.classes)))
        seconds, held = [], []
        for fold, (train, test) in enumerate(self.splits):
            some = _balanced(self.labels, train, seed)
            found = self.judge(name, make, some, test, f"seed{seed}-fold{fold}")
            probabilities[test] = found["probabilities"]
            seconds.append(float(found["seconds"]))
            if "features" in found:
                held.append(self._held(found, test))
        report = region_report(
            Known(self.classes, probabilities),
            self.patches,
            self.labels,
            rois=self.rois,
        )
        pooled = {
            "report": report,
            "right": self.classes[probabilities.argmax(axis=1)] == self.labels,
            "seconds": float(np.mean(seconds)),
        }
        if held:
            pooled["features"] = {
                k: float(np.mean([h[k] for h in held])) for k in held[0]
            }
        return pooled

    def _held(self, found: dict, test: NDArray) -> dict[str, float]:
        logits = np.log(np.maximum(found["probabilities"].astype(float), 1e-30))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CollapsedFeaturesWarning)
            report = feature_report(found["features"], logits, self.labels[test])
        return {
            "participation_ratio": report.participation_ratio,
            "dead_units": report.dead_unit_share,
            "explained_by_logits": report.explained_by_logits,
            "least_left_within": float(np.nanmin(report.left_within)),
        }

    def random_split(self, name: str, make: Callable, seed: int) -> tuple:
        """Return a random third of the rows, and who was right, trained on others."""
        order = np.random.default_rng(seed).permutation(len(self.labels))
        test, train = (
            np.sort(order[::N_SPLITS]),
            np.sort(np.delete(order, np.s_[::N_SPLITS])),
        )
        # As many of each region as the folds leave, so that only overlap differs.
        rows = [_balanced(self.labels, kept, seed) for kept, _ in self.splits]
        most = np.mean([np.bincount(self.labels[r]) for r in rows], axis=0).astype(int)
        some = _balanced(self.labels, train, seed, most)
        found = self.judge(name, make, some, test, f"seed{seed}-random")
        chosen = self.classes[found["probabilities"].argmax(axis=1)]
        return test, chosen == self.labels[test]


def _balanced(
    labels: NDArray, rows: NDArray, seed: int, most: NDArray | None = None
) -> NDArray:
    """Return at most 2000 rows of each region, the same for every contender."""
    rng = np.random.default_rng(seed)
    most = np.full(labels.max() + 1, 2000) if most is None else most
    chosen = [
        rng.permutation(rows[labels[rows] == region])[: most[region]]
        for region in np.unique(labels[rows])
    ]
    return np.sort(np.concatenate(chosen))


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}


def recalls(labels: NDArray, right: NDArray) -> dict:
    """Return the recall of each region."""
    return {str(c): float(right[labels == c].mean()) for c in np.unique(labels)}


def main() -> None:
    """Print the table and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--step", type=int, default=8, help="of the grid, in pixels")
    parser.add_argument("--cache", type=Path, default=OUT / "regions")
    parser.add_argument("--only", nargs="*", help="names of contenders")
    options = parser.parse_args()
    judge = Judge(options.step, options.cache)
    kept = [
        {
            str(c): float((judge.labels[train] == c).sum() / (judge.labels == c).sum())
            for c in judge.classes
        }
        for train, _ in judge.splits
    ]
    print("training rows kept:", json.dumps(kept))
    names = list(contenders(0))
    names = [name for name in names if not options.only or name in options.only]
    table, right = {}, {}
    for name in names:
        runs = [
            judge.pooled(
                name, lambda n=name, s=seed: (networks(s) | baselines(s))[n], seed
            )
            for seed in range(1 if name in ONCE else options.seeds)
        ]
        right[name] = np.mean([run["right"] for run in runs], axis=0)
        table[name] = _row(judge, runs, right[name])
        print(f"{name:<30}", json.dumps(table[name]), flush=True)
    results = {"training_rows_kept": kept, "table": table}
    results["leads"] = _leads(judge, right)
    if "default network" in names:
        results["random_split"] = _lie(judge, options.seeds, right["default network"])
    for key in ("leads", "random_split"):
        print(key, json.dumps(results.get(key)))
    (RESULTS / "bench_regions.json").write_text(json.dumps(results, indent=1) + "\n")


def _row(judge: Judge, runs: list[dict], right: NDArray) -> dict:
    blocks = spatial_blocks(judge.patches)
    interval = block_bootstrap(right, judge.labels, blocks, random_state=0)
    row = {
        "balanced_accuracy": float(interval.estimate),
        "interval": [float(interval.low), float(interval.high)],
        "of_each_seed": [run["report"].summary()["balanced_accuracy"] for run in runs],
        "macro_f1": float(
            np.mean([run["report"].summary()["macro_f1"] for run in runs])
        ),
        "recalls": recalls(judge.labels, right),
        "by_distance": np.mean(
            [run["report"].border.mean_recall for run in runs], axis=0
        ).tolist(),
    }
    if "features" in runs[0]:
        # Of networks alone: fits of baselines share their descriptors.
        row["fit_seconds"] = float(np.mean([run["seconds"] for run in runs]))
        row["features"] = {
            key: float(np.mean([run["features"][key] for run in runs]))
            for key in runs[0]["features"]
        }
    return row


def _leads(judge: Judge, right: dict[str, NDArray]) -> dict:
    """Return the default network's lead over each other contender, with intervals."""
    if "default network" not in right:
        return {}
    blocks = spatial_blocks(judge.patches)
    leads = {}
    for name, other in right.items():
        if name != "default network":
            lead = block_bootstrap(
                right["default network"],
                judge.labels,
                blocks,
                against=other,
                random_state=0,
            )
            leads[name] = [float(lead.estimate), float(lead.low), float(lead.high)]
    return leads


def _lie(judge: Judge, seeds: int, spatial: NDArray) -> dict:
    """Return the mean recall on the same centres, by random and by spatial training."""
    random, separate = [], []
    for seed in range(seeds):
        rows, right = judge.random_split(
            "default network", lambda s=seed: networks(s)["default network"], seed
        )
        labels = judge.labels[rows]
        random.append(np.mean(list(recalls(labels, right).values())))
        separate.append(np.mean(list(recalls(labels, spatial[rows]).values())))
    return {"random": float(np.mean(random)), "spatial": float(np.mean(separate))}


if __name__ == "__main__":
    main()
