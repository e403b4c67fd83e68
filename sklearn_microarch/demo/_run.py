"""Train on an annotated slice, judge on a part set apart, map a new slice."""

import os
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sklearn_microarch.clustering import GMMClusterer
from sklearn_microarch.demo._data import DemoData, load_demo_data
from sklearn_microarch.demo._new_slice import CORTEX, EROSION_PX
from sklearn_microarch.demo._report import Report
from sklearn_microarch.demo._verdicts import report_verdicts
from sklearn_microarch.drift import fit_drift_reference
from sklearn_microarch.exceptions import CollapsedFeaturesWarning, FewPatchesWarning
from sklearn_microarch.features import feature_report
from sklearn_microarch.metrics import (
    RegionScores,
    evaluation_centres,
    factor_localization_scorer,
    region_report,
    region_scores,
)
from sklearn_microarch.pipeline import make_microarch_pipeline
from sklearn_microarch.sampling import Patches, PatchSampler
from sklearn_microarch.spatial import (
    border_distance,
    border_distance_at,
    count_independent,
    shares_pixels,
    strip_holdout,
)

EASY_PX = 40
TEST_SHARE = 0.25
# The grid of centres on which the network is judged.
JUDGED_EVERY_PX = 8


@dataclass(frozen=True)
class Split:
    """Sampled patches, and annotated centres of a grid in a part set apart."""

    patches: Patches
    labels: NDArray
    apart: NDArray[np.bool_]
    test: Patches
    test_labels: NDArray


