"""The stages of a training: check, judge, fit, learn what is usual, compare."""

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.checking import SliceCheck
from sklearn_microarch.drift import fit_drift_reference
from sklearn_microarch.exceptions import NoDriftReferenceWarning, NoValidationWarning
from sklearn_microarch.sheets import Sheet
from sklearn_microarch.studies._gather_warnings import Warned, gather_warnings
from sklearn_microarch.studies.training._annotated_sections import (
    AnnotatedSection,
    read_annotated,
)
from sklearn_microarch.studies.training._cut_rows import StudyRows, cut_rows
from sklearn_microarch.studies.training._factor_table import (
    animals_apart,
    factor_table,
    read_loadings,
)
from sklearn_microarch.studies.training._judge_sections import (
    check_sections,
    refuse_unfit,
)
from sklearn_microarch.studies.training._start_record import (
    as_plain,
    region_color_codes,
    start_record,
    training_curve,
)
from sklearn_microarch.studies.training._validate import (
    judge_on_animals,
    judge_on_strips,
    judged_part,
    regions_of_one_animal,
)
from sklearn_microarch.studies.training._what_moved import what_moved

Record = dict[str, Any]
_N_FOLDS = 3


@dataclass(frozen=True)
class StudyPlan:
    """What `train_study` was asked for."""

    stride: int | None
    to_level: Sequence[str | int]
    merge: Mapping[str, Sequence[str]]
    exclude: Sequence[str]
    picture: Mapping[str, Any]
    validate: bool
    n_folds: int | None
    anyway: bool
    before: Path | None
    random_state: int | None
    say: Callable[[str], None] | None

    def tell(self, words: str) -> None:
        """Say which stage begins, to who wants to know."""
        if self.say is not None:
            self.say(words)


def run_training(
    pipeline: Pipeline, sheet: Sheet, plan: StudyPlan
) -> tuple[list[AnnotatedSection], list[SliceCheck], Record, Warned]:
    """Fit a pipeline in place; return sections, their checks, record and warnings."""
    started = time.monotonic()
    with gather_warnings() as warned:
        plan.tell("reading the sections")
        sections, bare = read_annotated(
            sheet,
            picture=plan.picture,
            to_level=plan.to_level,
            merge=plan.merge,
            exclude=plan.exclude,
        )
        if bare:
            plan.tell(f"without annotation, left out: {', '.join(bare)}")
        plan.tell(f"checking {len(sections)} annotations")
        checks = check_sections(sections, pipeline[0])
        reasons = refuse_unfit(checks, anyway=plan.anyway)
        rows = cut_rows(sections, pipeline[0], plan.stride)
        record = start_record(sections, _settings(plan, rows))
        if plan.validate:
            record |= _judge(pipeline, sections, rows, plan)
        _fit(pipeline, rows, plan)
        record["curve"] = training_curve(pipeline)
        record |= _factors(pipeline, sections, rows, plan.random_state)
        if plan.before is not None:
            plan.tell("comparing with the earlier model")
            record["moved"] = what_moved(
                plan.before, pipeline, sections, record, stride=rows.stride
            )
    findings = _findings(checks, by_animal=record["animals"] is not None)
    record["warnings"] = [*reasons, *findings, *warned]
    record["minutes"] = round((time.monotonic() - started) / 60, 2)
    return sections, checks, as_plain(record), warned


def model_facts(sections: Sequence[AnnotatedSection], record: Record) -> Record:
    """Return what the model file keeps beside the model."""
    return {
        "annotations": {
            one["annotation"]: one["annotation_fingerprint"]
            for one in record["sections"]
        },
        "colors": region_color_codes([one.rois for one in sections]),
        "training": record,
    }


def _settings(plan: StudyPlan, rows: StudyRows) -> Record:
    """Return what was asked for beside the pipeline's own parameters."""
    given = {
        "to_level": list(plan.to_level),
        "merge": {new: list(parts) for new, parts in plan.merge.items()},
        "exclude": list(plan.exclude),
        "picture": dict(plan.picture),
        "anyway": plan.anyway,
    }
    asked = {name: value for name, value in given.items() if value}
    return {"stride": rows.stride, "random_state": plan.random_state} | asked


def _judge(
    pipeline: Pipeline,
    sections: Sequence[AnnotatedSection],
    rows: StudyRows,
    plan: StudyPlan,
) -> Record:
    """Return what held-out tissue and, where there are several, animals say."""
    classifier = judged_part(pipeline)
    animals = {one.image.specimen for one in sections}
    several = len(animals) > 1 and None not in animals
    alone = regions_of_one_animal(rows) if several else []
    if alone:
        warn_user(
            f"one animal alone has {', '.join(alone)}, so that no animal can be left "
            "out of the training; annotate it in another.",
            NoValidationWarning,
        )
    if several and not alone:
        n_folds = plan.n_folds or _N_FOLDS
        plan.tell(
            f"judging on tissue held out ({n_folds} trainings) and on each of "
            f"{len(animals)} animals left out ({len(animals)} trainings)"
        )
        return judge_on_animals(classifier, rows, n_folds)
    plan.tell("judging on a strip of every region that is held out (1 training)")
    return {"validation": judge_on_strips(classifier, sections, rows)}


def _fit(pipeline: Pipeline, rows: StudyRows, plan: StudyPlan) -> None:
    """Fit the model on all rows, and let it learn what new slices are compared with."""
    plan.tell(
        f"training the model: {len(rows.patches)} centres, "
        f"{int(rows.annotated.sum())} of them annotated"
    )
    shows = "features__verbose" in pipeline.get_params() and plan.say is not None
    if shows:
        pipeline.set_params(features__verbose=1)
    with warnings.catch_warnings():
        if plan.validate:
            # Where no strip can be set apart here, copies were judged all the same.
            warnings.simplefilter("ignore", NoValidationWarning)
        pipeline.fit(rows.patches, rows.labels)
    if shows:
        pipeline.set_params(features__verbose=0)
    plan.tell("learning what new slices are compared with")
    try:
        fit_drift_reference(
            pipeline, list(rows.patches.images), random_state=plan.random_state
        )
    except ValueError as error:
        warn_user(
            f"new slices will not be compared with those trained on: {error}",
            NoDriftReferenceWarning,
        )


def _factors(
    pipeline: Pipeline,
    sections: Sequence[AnnotatedSection],
    rows: StudyRows,
    seed: int | None,
) -> Record:
    found = read_loadings(pipeline, sections, rows)
    if found is None:
        return {}
    animals = {one.image.specimen for one in sections}
    several = len(animals) > 1 and None not in animals
    apart = animals_apart(found, seed=seed) if several else []
    return {"factors": factor_table(found), "animals_apart": apart}


def _findings(checks: Sequence[SliceCheck], *, by_animal: bool) -> list[str]:
    """Return what the checks found, once for all sections of which it is true.

    Whether one section alone can be split matters only where animals are not left out.
    """
    sections: dict[str, list[str]] = {}
    for check in checks:
        for code, sentence, remedy in check.warnings:
            if not (by_animal and code == "no spatial folds"):
                sections.setdefault(f"{sentence} {remedy}", []).append(check.image.name)
    return [f"{', '.join(names)}: {words}" for words, names in sections.items()]
