"""Judge a way of training on tissue, and on animals, that were held out of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sklearn_microarch._warn_user import warn_user
from sklearn_microarch.exceptions import NoValidationWarning
from sklearn_microarch.metrics import evaluation_centres, region_report
from sklearn_microarch.model_selection import (
    FoldScores,
    LeaveOneSpecimenOut,
    SpatialBlockKFold,
    SpecimenReport,
    specimen_report,
)
from sklearn_microarch.sampling import Patches
from sklearn_microarch.spatial import count_independent, shares_pixels, strip_holdout
from sklearn_microarch.studies.training._annotated_sections import AnnotatedSection
from sklearn_microarch.studies.training._cut_rows import StudyRows

Record = dict[str, Any]

_TEST_SHARE = 0.25
_LEAST_KEPT = 0.25


def judged_part(pipeline: Pipeline) -> Pipeline:
    """Return the part of a pipeline that tells regions apart, not fitted.

    What is held out judges it; the network sets no second part apart.
    """
    part = clone(pipeline[:2])
    if "features__validation" in part.get_params():
        part.set_params(features__validation=None, features__verbose=0)
    return part


def judge_on_strips(
    classifier: Pipeline, sections: Sequence[AnnotatedSection], rows: StudyRows
) -> Record | None:
    """Train apart from a strip of every region, judge at every centre of a grid there.

    None where no strip can be set apart, of which it warns.
    """
    grid, labels = evaluation_centres(
        classifier[0],
        [one.image for one in sections],
        [one.rois for one in sections],
        step=rows.stride,
    )
    _, test = strip_holdout(grid, labels, share=_TEST_SHARE, min_kept=_LEAST_KEPT)
    if not len(test):
        warn_user(
            "the model is not validated: no strip of the annotation can be set apart "
            "of which training patches share no pixel. Annotate more, or another "
            "animal.",
            NoValidationWarning,
        )
        return None
    held_out, train = grid.take(test), rows.annotated
    train = train & ~shares_pixels(rows.patches, held_out)
    fitted = classifier.fit(rows.patches.take(train), rows.labels[train])
    report = region_report(fitted, held_out, labels[test])
    return {
        "kind": "strips",
        "n_folds": 1,
        "balanced_accuracy": report.scores.balanced_accuracy,
        "low": report.bootstrap.low,
        "high": report.bootstrap.high,
        "regions": [
            {
                "region": str(row["region"]),
                "recall": row["recall"],
                "low": row["recall_low"],
                "high": row["recall_high"],
                "n_centres": int(row["n_rows"]),
                "independent": int(row["n_independent"]),
            }
            for row in report.to_rows()
        ],
    }


def judge_on_animals(classifier: Pipeline, rows: StudyRows, n_folds: int) -> Record:
    """Judge by spatial folds and by leaving each animal out."""
    at = rows.annotated
    patches, labels = rows.patches.take(at), rows.labels[at]
    cv = _splitter(patches, labels, n_folds)
    report = specimen_report(classifier, patches, labels, cv=cv)
    *each, every = report.left_out
    is_spatial = isinstance(cv, SpatialBlockKFold)
    return {
        "validation": _spatial_record(report, patches) if is_spatial else None,
        "animals": {
            "balanced_accuracy": every.scores.balanced_accuracy,
            "low": every.bootstrap.low,
            "high": every.bootstrap.high,
            "is_trusted": every.bootstrap.is_trusted,
            "left_out": [_animal_record(report, fold) for fold in each],
        },
    }


def _splitter(
    patches: Patches, labels: NDArray, n_folds: int
) -> SpatialBlockKFold | LeaveOneSpecimenOut:
    """Return spatial folds; where sections are too small for any, animals alone."""
    cv = SpatialBlockKFold(n_folds)
    try:
        next(cv.split(patches, labels))
    except ValueError as error:
        warn_user(
            f"no tissue can be held out within animals, only whole animals: {error}",
            NoValidationWarning,
        )
        return LeaveOneSpecimenOut()
    return cv


def regions_of_one_animal(rows: StudyRows) -> list[str]:
    """Return the regions that one animal alone has, by which none can be left out."""
    at = rows.annotated
    groups, labels = rows.patches.take(at).groups, rows.labels[at]
    return [
        str(region)
        for region in np.unique(labels)
        if len(np.unique(groups[labels == region])) < 2
    ]


def _spatial_record(report: SpecimenReport, patches: Patches) -> Record:
    *folds, every = report.spatial
    rows = {row["region"]: row for row in every.bootstrap.to_rows()[:-1]}
    scores = every.scores
    return {
        "kind": "folds",
        "n_folds": len(folds),
        "balanced_accuracy": scores.balanced_accuracy,
        "low": every.bootstrap.low,
        "high": every.bootstrap.high,
        "regions": [
            {
                "region": str(region),
                "recall": float(recall),
                "low": rows[region]["low"],
                "high": rows[region]["high"],
                "n_centres": int(count),
                "independent": count_independent(patches.take(report.labels == region)),
            }
            for region, recall, count in zip(
                scores.regions.tolist(),
                scores.recall,
                scores.n_rows,
                strict=True,
            )
        ],
    }


def _animal_record(report: SpecimenReport, fold: FoldScores) -> Record:
    """Return what is said of an animal by a model that has not seen it.

    ``lost`` is the share told right less than by models that know the animal.
    """
    recalls = zip(fold.scores.regions.tolist(), fold.scores.recall, strict=True)
    return {
        "animal": fold.name,
        "balanced_accuracy": fold.scores.balanced_accuracy,
        "low": fold.bootstrap.low,
        "high": fold.bootstrap.high,
        "lost": -report.lost[fold.name].estimate,
    } | {f"recall_{region}": float(recall) for region, recall in recalls}