def run_demo(
    out: str | Path,
    *,
    data_home: str | None = None,
    stride: int = 1,
    n_patches_per_roi: int = 2000,
    random_state: int = 0,
) -> Report:
    """Run the whole method and write models, maps, pictures and a report.

    Parameters
    ----------
    out : path-like
        Folder, made when missing. What an earlier demo wrote there is replaced.
    data_home : str or None, default=None
        Where the real slices are; None looks in the usual places. Without them
        the demo runs on synthetic slices, and says so.
    stride : int, default=1, unit: pixels
        Distance of the centres that factors and clusters are learned from, and
        of those that are mapped.
    n_patches_per_roi : int, default=2000
        Patches of each region that networks are trained on, before a part is
        set apart.
    random_state : int, default=0
        Seed of the patches drawn and of every later random step.

    Returns
    -------
    report : Report
        Its table is printed, and written as ``report.txt`` and ``report.json``.

    Raises
    ------
    RuntimeError
        If the process that maps the new slice fails.

    Examples
    --------
    On the real slices where they are found, at every eighth pixel, to be quick::

        report = run_demo("demo", stride=8)
        report.figures["recall"]  # of each region, in the part set apart

    A folder that is named must hold them:

    >>> from tempfile import TemporaryDirectory
    >>> from sklearn_microarch.demo import run_demo
    >>> with TemporaryDirectory() as empty:
    ...     run_demo(empty, data_home=empty)
    Traceback (most recent call last):
    sklearn_microarch.exceptions.DataNotFoundError: ...
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    report = Report()
    with report.stage("read the slices"):
        data = load_demo_data(out, data_home)
    print(f"Data: {data.source}.", flush=True)
    report.lines.append(f"Data: {data.source}.")

    sampler = PatchSampler(
        n_patches_per_roi=n_patches_per_roi, random_state=random_state
    )
    with report.stage("sample patches"):
        split = split_by_space(data, sampler)
    pipe = make_microarch_pipeline(sampler=sampler, random_state=random_state)
    # The part set apart judges the network; no second part is taken from it.
    pipe.set_params(
        features__verbose=1,
        features__validation=None,
        features__max_patches_per_class=n_patches_per_roi,
    )
    with report.stage("train apart from a test part"):
        judged = clone(pipe).fit(
            split.patches.take(split.apart), split.labels[split.apart]
        )
    with report.stage("judge on the test part"):
        _report_regions(report, judged, data, split)
        _report_features(report, judged, split)
        score = factor_localization_scorer(judged, split.test, split.test_labels)
        report.section("factors on the test part")
        report.row("factor localization score", score)
        report.figures["factor_localization_score"] = score
    with report.stage("fit on the slice, off its rim"):
        rows, labels = sampler.training_rows(
            data.image, data.rois, stride=stride, names=data.roi_names
        )
        pipe.fit(rows, labels)
        _report_factors(report, pipe, labels)
    with report.stage("ask whether factors and clusters are real"):
        report_verdicts(report, pipe, data, stride=stride, random_state=random_state)
    with report.stage("learn what slices are compared with"):
        _keep_reference(report, pipe, data, random_state)
    with report.stage("cluster the cortex"):
        cortex = fit_cortex(pipe, data, stride)
        _report_cortex(report, cortex)
    with report.stage("save the models"):
        pipe.set_params(features__verbose=0)
        joblib.dump(pipe, out / "microarch.joblib")
        joblib.dump(cortex, out / "cortex.joblib")
    with report.stage("load in a new process, map the new slice"):
        _map_in_new_process(out, data.new_slice, stride)
    report.finish(out)
    print(f"Maps, pictures and models are in {out}.")
    return report


def split_by_space(data: DemoData, sampler: PatchSampler) -> Split:
    """Sample training patches, apart from a strip of every region."""
    grid, grid_labels = evaluation_centres(
        sampler, data.image, data.rois, data.roi_names, step=JUDGED_EVERY_PX
    )
    # Bands of rows cross all cortical layers, which lie along the columns.
    _, held_out = strip_holdout(
        grid, grid_labels, share=TEST_SHARE, min_kept=0, axis="rows"
    )
    test = grid.take(held_out)
    with warnings.catch_warnings():
        # The table says how many patches each region gave.
        warnings.simplefilter("ignore", FewPatchesWarning)
        patches, labels = sampler.sample(data.image, data.rois, data.roi_names)
    return Split(
        patches=patches,
        labels=labels,
        apart=~shares_pixels(patches, test),
        test=test,
        test_labels=grid_labels[held_out],
    )


def _keep_reference(
    report: Report, pipe: Pipeline, data: DemoData, random_state: int
) -> None:
    """Keep the annotated slice's features in the model, for the check of new ones."""
    try:
        reference = fit_drift_reference(pipe, data.image, random_state=random_state)
    except ValueError as error:
        # Of a slice of a few patches maps can be made all the same.
        report.lines.append(f"New slices are not checked: {error}")
    else:
        report.lines.append(f"New slices are checked: {reference!r}.")


def fit_cortex(pipe: Pipeline, data: DemoData, stride: int) -> Pipeline:
    """Cluster the cortex on all factors, the paper's second experiment."""
    code = next(code for code, name in data.roi_names.items() if name == CORTEX)
    inner = (data.rois == code) & (border_distance(data.rois) > EROSION_PX)
    cortex = Pipeline(
        [
            ("patches", pipe["patches"]),
            ("factors", FrozenEstimator(pipe[1:3])),
            ("cluster", GMMClusterer(4, random_state=pipe["cluster"].random_state)),
        ]
    )
    return cortex.fit(pipe["patches"].cut(data.image, stride=stride, mask=inner))


def _report_regions(
    report: Report, pipe: Pipeline, data: DemoData, split: Split
) -> None:
    judged = region_report(pipe[:2], split.test, split.test_labels, rois=data.rois)
    inner = border_distance_at(split.test, data.rois) >= EASY_PX
    report.section("regions, at every annotated centre of a grid in the test part")
    report.lines += str(judged).splitlines()
    report.figures["recall"] = _recalls(judged.scores)
    if inner.any():
        easy = region_scores(
            judged.labels[inner],
            judged.predicted[inner],
            regions=judged.scores.regions,
        )
        report.lines += [
            "",
            f"mean recall {EASY_PX} px or more inside (easy): "
            f"{easy.balanced_accuracy:.3f}, over {easy.scored.sum()} of "
            f"{len(easy.regions)} regions",
        ]
        report.figures["recall_easy"] = _recalls(easy)
    regions = judged.scores.regions.tolist()
    report.figures["region_report"] = judged.summary()

    report.section("trained on, of the sampled patches")
    report.row("region", "sampled", "trained on", "independent")
    for region in regions:
        sampled = split.labels == region
        trained = sampled & split.apart
        independent = count_independent(split.patches.take(trained))
        report.row(region, sampled.sum(), trained.sum(), independent)
    report.lines += [
        "trained on: those that share no pixel with the test part; independent: how",
        "many of them share none with each other.",
    ]


def _recalls(scores: RegionScores) -> dict[str, float]:
    # A region without centres has no recall, and JSON no NaN.
    return {row["region"]: row["recall"] for row in scores.to_rows() if row["scored"]}


def _report_features(report: Report, pipe: Pipeline, split: Split) -> None:
    network = pipe["features"]
    features = network.transform(split.test)
    with warnings.catch_warnings():
        # The table says it.
        warnings.simplefilter("ignore", CollapsedFeaturesWarning)
        held = feature_report(
            features, network.decision_function(split.test), split.test_labels
        )
    report.section("what features hold beyond the labels, on the test part")
    report.lines += str(held).splitlines()
    report.figures["participation_ratio"] = held.participation_ratio
    report.figures["dead_unit_share"] = held.dead_unit_share
    report.figures["explained_by_logits"] = held.explained_by_logits


def _report_factors(report: Report, pipe: Pipeline, labels: NDArray) -> None:
    selector = pipe["select"]
    report.section("selected factors (shares of the rows of the fit where active)")
    report.row("rows of the fit", len(labels))
    report.figures["rows_of_the_fit"] = len(labels)
    report.row("factor", "in its region", "elsewhere")
    regions = selector.rois_.tolist()
    factors = {}
    numbers = selector.get_support(indices=True)
    for number, roi in zip(numbers, selector.matched_rois_.tolist(), strict=True):
        at = regions.index(roi)
        # Rows without annotation count as elsewhere.
        inside, outside = selector.coverage_[number, at], selector.leakage_[number, at]
        star = " *" if inside <= outside else ""
        report.row(f"factor{number:02d}_{roi}{star}", float(inside), float(outside))
        factors[f"factor{number:02d}_{roi}"] = {"inside": inside, "outside": outside}
    if any(factor["inside"] <= factor["outside"] for factor in factors.values()):
        report.lines.append("* does not mark its region.")
    report.lines += [
        "Factors, clusters and maps are of a pipeline with the same settings, fitted",
        "on the slice but for its rim, the test part among it.",
    ]
    report.figures["factors"] = factors


def _report_cortex(report: Report, cortex: Pipeline) -> None:
    labels = cortex["cluster"].labels_
    counts = np.bincount(labels, minlength=cortex["cluster"].n_clusters)
    report.section("cortical clusters (all factors, centres of the annotated slice)")
    for number, count in enumerate(counts.tolist()):
        report.row(f"cluster {number}", count, count / counts.sum())
    report.lines += [
        "On the new slice they are mapped where the network predicts cortex: the inner",
        "part of the largest such piece, holes filled.",
    ]
    report.figures["cortical_clusters"] = counts.tolist()


def _map_in_new_process(out: Path, new_slice: Path, stride: int) -> None:
    command = [sys.executable, "-m", "sklearn_microarch.demo._new_process"]
    with subprocess.Popen(
        [*command, str(out), str(new_slice), str(stride)],
        # A notebook's own way to draw is known to the notebook alone.
        env={**os.environ, "MPLBACKEND": "agg"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        # Through this process, so that it goes wherever its own words go.
        for line in process.stdout:
            print(line, end="", flush=True)
    if process.returncode:
        raise RuntimeError(
            f"mapping {new_slice} in a new process failed; why stands above."
        )
